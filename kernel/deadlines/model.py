"""A deadline: what started the clock, when it is due by which rule, what moved it, and how it ended.

The outcome is never set by hand. It follows from four recorded facts (`Deadline._judge`), so any order of receipts,
extensions and corrections ends in the same outcome.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Literal, NamedTuple
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from kernel.deadlines.due import Due
from kernel.deadlines.explanation import Explanation, explain
from kernel.deadlines.thresholds import next_threshold_at, passed_thresholds
from kernel.outbox import kernel_metadata

OPEN, MET, MISSED, WAIVED = "open", "met", "missed", "waived"
STARTED_BY = (
    "occurrence", "learning", "receipt", "report", "instruction", "assignment", "commission", "plan", "guidance",
)  # fmt: skip
"""What can start a clock: `receipt` that of a pre-report, `report` that of the report before."""


class Passing(NamedTuple):
    """Something that happened to a deadline and that others must hear of."""

    what: Literal["approaching", "met", "missed", "reassessed"]
    at: datetime
    """When the threshold passed, when it was met, or when the decision fell."""
    threshold_percent: int | None = None
    old_outcome: str | None = None
    """With `old_due_at` and `reason`: of a reassessment only."""
    old_due_at: datetime | None = None
    reason: str | None = None


class _Base(DeclarativeBase):
    metadata = kernel_metadata
    type_annotation_map: ClassVar[dict[Any, Any]] = {str: Text, datetime: DateTime(timezone=True)}


class Deadline(_Base):
    """One deadline of one subject; at most one of each kind for a subject."""

    __tablename__ = "deadlines"
    __table_args__ = (
        UniqueConstraint("kind", "subject_id", name="deadlines_kind_subject"),
        Index("deadlines_open_due", "kind", "due_at", postgresql_where=text("outcome = 'open'")),
        Index("deadlines_open_threshold", "kind", "next_threshold_at", postgresql_where=text("outcome = 'open'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    subject_id: Mapped[UUID]
    started_at: Mapped[datetime]
    started_by: Mapped[str]
    """One of `STARTED_BY`."""
    opened_by: Mapped[str]
    """Name of the person or service whose act opened it."""
    due_at: Mapped[datetime]
    first_due_at: Mapped[datetime]
    """The due time it was opened with; never changes."""
    rule: Mapped[str]
    rule_version: Mapped[str]
    calendar: Mapped[str]
    limit_zh: Mapped[str]
    limit_en: Mapped[str]
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """What the service wants to tell with each event: unit, severity, title."""
    outcome: Mapped[str]
    decided_at: Mapped[datetime | None]
    """When the present outcome was decided; None while open."""
    settled_at: Mapped[datetime | None]
    """The subject's own time: the earliest ever reported to `settle`."""
    unsettled_until: Mapped[datetime | None]
    """Up to here nothing had settled it when it was decided missed."""
    extensions: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    """Everything that moved or ended it by a person's will: what, at, by_id, by_name, reason, old and new due."""
    passed_percent: Mapped[int]
    """The highest threshold that has fired; a lower one never fires any more."""
    next_threshold_at: Mapped[datetime | None]
    version: Mapped[int]

    def explain(self) -> Explanation:
        """Why it is due when it is, and how it ended: one Chinese and one English sentence."""
        return explain(self)

    def pending_thresholds(self, at: datetime) -> tuple[int, ...]:
        """Thresholds that have passed at `at` without having fired; none once decided."""
        if self.outcome != OPEN:
            return ()
        return passed_thresholds(self.started_at, self.due_at, at, self.passed_percent)

    def pass_threshold(self, percent: int) -> None:
        self.passed_percent = max(percent, self.passed_percent)
        self._set_next_threshold()
        self.version += 1

    def settle(self, at: datetime, now: datetime) -> bool:
        """The subject reports its own time; only one earlier than any before changes anything."""
        if self.settled_at is not None and self.settled_at <= at:
            return False
        self.settled_at = at
        self._decide(now)
        return True

    def nothing_until(self, up_to: datetime, now: datetime) -> None:
        """Nobody can settle it any more with a time before `up_to`."""
        self.unsettled_until = up_to
        self._decide(now)

    def move(self, started_at: datetime, due: Due, record: Mapping[str, Any], now: datetime) -> None:
        """A recorded change of start, due time or rule; the outcome is judged again."""
        self.started_at, self.due_at = started_at, due.due_at
        self.rule, self.rule_version, self.calendar = due.rule, due.rule_version, due.calendar
        self.limit_zh, self.limit_en = due.limit_zh, due.limit_en
        self.extensions = [*self.extensions, dict(record)]
        self._set_next_threshold()
        self._decide(now)

    def reopen(self, due: Due, record: Mapping[str, Any], now: datetime) -> None:
        """What settled it was sent back: the subject is not done after all, the clock runs on to the new due time."""
        self.settled_at = None
        self.move(self.started_at, due, record, now)

    def waive(self, record: Mapping[str, Any], now: datetime) -> None:
        self.extensions = [*self.extensions, dict(record)]
        self.outcome, self.decided_at = WAIVED, now
        self.version += 1

    def waived_for(self, reason: str) -> bool:
        """Whether it is waived, last for this reason."""
        return self.outcome == WAIVED and self.extensions[-1]["reason"] == reason

    def reinstate(self, record: Mapping[str, Any], now: datetime) -> None:
        """A waiver is taken back: the facts decide again."""
        self.extensions = [*self.extensions, dict(record)]
        self.outcome = OPEN
        self.outcome = self._judge()
        self.decided_at = None if self.outcome == OPEN else now
        self.version += 1

    def _decide(self, now: datetime) -> None:
        old, self.outcome = self.outcome, self._judge()
        if self.outcome != old:
            self.decided_at = None if self.outcome == OPEN else now
        self.version += 1

    def _judge(self) -> str:
        if self.outcome == WAIVED:
            return WAIVED
        if self.settled_at is not None:
            return MET if self.settled_at <= self.due_at else MISSED
        if self.unsettled_until is not None and self.due_at < self.unsettled_until:
            return MISSED
        return OPEN

    def _set_next_threshold(self) -> None:
        self.next_threshold_at = next_threshold_at(self.started_at, self.due_at, self.passed_percent)


class PassedThreshold(_Base):
    """A threshold that fired under an earlier version, which still writes here; the row's own `passed_percent` keeps a
    second firing out (decision 0127). Goes with the first migration that no such version need bear."""

    __tablename__ = "deadline_thresholds"

    deadline_id: Mapped[UUID] = mapped_column(ForeignKey("deadlines.id"), primary_key=True)
    percent: Mapped[int] = mapped_column(primary_key=True)
    fired_at: Mapped[datetime]
