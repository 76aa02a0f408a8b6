"""What a sweep writes, hundreds of deadlines in a statement; a statement each would be most of its time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from kernel.deadlines.model import Deadline

_CHANGED = {
    "outcome": "text",
    "decided_at": "timestamptz",
    "unsettled_until": "timestamptz",
    "passed_percent": "integer",
    "next_threshold_at": "timestamptz",
    "version": "integer",
}
"""All that firing a threshold and deciding *missed* change, and the columns' types."""
_WRITE_SWEPT = (
    f"UPDATE deadlines SET {', '.join(f'{name} = swept.{name}' for name in _CHANGED)}"  # noqa: S608  # names above
    f" FROM unnest(%(id)s::uuid[], {', '.join(f'%({name})s::{kind}[]' for name, kind in _CHANGED.items())})"
    f" AS swept (id, {', '.join(_CHANGED)}) WHERE deadlines.id = swept.id"
)
_WRITE_THRESHOLDS = (
    "INSERT INTO deadline_thresholds (deadline_id, percent, fired_at) SELECT passed.*, %(at)s"
    " FROM unnest(%(deadlines)s::uuid[], %(percents)s::integer[]) AS passed"
    " ON CONFLICT DO NOTHING RETURNING deadline_id, percent"
)


def write_thresholds(session: Session, at: datetime, passed: Sequence[tuple[UUID, int]]) -> set[tuple[UUID, int]]:
    """Note thresholds of deadlines as fired; returns those that had not fired before."""
    values = {"at": at, "deadlines": [one for one, _ in passed], "percents": [percent for _, percent in passed]}
    written = session.connection().exec_driver_sql(_WRITE_THRESHOLDS, values)
    return {(deadline_id, percent) for deadline_id, percent in written}


def write_swept(session: Session, deadlines: Iterable[Deadline]) -> None:
    """Write what a sweep has changed in deadlines it holds locked; they leave the session, which has nothing to add."""
    deadlines = list(deadlines)
    columns = {name: [getattr(one, name) for one in deadlines] for name in ("id", *_CHANGED)}
    session.connection().exec_driver_sql(_WRITE_SWEPT, columns)
    for one in deadlines:
        session.expunge(one)
