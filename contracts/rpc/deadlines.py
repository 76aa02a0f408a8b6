"""Deadlines as they are answered: lists, late cases, compliance tables; review tells of its own in these shapes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pydantic import Field

from contracts.model import Instant, Strict
from contracts.rpc.fields import Remarks
from contracts.rpc.paging import ListQuery
from contracts.vocabulary import DeadlineKind, DeadlineOutcome, LateDecision, Severity, UnitClass


class Deadline(Strict):
    deadline_id: UUID
    kind: DeadlineKind
    subject_id: UUID
    unit_id: UUID
    unit_name: str
    title: str
    severity: Severity | None
    started_at: Instant
    due_at: Instant
    outcome: DeadlineOutcome
    decided_at: Instant | None
    receipt_unknown: bool
    """Due time passed but the gateway's watermark has not: "due, receipt unknown"."""
    explanation_zh: str
    explanation_en: str
    unit_class: UnitClass | None = None
    settled_at: Instant | None = None
    """When the subject itself says it was done: of a report its first receipt."""
    reason_stated: bool = False
    """Whether the unit has said why it was late."""
    late_decision: LateDecision | None = None
    drill: bool = False


class Deadlines(Strict):
    """Which deadlines a list shows and a table counts: the same words for both, so that a number opens its cases."""

    unit_id: UUID | None = None
    unit_class: UnitClass | None = None
    severity: Severity | None = None
    since: Instant | None = Field(default=None, description="due at or after")
    until: Instant | None = Field(default=None, description="due before")
    drill: bool | None = Field(default=None, description="drills only, or without them; tables never count drills")


class ListDeadlines(ListQuery, Deadlines):
    kind: DeadlineKind | None = None
    """First reports or follow-ups; both without it. Feedback is due by its assignment, which shows it."""
    outcome: DeadlineOutcome | None = None
    overdue: bool | None = None
    """Of open ones: true those whose due time has passed, false those whose has not."""
    undecided: bool = False
    """Missed ones about which no editor has decided."""
    unexplained: bool = False
    """Missed ones about which nobody has said anything."""


_FIRST = {"kind": DeadlineKind.URGENT_REPORT, "drill": False}
COUNTED: dict[str, dict[str, Any]] = {
    "met": {"outcome": DeadlineOutcome.MET, **_FIRST},
    "missed": {"outcome": DeadlineOutcome.MISSED, **_FIRST},
    "open": {"overdue": False, **_FIRST},
    "overdue": {"overdue": True, **_FIRST},
    "excused": {"outcome": DeadlineOutcome.WAIVED, **_FIRST},
}
"""What each number of a compliance table counts, in the words of `ListDeadlines` that list its cases."""


class DeadlinePage(Strict):
    items: list[Deadline]
    next_cursor: str | None = None


class LateStatement(Strict):
    """What was said about a late report: the unit's reason, or an editor's decision with grounds."""

    at: Instant
    by_name: str
    decision: LateDecision | None
    """None for a reason of the unit."""
    text: str


class LateCase(Strict):
    """A deadline with all that was said about its being late, oldest first."""

    deadline: Deadline
    statements: list[LateStatement]


class DeadlineId(Strict):
    deadline_id: UUID


class ExplainLateness(Strict):
    """The unit says why a report came late or not at all."""

    deadline_id: UUID
    reason: Remarks


class DecideLateness(Strict):
    """An editor decides whether a missed time limit is held against the unit; a later decision replaces it."""

    deadline_id: UUID
    decision: LateDecision
    grounds: Remarks


class Timeliness(Strict):
    """Counts of deadlines by unit class and severity; `severity` None for feedback."""

    unit_class: UnitClass
    severity: Severity | None
    met: int
    missed: int
    open: int
    overdue: int
    excused: int = 0


class TimelinessQuery(Strict):
    since: Instant | None = None
    until: Instant | None = None


class TimelinessTable(Strict):
    rows: list[Timeliness]


class UnitTimeliness(Strict):
    """Counts of one unit's urgent deadlines, named as it was at its newest one."""

    unit_id: UUID
    unit_name: str
    unit_class: UnitClass
    met: int
    missed: int
    open: int
    overdue: int
    excused: int


class UnitTimelinessTable(Strict):
    rows: list[UnitTimeliness]
