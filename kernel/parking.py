"""What an operator does with parked events: look, release, discard. Each act leaves an audit entry.

An operator sees ids, types, reasons and errors, never content (access matrix, parked events).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from kernel.database import Work
from kernel.errors import Conflict, Forbidden, Invalid, NotFound
from kernel.tables import held, inbox

HELD_STATES = ("failing", "waiting", "parked")


@dataclass(frozen=True)
class HeldEvent:
    """A held event as an operator sees it."""

    id: UUID
    event_id: UUID | None
    type: str
    subject: str
    state: str
    reason: str
    error: str
    attempts: int
    held_at: datetime
    next_try_at: datetime | None


_FRESH = {"state": "failing", "attempts": 0, "tries": 0, "deaths": 0, "next_try_at": func.clock_timestamp()}
_SHOWN = tuple(held.c[name] for name in HeldEvent.__dataclass_fields__)


def list_held(session: Session, states: Sequence[str] = ("parked",), limit: int = 200) -> list[HeldEvent]:
    """Held events in these states, oldest first."""
    rows = session.execute(select(*_SHOWN).where(held.c.state.in_(states)).order_by(held.c.id).limit(limit))
    return [HeldEvent(*row) for row in rows]


def show_held(session: Session, held_id: UUID) -> HeldEvent:
    """One held event. Raises `NotFound`."""
    row = session.execute(select(*_SHOWN).where(held.c.id == held_id)).first()
    if row is None:
        raise _unknown()
    return HeldEvent(*row)


def release_held(work: Work, held_id: UUID) -> None:
    """Let a parked event be tried again at once, with all its tries. Raises `NotFound`, `Conflict`."""
    found = _parked(work, held_id)
    work.session.execute(
        update(held).where(held.c.id == held_id).values(**_FRESH)
    )
    work.audit("release_parked_event", found.event_id or held_id, type=found.type, reason=found.reason)


def discard_held(work: Work, held_id: UUID, *, reason: str, second_person_id: UUID) -> None:
    """Give a parked event up for good; its doubles are dropped from now on, the row stays.

    Demands a reason and the id of a second person who agrees; raises `Invalid`, `Forbidden`, `NotFound`, `Conflict`.
    """
    if not reason.strip():
        raise Invalid("请填写废弃原因。", "State why the event is discarded.", pointer="/reason")
    if work.principal.same_person(second_person_id):
        raise Forbidden("废弃须由另一人复核，不得为本人。", "The second person must be somebody else.")
    found = _parked(work, held_id)
    work.session.execute(
        update(held).where(held.c.id == held_id).values(state="discarded", reason=reason.strip(), next_try_at=None)
    )
    if found.event_id is not None:
        noted = insert(inbox).values(event_id=found.event_id, type=found.type)
        work.session.execute(noted.on_conflict_do_nothing())
    work.audit(
        "discard_parked_event",
        found.event_id or held_id,
        type=found.type,
        reason=reason.strip(),
        second_person_id=str(second_person_id),
    )


@dataclass(frozen=True)
class GivenUp:
    """A discarded event as far as it can still be read."""

    event_id: UUID
    time: datetime
    data: dict[str, Any]

    def instant(self, name: str) -> datetime:
        """A time in the data; the event's own when there is none to be read."""
        try:
            told = datetime.fromisoformat(str(self.data.get(name)))
        except ValueError:
            return self.time
        return told if told.tzinfo else self.time

    def id_of(self, name: str) -> UUID | None:
        """An id in the data, None when there is none to be read."""
        try:
            return UUID(str(self.data.get(name)))
        except ValueError:
            return None


def given_up(session: Session, event_type: str) -> list[GivenUp]:
    """Discarded events of this type, for whoever counts what he was told of; one that is no envelope is left out."""
    bodies = session.scalars(select(held.c.body).where(held.c.state == "discarded", held.c.type == event_type))
    return [event for event in map(_read_again, bodies) if event is not None]


def _read_again(body: bytes) -> GivenUp | None:
    try:
        envelope = json.loads(body)
        time = datetime.fromisoformat(envelope["time"])
        data = envelope.get("data")
        return GivenUp(UUID(envelope["id"]), time, data if isinstance(data, dict) else {})
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _parked(work: Work, held_id: UUID) -> HeldEvent:
    """The event, locked, if it is parked."""
    work.session.execute(select(held.c.id).where(held.c.id == held_id).with_for_update())
    found = show_held(work.session, held_id)
    if found.state != "parked":
        raise Conflict(
            f"该事件未被搁置，当前状态：{found.state}。", f"The event is not parked but {found.state}.",
            extra={"state": found.state},
        )
    return found


def _unknown() -> NotFound:
    return NotFound("没有这个搁置事件。", "No such held event.")
