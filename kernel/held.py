"""Events that could not take effect: kept with their error, tried again from here with growing pauses, then parked."""

from __future__ import annotations

import hashlib
import json
import traceback
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import structlog
from prometheus_client import Counter
from sqlalchemy import delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import INTERVAL, insert
from sqlalchemy.exc import DBAPIError

from kernel.database import Database, Work
from kernel.errors import BadMessage, NotYet, SlowDown
from kernel.ids import new_id
from kernel.principal import system_principal
from kernel.tables import held, inbox
from kernel.troubles import Trouble, trouble_of

if TYPE_CHECKING:
    from kernel.inbox import Arrival

PUT_ASIDE = Counter("chengbao_events_put_aside", "Events put aside without effect, by state.", ("state",))

log = structlog.get_logger(__name__)

WAITING_PAUSES = (0.2, 0.5, 1.0, 2.0, 5.0)
"""Pauses in seconds between tries of a waiting event when nothing else wakes it; the last one repeats."""

LEASE_SECONDS = 10.0
"""How long an event in hand is left alone by other replicas, and after a process died with it."""


@dataclass(frozen=True)
class Held:
    """One held event in hand for a try."""

    id: UUID
    key: str
    state: str
    body: bytes
    attempts: int
    """Failures so far; waiting and slowing down are none."""
    tries: int
    """Tries in this state that ended without a failure."""
    deaths: int
    """How often a try was begun and never ended before this one."""


