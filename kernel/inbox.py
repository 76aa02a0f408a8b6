"""Taking in events: effect and event id in one transaction, what fails is held, nothing is dropped.

Knows no broker: the consumer, the harness of the tests and the retries all come through here. When `receive` returns,
every message it was given is safe (its effect committed, or kept in table `held`) and may be acknowledged; when it
raises, none may be.
"""

from __future__ import annotations

import collections
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

import structlog
from prometheus_client import Counter
from pydantic import BaseModel, ValidationError
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from kernel.database import Work
from kernel.envelope import Envelope
from kernel.errors import BadMessage
from kernel.held import Held, Holding
from kernel.logging import act, info_each
from kernel.principal import system_principal
from kernel.provenance import Provenance, Publishes
from kernel.service import Consumption, Event, Service
from kernel.tables import inbox, suspects

HANDLED = Counter("chengbao_events_handled", "Events that took effect.", ("type",))

log = structlog.get_logger(__name__)

# Plain driver SQL whose text never changes, whatever the number of rows: compiling one cost more than all the rest.
_NOTE = """
    INSERT INTO inbox (event_id, type) SELECT * FROM unnest(%s::uuid[], %s::text[])
    ON CONFLICT DO NOTHING RETURNING event_id
"""

DEATHS_BEFORE_PARKING = 2
"""How often a process may die with an event in hand, handled alone, before the event is parked."""


@dataclass(frozen=True)
class Incoming:
    """A message as the bus handed it over."""

    body: bytes
    deliveries_before: int = 0
    """How often it was handed over before without being acknowledged; then it is handled alone."""
    permitted_type: str | None = None
    """The only type its publisher may have sent it as (`kernel.connections.permitted_key`); None from our own table."""


@dataclass(frozen=True)
class Arrival:
    """An incoming message that could be read as an event somebody here handles."""

    incoming: Incoming
    event: Event[BaseModel]
    consumption: Consumption

    @property
    def key(self) -> str:
        return str(self.event.id)


