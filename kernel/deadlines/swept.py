"""Deadlines as a sweep holds them: judged and written by hundreds in a statement, told of while PostgreSQL writes.

A mapped object for each, and a statement each, would be most of a sweep's time; judged here, what was judged would
travel back row by row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic_core import from_json
from sqlalchemy.orm import Session

from kernel.deadlines.explanation import Explanation, explain
from kernel.deadlines.model import MISSED, OPEN
from kernel.deadlines.thresholds import THRESHOLDS_PERCENT, threshold_at, threshold_in_sql
from kernel.sent_ahead import Send, sending_ahead
from kernel.troubles import errors_told

_MISSED = "(due_at < %(decided_up_to)s::timestamptz) IS TRUE"
# Behind the watermark the due time has passed for certain, even where this machine's clock lags.
_PASSED = {percent: f"({_MISSED} OR {threshold_in_sql(percent)} <= %(now)s)" for percent in THRESHOLDS_PERCENT}
_ABOVE = {percent: f"passed_percent < {percent}" for percent in THRESHOLDS_PERCENT}
# A due time lies behind its start: thresholds pass in their order, and all below the highest that passed have passed.
_REACHED = " ".join(
    f"WHEN {_ABOVE[percent]} AND {_PASSED[percent]} THEN {percent}" for percent in reversed(THRESHOLDS_PERCENT)
)
_NEXT = " ".join(
    f"WHEN {_ABOVE[percent]} AND NOT {_PASSED[percent]} THEN {threshold_in_sql(percent)}"
    for percent in THRESHOLDS_PERCENT
)
# Every threshold is a change, and so is the miss: each event tells a version of its own.
_CHANGES = " + ".join(f"({_ABOVE[percent]} AND {_PASSED[percent]})::integer" for percent in THRESHOLDS_PERCENT)
_TAKE = f"""
    SELECT ctid::text, id, kind, subject_id, started_at, started_by, opened_by, due_at, first_due_at, rule,
      rule_version, limit_zh, limit_en, facts::text, extensions::text, passed_percent, version,
      CASE {_REACHED} ELSE passed_percent END, {_MISSED}
    FROM deadlines
    WHERE kind = %(kind)s AND outcome = 'open'
      AND (next_threshold_at <= %(now)s OR due_at < %(decided_up_to)s::timestamptz)
    ORDER BY due_at, deadlines.ctid LIMIT %(limit)s FOR UPDATE SKIP LOCKED
"""  # noqa: S608  # built from the thresholds only
_WRITE = f"""
    UPDATE deadlines SET passed_percent = CASE {_REACHED} ELSE passed_percent END,
      next_threshold_at = CASE {_NEXT} END, version = version + {_CHANGES} + ({_MISSED})::integer,
      outcome = CASE WHEN {_MISSED} THEN 'missed' ELSE outcome END,
      decided_at = CASE WHEN {_MISSED} THEN %(now)s ELSE decided_at END,
      unsettled_until = CASE WHEN {_MISSED} THEN %(decided_up_to)s::timestamptz ELSE unsettled_until END
    WHERE ctid = ANY(%(places)s::tid[])
"""  # noqa: S608  # built from the thresholds only


@dataclass(slots=True)
class SweptDeadline:
    """An open deadline that this transaction holds locked; the fields are the columns, in the order they are read.

    Whoever tells of it takes one step after the other, so that each event shows the state it speaks of.
    """

    id: UUID
    kind: str
    subject_id: UUID
    started_at: datetime
    started_by: str
    opened_by: str
    due_at: datetime
    first_due_at: datetime
    rule: str
    rule_version: str
    limit_zh: str
    limit_en: str
    facts: dict[str, Any]
    extensions: list[dict[str, Any]]
    passed_percent: int
    version: int
    reached_percent: int
    """The highest threshold that has passed by now."""
    missed: bool
    outcome: str = OPEN
    settled_at: datetime | None = None

    @property
    def fired(self) -> list[tuple[int, datetime]]:
        """The thresholds that this sweep fires and when they passed, ascending."""
        percents = [one for one in THRESHOLDS_PERCENT if self.passed_percent < one <= self.reached_percent]
        return [(percent, threshold_at(self.started_at, self.due_at, percent)) for percent in percents]

    def pass_threshold(self, percent: int) -> None:
        self.passed_percent = percent
        self.version += 1

    def miss(self) -> None:
        self.outcome = MISSED
        self.version += 1

    def explain(self) -> Explanation:
        """As `Deadline.explain`."""
        return explain(self)


class LockedDeadlines:
    """The deadlines that are due to be swept, earliest due first, locked; rows another replica has locked are left."""

    def __init__(
        self, session: Session, kind: str, now: datetime, decided_up_to: datetime | None, limit: int
    ) -> None:
        self.session = session
        self._values = {"kind": kind, "now": now, "decided_up_to": decided_up_to, "limit": limit}
        session.flush()
        # Past SQLAlchemy's rows, which nobody would see.
        driver: Any = session.connection().connection.driver_connection
        with errors_told(driver):
            self._rows = driver.cursor(binary=True).execute(_TAKE, self._values).fetchall()

    def __len__(self) -> int:
        return len(self._rows)

    @contextmanager
    def written(self) -> Iterator[tuple[Iterator[SweptDeadline], Send]]:
        """Gives the deadlines as they were before, and what sends a statement that need not be waited for.

        They are sent to be written before that, so that PostgreSQL writes while the block tells of them; the block
        may ask nothing.
        """
        with sending_ahead(self.session) as send:
            # A row stays where it lies while it is locked.
            places = "{" + ",".join([f'"{row[0]}"' for row in self._rows]) + "}"
            written = send(_WRITE, self._values | {"places": places})
            yield map(_read, self._rows), send
        if written.rowcount != len(self):
            raise RuntimeError(f"{len(self)} deadlines were locked and {written.rowcount} written")


def _read(row: Sequence[Any]) -> SweptDeadline:
    one = SweptDeadline(*row[1:])
    as_text: Any = (one.facts, one.extensions)
    one.facts, one.extensions = map(from_json, as_text)
    return one
