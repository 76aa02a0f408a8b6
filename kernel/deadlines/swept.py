"""Deadlines as a sweep holds them: read and written by hundreds in a statement, told of while PostgreSQL writes.

A mapped object for each, and a statement each, would be most of a sweep's time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from pydantic_core import from_json
from sqlalchemy.orm import Session

from kernel.deadlines.explanation import Explanation, explain
from kernel.deadlines.model import MISSED, OPEN
from kernel.deadlines.thresholds import thresholds
from kernel.sent_ahead import Send, sending_ahead
from kernel.troubles import errors_told

_TAKE = """
    SELECT ctid::text, id, kind, subject_id, started_at, started_by, opened_by, due_at, first_due_at, rule,
      rule_version, limit_zh, limit_en, facts::text, extensions::text, passed_percent, version
    FROM deadlines
    WHERE kind = %(kind)s AND outcome = 'open'
      AND (next_threshold_at <= %(now)s OR due_at < %(decided_up_to)s::timestamptz)
    ORDER BY due_at, deadlines.ctid LIMIT %(limit)s FOR UPDATE SKIP LOCKED
"""
_WRITE = """
    UPDATE deadlines SET passed_percent = swept.percent, next_threshold_at = swept.next_threshold_at,
      version = swept.version, outcome = CASE WHEN missed THEN 'missed' ELSE deadlines.outcome END,
      decided_at = CASE WHEN missed THEN %(now)s ELSE decided_at END,
      unsettled_until = CASE WHEN missed THEN %(decided_up_to)s::timestamptz ELSE unsettled_until END
    FROM unnest(%(places)s::tid[], %(ids)s::uuid[], %(before)s::integer[], %(percents)s::integer[],
      %(next)s::timestamptz[], %(versions)s::integer[], %(missed)s::boolean[])
      AS swept (place, id, before, percent, next_threshold_at, version, missed)
    WHERE deadlines.ctid = swept.place AND deadlines.id = swept.id
      AND deadlines.outcome = 'open' AND deadlines.passed_percent = swept.before
"""
LOT = 200
"""So many deadlines are judged and written by one statement; the sooner the first are, the sooner PostgreSQL begins."""
_COLUMNS = ("places", "ids", "before", "percents", "next", "versions", "missed")


@dataclass(slots=True)
class SweptDeadline:
    """An open deadline that this transaction holds locked; the fields are the columns, in the order they are read."""

    place: str
    """Where the row lies; it stays there while it is locked."""
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
    outcome: str = OPEN
    settled_at: datetime | None = None
    fired: Sequence[tuple[int, datetime]] = ()
    """The thresholds that this sweep fires and when they passed, ascending; like what follows found by `judge`."""
    next_threshold_at: datetime | None = None
    missed: bool = False

    def judge(self, now: datetime, decided_up_to: datetime | None) -> None:
        """Find what has passed and whether it is missed; nothing is changed yet."""
        self.missed = decided_up_to is not None and self.due_at < decided_up_to
        # Behind the watermark the due time has passed for certain, even where this machine's clock lags.
        at = max(now, self.due_at) if self.missed else now
        self.fired = fired = []
        for percent, passes_at in thresholds(self.started_at, self.due_at, self.passed_percent):
            if passes_at > at:
                self.next_threshold_at = passes_at
                break
            fired.append((percent, passes_at))

    def written_as(self) -> tuple[str, UUID, int, int, str, int, bool]:
        """A row of `_WRITE`. Every threshold is a change, and so is the miss: each event tells a version of its own."""
        percent = self.fired[-1][0] if self.fired else self.passed_percent
        following = self.next_threshold_at.isoformat() if self.next_threshold_at else "NULL"
        version = self.version + len(self.fired) + self.missed
        return f'"{self.place}"', self.id, self.passed_percent, percent, following, version, self.missed

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
        self.session, self.now, self.decided_up_to = session, now, decided_up_to
        values = {"kind": kind, "now": now, "decided_up_to": decided_up_to, "limit": limit}
        session.flush()
        # Past SQLAlchemy's rows, which nobody would see.
        driver: Any = session.connection().connection.driver_connection
        with errors_told(driver):
            self._rows = driver.execute(_TAKE, values)

    def __len__(self) -> int:
        count: int = self._rows.rowcount
        return count

    @contextmanager
    def written(self) -> Iterator[tuple[Iterator[list[SweptDeadline]], Send]]:
        """Gives the deadlines in lots, judged, and what sends a statement that need not be waited for.

        A lot is sent to be written before it is given, so that PostgreSQL writes it while the block tells of it; the
        block may ask nothing. A threshold that another pass had fired meanwhile would leave its row as it is:
        `RuntimeError`, nothing is kept.
        """
        written: list[psycopg.Cursor[Any]] = []
        with sending_ahead(self.session) as send:
            yield self._lots(send, written), send
        count = sum(cursor.rowcount for cursor in written)
        if count != len(self):
            raise RuntimeError(f"{len(self)} deadlines were locked and {count} written")

    def _lots(self, send: Send, written: list[psycopg.Cursor[Any]]) -> Iterator[list[SweptDeadline]]:
        while rows := self._rows.fetchmany(LOT):
            lot = [_read(row) for row in rows]
            for one in lot:
                one.judge(self.now, self.decided_up_to)
            written.append(send(_WRITE, _arrays(lot) | {"now": self.now, "decided_up_to": self.decided_up_to}))
            yield lot


def _read(row: Sequence[Any]) -> SweptDeadline:
    one = SweptDeadline(*row)
    as_text: Any = (one.facts, one.extensions)
    one.facts, one.extensions = map(from_json, as_text)
    return one


def _arrays(lot: Sequence[SweptDeadline]) -> dict[str, str]:
    """The columns of `_WRITE`'s rows, as PostgreSQL reads arrays; the driver takes as long for them as the update."""
    columns = zip(*[one.written_as() for one in lot], strict=True)
    return {name: f"{{{','.join(map(str, values))}}}" for name, values in zip(_COLUMNS, columns, strict=True)}