class Inbox:
    """The inbox of one service."""

    def __init__(self, service: Service, publishes: Publishes | None = None) -> None:
        self.service = service
        self.provenance = Provenance(service.keyring, publishes)
        self.database = service.database
        self.holding = Holding(service.database, service.settings.retry_pauses)
        self.on_effect: Callable[[str], None] | None = None
        """Told the subject of each event that took effect; must not block."""
        self._in_hand: set[str] = set()

    def receive(self, messages: Sequence[Incoming]) -> int:
        """Handle what arrived. Returns how many events took effect; raises only when the database cannot be used."""
        arrivals = []
        for message in messages:
            try:
                arrivals.append(self.read(message))
            except BadMessage as error:
                self.holding.park(message.body, error)
        calm = [arrival for arrival in arrivals if arrival.incoming.deliveries_before == 0]
        handled = self._together(calm)
        redelivered = [arrival for arrival in arrivals if arrival.incoming.deliveries_before > 0]
        for arrival in self._not_handled(redelivered):
            # After a kill or a cut nearly all are innocent: a mark costs two commits, so the second time only.
            again = arrival.incoming.deliveries_before > 1
            handled += self._suspected(arrival) if again else self._alone(arrival)
        return handled

    def reachable(self) -> None:
        """Ask the database for a sign of life. Raises when it gives none: then nothing should be taken off the bus."""
        with self.database.reading() as session:
            session.execute(select(1))

    def read(self, message: Incoming) -> Arrival:
        """The event in a message. Raises `BadMessage` saying why it can never be handled."""
        envelope = _envelope(message.body)
        if message.permitted_type not in (None, envelope.type):
            raise BadMessage(f"says it is {envelope.type}, but was published as {message.permitted_type!r}")
        consumption = self._consumption(envelope.type)
        self.provenance.check(envelope)
        try:
            data = consumption.model.model_validate(envelope.data)
        except ValidationError as error:
            raise BadMessage(f"data of {envelope.type} does not fit its contract: {_first(error)}") from error
        event = Event(
            envelope.id,
            envelope.type,
            envelope.subject,
            envelope.subjectversion,
            envelope.time,
            data,
            envelope.principal,
            envelope.correlationid,
            envelope.causationid,
        )
        return Arrival(message, event, consumption)

    def _consumption(self, event_type: str) -> Consumption:
        consumption = self.service.entries.consumptions.get(event_type)
        if consumption is None:
            raise BadMessage(f"{self.service.name} does not consume type {event_type!r}")
        return consumption

    def _together(self, arrivals: Sequence[Arrival]) -> int:
        """All in one transaction; if that fails, one by one."""
        if len(arrivals) > 1:
            try:
                return self.take_effect(arrivals)
            except Exception as error:  # noqa: BLE001  # whatever the handler raised, the event is kept
                log.info("a batch is handled one by one", events=len(arrivals), error=repr(error))
        return sum(self._alone(arrival) for arrival in arrivals)

    def _alone(self, arrival: Arrival) -> int:
        try:
            return self.take_effect([arrival])
        except Exception as error:  # noqa: BLE001  # whatever the handler raised, the event is kept
            with act(arrival.event.correlation_id, arrival.event.causation_id):
                self.holding.hold(arrival, error)
            return 0

    def _suspected(self, arrival: Arrival) -> int:
        """Handle an event that was handed over before; if processes die of it, park it.

        The mark is committed first: it is still there only if the process died between mark and end.
        """
        deaths = self._mark(arrival)
        if deaths >= DEATHS_BEFORE_PARKING:
            reason = BadMessage(f"the process died {deaths} times handling it")
            self.holding.park(arrival.incoming.body, reason, arrival.key)
            handled = 0
        else:
            handled = self._alone(arrival)
        self._unmark(arrival)
        return handled

    def _mark(self, arrival: Arrival) -> int:
        """Note that the event is in hand. Returns how often a process died with it so far.

        A mark this very process left, when the database was cut off, tells of no death.
        """
        died = 0 if arrival.key in self._in_hand else 1
        with self._work([]) as work:
            mark = insert(suspects).values(key=arrival.key, deaths=0)
            marked = work.session.execute(
                mark.on_conflict_do_update(
                    index_elements=["key"], set_={"deaths": suspects.c.deaths + died}
                ).returning(suspects.c.deaths)
            )
            deaths: int = marked.scalar_one()
        self._in_hand.add(arrival.key)
        return deaths

    def _unmark(self, arrival: Arrival) -> None:
        with self._work([]) as work:
            work.session.execute(delete(suspects).where(suspects.c.key == arrival.key))
        self._in_hand.discard(arrival.key)

    def take_effect(self, arrivals: Sequence[Arrival], held: Held | None = None) -> int:
        """One transaction: note the ids, let the handlers work on those that are new."""
        with self._work(arrivals) as work:
            fresh = _note(work, arrivals)
            for consumption, events in _runs(fresh):
                self._handle(work, consumption, events)
            if held is not None:
                self.holding.resolve(work, held)
        self._tell([arrival.event for arrival in fresh])
        return len(fresh)

    def _tell(self, events: Sequence[Event[BaseModel]]) -> None:
        """Of events that took effect: figures, a log line each, and those that waited for their subjects.

        The log is spared what the next supersedes: one every two seconds, it would be nearly all there is to read.
        """
        for event_type, amount in collections.Counter(event.type for event in events).items():
            HANDLED.labels(event_type).inc(amount)
        info_each(log, "event", [_line(one) for one in events if not getattr(one.data, "SUPERSEDED", False)])
        if self.on_effect is not None:
            for event in events:
                self.on_effect(event.subject)

    def _handle(self, work: Work, consumption: Consumption, events: list[Event[BaseModel]]) -> None:
        method = getattr(self.service, consumption.method)
        if consumption.batch:
            method(work, events)
            return
        for event in events:
            with act(event.correlation_id, event.causation_id):
                method(work.caused_by(event.id, event.correlation_id), event)

    def _work(self, arrivals: Sequence[Arrival]) -> Any:
        first = arrivals[0].event if len(arrivals) == 1 else None
        return self.database.work(
            system_principal(self.service.name),
            correlation_id=first.correlation_id if first else None,
            causation_id=first.id if first else None,
        )

    def _not_handled(self, arrivals: Sequence[Arrival]) -> list[Arrival]:
        """Those without effect so far; after a restart most redelivered ones are doubles."""
        if not arrivals:
            return []
        with self.database.reading() as session:
            chosen = select(inbox.c.event_id).where(inbox.c.event_id.in_([arrival.event.id for arrival in arrivals]))
            done = set(session.scalars(chosen))
        return [arrival for arrival in arrivals if arrival.event.id not in done]


def _array_text(words: Iterable[str]) -> str:
    """An array as PostgreSQL reads it, of ids or names of ours that need no quoting; the driver's way is slow."""
    return f"{{{','.join(words)}}}"


def _line(event: Event[BaseModel]) -> dict[str, str]:
    line = {
        "type": event.type,
        "event_id": str(event.id),
        "subject": event.subject,
        "correlation_id": str(event.correlation_id),
    }
    return line | {"causation_id": str(event.causation_id)} if event.causation_id else line


def _note(work: Work, arrivals: Sequence[Arrival]) -> list[Arrival]:
    """Write the ids and return the arrivals that are new; a double, here or from another replica, falls out."""
    first_of: dict[UUID, Arrival] = {}
    for arrival in arrivals:
        first_of.setdefault(arrival.event.id, arrival)
    if not first_of:
        return []
    keys = sorted(first_of)  # one order for all replicas, lest two wait for each other
    columns = (_array_text(map(str, keys)), _array_text(first_of[key].event.type for key in keys))
    written = work.session.connection().exec_driver_sql(_NOTE, columns)
    new = {row[0] for row in written}
    return [arrival for arrival in first_of.values() if arrival.event.id in new]


def _runs(arrivals: Iterable[Arrival]) -> Iterator[tuple[Consumption, list[Event[BaseModel]]]]:
    """Events of one handler that arrived one after another."""
    for consumption, run in groupby(arrivals, key=lambda arrival: arrival.consumption):
        yield consumption, [arrival.event for arrival in run]


def _envelope(body: bytes) -> Envelope:
    try:
        return Envelope.model_validate_json(body)
    except ValidationError as error:
        raise BadMessage(f"not an envelope of ours: {_first(error)}") from error


def _first(error: ValidationError) -> str:
    """Where the first fault lies, without the value: reasons are shown to operators, who see no content."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    return f"{'.'.join(str(part) for part in first['loc'])} ({first['type']})"