class Holding:
    """The table `held` of one service, as the inbox uses it; every act is a transaction of its own."""

    def __init__(self, database: Database, pauses: str) -> None:
        self.database = database
        self.pauses = tuple(float(pause) for pause in pauses.split(","))
        self._unnoted: dict[UUID, tuple[Held, Exception]] = {}

    def park(self, body: bytes, error: BadMessage, key: str | None = None) -> None:
        """Keep a message that can never be handled, with the reason, until an operator decides.

        A body that could not be read is known by its digest: two of them are doubles only if they are equal.
        """
        event_id, event_type, subject = _identity(body)
        log.error("an event was parked", event_id=str(event_id), event_type=event_type, reason=str(error))
        key = key or hashlib.sha256(body).hexdigest()
        self._keep(key, event_id, event_type, subject, body, "parked", error, None)

    def hold(self, arrival: Arrival, error: Exception) -> None:
        """Keep an event whose handler failed or that came too early. Raises when the database cannot be used."""
        if isinstance(error, BadMessage):
            self.park(arrival.incoming.body, error, arrival.key)
            return
        state = "waiting" if isinstance(error, NotYet) else "failing"
        pause = WAITING_PAUSES[0] if state == "waiting" else self.pauses[0]
        if state == "failing":
            log.warning("an event failed", event_id=arrival.key, event_type=arrival.event.type, exc_info=error)
        event = arrival.event
        self._keep(arrival.key, event.id, event.type, event.subject, arrival.incoming.body, state, error, pause)

    def _keep(
        self,
        key: str,
        event_id: UUID | None,
        event_type: str,
        subject: str,
        body: bytes,
        state: str,
        error: Exception,
        pause: float | None,
    ) -> None:
        with self.work() as work:
            work.session.execute(
                insert(held)
                .values(
                    id=new_id(),
                    key=key,
                    event_id=event_id,
                    type=_clean(event_type),
                    subject=_clean(subject),
                    state=state,
                    body=body,
                    reason=_clean(str(error) if state != "failing" else type(error).__name__),
                    error=_clean(_trace(error)),
                    attempts=1 if _is_failure(error) else 0,
                    next_try_at=None if pause is None else _after(pause),
                )
                .on_conflict_do_nothing()
            )
        PUT_ASIDE.labels(state).inc()

    def claim(
        self,
        limit: int,
        *,
        states: Sequence[str] = ("failing", "waiting"),
        due_only: bool = True,
        subjects: Collection[str] | None = None,
    ) -> Iterator[Held]:
        """Take held events in hand one after another, those due longest first; try one before asking for the next.

        `due_only` False takes also those whose pause is not over; `subjects` leaves out all others. An event another
        replica took meanwhile is passed over. Times are the database's own, so that no process's clock can bring a
        try forward or put it off.
        """
        chosen = select(held.c.id, held.c.next_try_at).where(held.c.state.in_(states))
        if due_only:
            chosen = chosen.where(held.c.next_try_at <= func.clock_timestamp())
        if subjects is not None:
            chosen = chosen.where(held.c.subject == func.any(list(subjects)))
        with self.database.reading() as session:
            rows = session.execute(chosen.order_by(held.c.next_try_at, held.c.id).limit(limit)).all()
        for row in rows:
            one = self._take_in_hand(row.id, row.next_try_at)
            if one is not None:
                yield one

    def _take_in_hand(self, held_id: UUID, next_try_at: datetime) -> Held | None:
        """Count a death before the try begins; how it ended takes it back. So only the event a process died of, and
        none that was to be tried after it, has a death.
        """
        unchanged = (held.c.id == held_id, held.c.next_try_at == next_try_at)
        marked = (
            update(held)
            .where(*unchanged)
            .values(deaths=held.c.deaths + 1, next_try_at=_after(LEASE_SECONDS))
            .returning(
                held.c.id, held.c.key, held.c.state, held.c.body, held.c.attempts, held.c.tries, held.c.deaths - 1
            )
        )
        with self.work() as work:
            row = work.session.execute(marked).first()
        return Held(*row) if row is not None else None

    def failed_again(self, one: Held, error: Exception) -> None:
        """Note how a try ended; after the last pause the event is parked.

        Raises when the database is away; then `note_ends` does it later, for the process did not die of this event.
        """
        self._unnoted[one.id] = (one, error)
        self.note_ends()

    def note_ends(self) -> None:
        """Write down how tries ended that the database was away for. Raises when it still is."""
        for held_id, (one, error) in list(self._unnoted.items()):
            values = {"error": _clean(_trace(error)), "deaths": 0, **self._end(one, error)}
            with self.work() as work:
                work.session.execute(update(held).where(held.c.id == held_id).values(values))
            del self._unnoted[held_id]

    def _end(self, one: Held, error: Exception) -> dict[str, Any]:
        """State, counts and next try of an event after a try that ended so."""
        if isinstance(error, BadMessage) or (_is_failure(error) and one.attempts >= len(self.pauses)):
            log.error("an event was parked", event_id=one.key, attempts=one.attempts + 1, exc_info=error)
            reason = str(error) if isinstance(error, BadMessage) else type(error).__name__
            return {
                "state": "parked", "reason": _clean(reason), "attempts": one.attempts + 1, "next_try_at": None
            }
        if _is_failure(error):
            pause = self.pauses[one.attempts]
            return {
                "state": "failing", "reason": type(error).__name__, "attempts": one.attempts + 1, "tries": 0,
                "next_try_at": _after(pause),
            }
        state, pauses = ("waiting", WAITING_PAUSES) if isinstance(error, NotYet) else ("failing", self.pauses)
        tries = one.tries + 1 if state == one.state else 0
        reason = str(error) if state == "waiting" else type(error).__name__
        pause = pauses[min(tries, len(pauses) - 1)]
        return {"state": state, "reason": _clean(reason), "tries": tries, "next_try_at": _after(pause)}

    def resolve(self, work: Work, one: Held) -> None:
        """The event took effect in this transaction."""
        work.session.execute(delete(held).where(held.c.id == one.id))

    def anything(self) -> bool:
        """Whether any event is failing or waiting."""
        with self.database.reading() as session:
            chosen = select(held.c.id).where(held.c.state.in_(("failing", "waiting"))).limit(1)
            return session.scalar(chosen) is not None

    def clear_handled(self) -> None:
        """Drop held events whose double took effect meanwhile."""
        with self.work() as work:
            work.session.execute(
                delete(held).where(held.c.event_id == inbox.c.event_id, held.c.state.in_(("failing", "waiting")))
            )

    def work(self) -> Any:
        return self.database.work(system_principal(self.database.service))


def _identity(body: bytes) -> tuple[UUID | None, str, str]:
    """Event id, type and subject of a body that may be anything."""
    try:
        envelope = json.loads(body)
        return UUID(envelope["id"]), str(envelope.get("type", ""))[:200], str(envelope.get("subject", ""))[:200]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None, "", ""


def _is_failure(error: Exception) -> bool:
    """Whether this try counts against the event.

    Waiting and slowing down do not, nor does a database that went away or was full in the middle of it: an evening of
    restarts would otherwise park innocent events.
    """
    if isinstance(error, DBAPIError):
        return trouble_of(error) not in (Trouble.AWAY, Trouble.FULL)
    return not isinstance(error, BadMessage | NotYet | SlowDown)


def _seconds(pause: float) -> Any:
    return literal(f"{pause} seconds").cast(INTERVAL)


def _after(pause: float) -> Any:
    return func.clock_timestamp() + _seconds(pause)


def _trace(error: Exception) -> str:
    return "".join(traceback.format_exception(error))[-4000:]


def _clean(value: str) -> str:
    """PostgreSQL's text holds no NUL, and a lone surrogate cannot be encoded."""
    return value.replace("\x00", "�").encode("utf-8", "replace").decode("utf-8")
