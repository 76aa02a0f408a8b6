"""Events of which the newest alone counts: watermarks, one every two seconds. Kept like all others, they would fill a
hundred megabytes a day."""

from __future__ import annotations

from sqlalchemy import text

from kernel.database import Work
from kernel.schedule import Every

FORGET_SECONDS = 3_600.0
_KEPT, _EARLIEST = "1 hour", "7 days"
"""Older than the first they are forgotten; older than the second none are looked for: where forgetting had stopped,
telling had stopped with it."""


def _first_id(ago: str) -> str:
    """The lowest id (UUIDv7) of the time so long ago: ids are keys, times are not."""
    milliseconds = f"(extract(epoch FROM now() - interval '{ago}') * 1000)::bigint"
    return f"(lpad(to_hex({milliseconds}), 12, '0') || repeat('0', 20))::uuid"


_OLD = f"BETWEEN {_first_id(_EARLIEST)} AND {_first_id(_KEPT)}"
SENT = text(f"DELETE FROM outbox WHERE sent AND type = ANY(:types) AND id {_OLD}")  # noqa: S608  # constants
HANDLED = text(f"DELETE FROM inbox WHERE type = ANY(:types) AND event_id {_OLD}")  # noqa: S608  # constants


def forgetting_superseded(*types: str) -> Every:
    """The row of a SCHEDULE that forgets events of these types, told or heard by this service.

    For types whose handlers change nothing when they hear an old one again.
    """
    return Every(FORGET_SECONDS, "forget superseded events", lambda work: forget_superseded(work, types))


def forget_superseded(work: Work, types: tuple[str, ...]) -> None:
    """Delete what was sent or handled more than an hour ago; what still waits for the bus stays."""
    for statement in (SENT, HANDLED):
        work.session.execute(statement, {"types": list(types)})
