"""Events that could not take effect: kept with their error, tried again from here with growing pauses, then parked."""

from __future__ import annotations

import hashlib
import json
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

import structlog
from prometheus_client import Counter
from sqlalchemy import Select, case, delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import INTERVAL, insert

from kernel.database import Database, Work
from kernel.errors import BadMessage, NotYet, SlowDown
from kernel.ids import new_id
from kernel.principal import system_principal
from kernel.tables import held, inbox

if TYPE_CHECKING:
    from kernel.inbox import Arrival

PUT_ASIDE = Counter("chengbao_events_put_aside", "Events put aside without effect, by state.", ("state",))

log = structlog.get_logger(__name__)

WAITING_PAUSES = (0.2, 0.5, 1.0, 2.0, 5.0)
"""Pauses in seconds between tries of a waiting event when nothing else wakes it; the last one repeats."""


@dataclass(frozen=True)
class Held:
    """One held event, claimed for a try."""

    id: UUID
    key: str
    state: str
    body: bytes
    attempts: int
    deaths: int
    """How often a try was begun and never ended before this one."""


class Holding:
    """The table `held` of one service, as the inbox uses it; every act is a transaction of its own."""

    def __init__(self, database: Database, pauses: str) -> None:
        self.database = database
        self.pauses = tuple(float(pause) for pause in pauses.split(","))

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
                    attempts=1 if state == "failing" else 0,
                    next_try_at=None if pause is None else _after(pause),
                )
                .on_conflict_do_nothing()
            )
        PUT_ASIDE.labels(state).inc()

    def claim(self, limit: int, *, states: Sequence[str] = ("failing", "waiting"), due_only: bool = True) -> list[Held]:
        """Take held events whose next try is due, oldest first.

        The try is counted and the next one set before it begins: if the process dies of it, it counts all the same.
        Another replica claims others. Times are the database's own, so that no process's clock can bring a try
        forward or put it off.
        """
        due = self._due(limit, states, due_only)
        pauses = case(
            (held.c.state == "waiting", _pause_of(WAITING_PAUSES)),
            else_=_pause_of(self.pauses),
        )
        with self.work() as work:
            rows = work.session.execute(
                update(held)
                .where(held.c.id.in_(due))
                .values(
                    attempts=held.c.attempts + 1,
                    deaths=held.c.deaths + 1,
                    next_try_at=func.clock_timestamp() + pauses,
                )
                .returning(held.c.id, held.c.key, held.c.state, held.c.body, held.c.attempts, held.c.deaths - 1)
            ).all()
        return sorted((Held(*row) for row in rows), key=lambda one: one.id)

    def _due(self, limit: int, states: Sequence[str], due_only: bool) -> Select[tuple[UUID]]:
        due = select(held.c.id).where(held.c.state.in_(states))
        if due_only:
            due = due.where(held.c.next_try_at <= func.clock_timestamp())
        return due.order_by(held.c.id).limit(limit).with_for_update(skip_locked=True)

    def failed_again(self, one: Held, error: Exception) -> None:
        """Note how a try ended; after the last pause the event is parked."""
        values: dict[str, Any] = {"error": _clean(_trace(error)), "deaths": 0}
        if isinstance(error, NotYet):
            values |= {"state": "waiting", "reason": _clean(str(error))}
        elif isinstance(error, SlowDown):
            values |= {"state": "failing", "reason": "SlowDown"}
        elif isinstance(error, BadMessage) or one.attempts > len(self.pauses):
            log.error("an event was parked", event_id=one.key, attempts=one.attempts, exc_info=error)
            reason = str(error) if isinstance(error, BadMessage) else type(error).__name__
            values |= {"state": "parked", "reason": _clean(reason), "next_try_at": None}
        else:
            values |= {"state": "failing", "reason": type(error).__name__}
        with self.work() as work:
            work.session.execute(update(held).where(held.c.id == one.id).values(values))

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


def _pause_of(pauses: Sequence[float]) -> Any:
    """The pause after the attempt being counted, as SQL."""
    steps = [(held.c.attempts <= attempt, _seconds(pause)) for attempt, pause in enumerate(pauses)]
    return case(*steps, else_=_seconds(pauses[-1]))


def _seconds(pause: float) -> Any:
    return literal(f"{pause} seconds").cast(INTERVAL)


def _after(pause: float) -> Any:
    return func.clock_timestamp() + _seconds(pause)


def _trace(error: Exception) -> str:
    return "".join(traceback.format_exception(error))[-4000:]


def _clean(value: str) -> str:
    """PostgreSQL's text holds no NUL, and a lone surrogate cannot be encoded."""
    return value.replace("\x00", "�").encode("utf-8", "replace").decode("utf-8")
