"""The ledger of supervision, its figures, and who is late for a leader (R17)."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from contracts.model import NOT_BLANK, Instant, Method, Strict, Text, query
from contracts.rpc.extensions import ExtensionState
from contracts.rpc.instructions import AssignmentPart, Turn
from contracts.rpc.office_steps import OfficeFigure, OfficeStep
from contracts.rpc.paging import ListQuery
from contracts.rpc.roles import OVERSIGHT
from contracts.rpc.scoring import File
from contracts.vocabulary import AssignmentState, EscalationLevel, InstructionClass, Labelled, Role, UnitClass


class FeedbackOutcome(Labelled):
    """How feedback stands by its deadline; the figures, the metric and the ledger use these words alike."""

    MET = "met", "按时反馈"
    MISSED = "missed", "超时"
    OPEN = "open", "未到期"
    OVERDUE = "overdue", "到期待核"
    WAIVED = "waived", "免除"


class LedgerFilter(Strict):
    """Which assignments: the same words for the list, the file and the figures."""

    unit_id: UUID | None = None
    unit_class: UnitClass | None = None
    leader: Text | None = Field(default=None, max_length=100)
    instruction_class: InstructionClass | None = None
    outcome: FeedbackOutcome | None = None
    extension: ExtensionState | None = Field(default=None, description="with an extension in this state")
    unfinished: bool = Field(default=False, description="not accepted yet")
    late: bool = Field(default=False, description="the unit's turn, and its time is over")
    since: Instant | None = Field(
        default=None, description="due at or after, by the time in force; with `outcome` by the deadline's own time"
    )
    until: Instant | None = Field(default=None, description="due before, by the same time")


class ListLedger(ListQuery, LedgerFilter):
    pass


COUNTED: dict[str, dict[str, Any]] = {outcome.value: {"outcome": outcome.value} for outcome in FeedbackOutcome}
"""What each number of the compliance table counts, in the words of `LedgerFilter`."""


class LedgerPaper(LedgerFilter):
    """The same for print; of what is not finished, the week's list."""

    format: Literal["pdf", "docx"] = "pdf"


class LedgerRow(Strict):
    assignment_id: UUID
    instruction_id: UUID
    leader: str
    instruction_text: str
    instruction_class: InstructionClass
    given_at: Instant
    report_title: str
    unit_id: UUID
    unit_name: str
    unit_class: UnitClass
    part: AssignmentPart
    requirement: str
    state: AssignmentState
    turn: Turn
    due_at: Instant
    first_due_at: Instant
    renewed_due_at: Instant | None
    outcome: FeedbackOutcome
    late: bool
    age_days: int
    """Whole days since the instruction; of what is accepted, until it was."""
    extensions: int
    escalated_to: EscalationLevel | None
    office_step: OfficeStep | None = None
    """What the supervision office has to do; told to those who oversee."""
    office_due_at: Instant | None = None
    office_late: bool = False
    notices: list[str] = Field(default=[])
    """Document numbers of the notices issued, the first one first."""


class LedgerPage(Strict):
    items: list[LedgerRow]
    next_cursor: str | None = None


class NoQuestion(Strict):
    pass


class SupervisionFigures(Strict):
    """Counts that the metrics give too; each opens its cases in the ledger."""

    outcomes: dict[FeedbackOutcome, int]
    extensions: dict[ExtensionState, int]
    """Assignments with an extension in this state."""
    unfinished: int
    late: int
    oldest_unfinished_seconds: float
    """Time since the oldest instruction that a unit has not finished; 0 when there is none."""
    oldest_unfinished_id: UUID | None = None
    """That assignment."""
    office: list[OfficeFigure] = Field(default=[])
    """What lies with the supervision office, by step; told to those who oversee and the head of that office."""


class LatenessAsked(Strict):
    """Of all leaders, or of one."""

    leader: Text | None = Field(default=None, min_length=1, pattern=NOT_BLANK, max_length=100)


class LeaderLateness(Strict):
    """Is anyone late for this leader: one line."""

    leader: str
    unfinished: int
    late: int
    late_units: list[str]
    oldest_due_at: Instant | None
    """Of what is late."""
    office_late: int = 0
    """What lies with the supervision office longer than its rule allows."""
    line_zh: str = ""
    """The same in one sentence."""
    line_en: str = ""


class LeaderLatenessTable(Strict):
    rows: list[LeaderLateness]


_READERS = (*OVERSIGHT, Role.INFORMATION_OFFICER, Role.RESPONSIBLE_LEADER, Role.UNIT_HEAD, Role.API_CLIENT)

METHODS: dict[str, Method] = {
    "list_supervision_ledger": query(ListLedger, LedgerPage, *_READERS),
    "export_supervision_ledger": query(LedgerFilter, File, *_READERS),
    "print_supervision_ledger": query(LedgerPaper, File, *OVERSIGHT),
    "supervision_figures": query(NoQuestion, SupervisionFigures, *_READERS),
    "lateness_by_leader": query(LatenessAsked, LeaderLatenessTable, *OVERSIGHT),
}
