"""What the city's desk answers: queue and decisions, issues, instructions, assignments, feedback."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.model import Instant, Method, Strict, Text, command, query
from contracts.rpc.attachments import Attachment
from contracts.rpc.deadlines import Deadline, TimelinessQuery, TimelinessTable
from contracts.rpc.fields import Name, Remarks
from contracts.rpc.paging import ListQuery
from contracts.vocabulary import (
    AmendmentAct,
    AssignmentState,
    DeskState,
    InstructionClass,
    IssueState,
    Kind,
    Level,
    Outcome,
    Role,
    Severity,
    UnitClass,
)

Code = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$", description="short name of a publication")]


class ReportId(Strict):
    report_id: UUID


# Desk


class DeskItem(Strict):
    """A report on the editors' desk; `adoption_id` names the adoption in force."""

    report_id: UUID
    receipt_number: str
    number: str
    version: int
    kind: Kind
    severity: Severity | None
    unit_id: UUID
    unit_name: str
    unit_class: UnitClass
    title: str
    body: str
    occurred_at: Instant | None
    received_at: Instant
    signer_name: str
    late: bool | None
    state: DeskState
    decision: str | None
    claimed_by: str | None
    seen_by: str | None
    seen_at: Instant | None
    adoption_id: UUID | None
    issue_id: UUID | None
    assignment_id: UUID | None
    amended_act: AmendmentAct | None = None
    """What the newest signed version does to the report."""
    amended_reason: str | None = None
    report_version: int = 1
    """The signed version lying on the desk; `version` counts the changes of the item itself."""
    drill: bool = False
    """An exercise: it can be returned, kept on file or not used, never adopted or passed up."""
    attachments: list[Attachment] = Field(default_factory=list)


class ListQueue(ListQuery):
    """Urgent first, then the oldest. Among decided ones `q` looks back 400 days; reports are searched for all time."""

    state: DeskState | None = None
    q: Text | None = Field(default=None, max_length=100)


class QueuePage(Strict):
    items: list[DeskItem]
    next_cursor: str | None = None


class Adopt(Strict):
    """Adopt a report into a composing issue. `title` and `body` are the edit copy; absent = as submitted."""

    report_id: UUID
    issue_id: UUID
    item_kind: Text = Field(default="item", max_length=40)
    title: Text | None = Field(default=None, min_length=1, max_length=200)
    body: Text | None = Field(default=None, min_length=1, max_length=50_000)


class WithdrawAdoption(Strict):
    report_id: UUID
    reason: Remarks


class ReturnReport(Strict):
    report_id: UUID
    remarks: Remarks


class DeclineReport(Strict):
    report_id: UUID
    reason: Remarks


class RecordOutcome(Strict):
    """What a higher level did with a report that was passed upward."""

    report_id: UUID
    level: Level
    outcome: Outcome
    publication: Text | None = Field(default=None, max_length=100)
    item_kind: Text | None = Field(default=None, max_length=40)
    happened_at: Instant


class RecordedOutcome(Strict):
    outcome_id: UUID


# Publications and issues


class RecordPublication(Strict):
    """Create a publication or change the one with this code."""

    code: Code
    name: Name
    level: Level = Level.CITY
    columns: list[Name] = Field(default_factory=list, max_length=20)


class Publication(RecordPublication):
    version: int


class PublicationPage(Strict):
    items: list[Publication]
    next_cursor: str | None = None


class OpenIssue(Strict):
    """Begin the next issue of a publication; its number is given at publication."""

    issue_id: UUID
    publication_code: Code


class IssueItem(Strict):
    adoption_id: UUID
    report_id: UUID
    receipt_number: str
    unit_name: str
    item_kind: str
    title: str
    body: str
    share: Decimal
    amended: AmendmentAct | None = None
    """For those who compose: the report was corrected or withdrawn after its adoption."""


class Issue(Strict):
    issue_id: UUID
    version: int
    publication_code: str
    publication_name: str
    state: IssueState
    year: int | None
    number: int | None
    published_at: Instant | None
    published_by: str | None
    items: list[IssueItem]
    evidence: dict[str, str] | None
    """Of a published issue: its audit entry and the newest checkpoint."""


class IssueId(Strict):
    issue_id: UUID


class PublishIssue(Strict):
    issue_id: UUID
    version: int = Field(description="version the chief editor saw; 412 when it changed since")


class ListIssues(ListQuery):
    state: IssueState | None = None
    publication_code: Code | None = None


class IssuePage(Strict):
    items: list[Issue]
    next_cursor: str | None = None


# Instructions and assignments


class NewAssignment(Strict):
    unit_id: UUID
    requirement: Text = Field(min_length=1, max_length=2_000)
    due_at: Instant


class RecordInstruction(Strict):
    """A leader's instruction on a published item with its assignments, entered by the secretary or the leader."""

    instruction_id: UUID
    issue_id: UUID
    report_id: UUID
    leader: Name
    text: Text = Field(min_length=1, max_length=2_000)
    instruction_class: InstructionClass
    level: Level = Level.CITY
    given_at: Instant
    assignments: list[NewAssignment] = Field(max_length=100)


class Feedback(Strict):
    report_id: UUID
    receipt_number: str
    title: str
    body: str
    received_at: Instant
    state: str
    remarks: str | None


class Assignment(Strict):
    assignment_id: UUID
    instruction_id: UUID
    version: int
    unit_id: UUID
    unit_name: str
    leader: str
    instruction_text: str
    requirement: str
    report_title: str
    due_at: Instant
    state: AssignmentState
    received_by: str | None
    received_at: Instant | None
    feedback: list[Feedback]
    deadline: Deadline


class Instruction(Strict):
    instruction_id: UUID
    issue_id: UUID
    report_id: UUID
    report_title: str
    leader: str
    text: str
    instruction_class: InstructionClass
    level: Level
    given_at: Instant
    recorded_by: str
    closed_at: Instant | None
    assignments: list[Assignment]


class InstructionId(Strict):
    instruction_id: UUID


class InstructionPage(Strict):
    items: list[Instruction]
    next_cursor: str | None = None


class AssignmentId(Strict):
    assignment_id: UUID


class ListAssignments(ListQuery):
    state: AssignmentState | None = None
    unit_id: UUID | None = None


class AssignmentPage(Strict):
    items: list[Assignment]
    next_cursor: str | None = None


class ReturnFeedback(Strict):
    assignment_id: UUID
    remarks: Remarks


_DESK = (Role.EDITOR, Role.CHIEF_EDITOR)
_OVERSIGHT = (Role.SUPERVISOR, Role.CHIEF_EDITOR, Role.SECRETARY, Role.LEADER)
_UNIT = (Role.INFORMATION_OFFICER, Role.RESPONSIBLE_LEADER, Role.API_CLIENT)

METHODS: dict[str, Method] = {
    "list_queue": query(ListQueue, QueuePage, *_DESK),
    "get_desk_item": query(ReportId, DeskItem, *_DESK),
    "open_desk_item": command(ReportId, DeskItem, *_DESK),
    "claim_report": command(ReportId, DeskItem, *_DESK),
    "release_report": command(ReportId, DeskItem, *_DESK),
    "return_report": command(ReturnReport, DeskItem, *_DESK),
    "keep_report": command(ReportId, DeskItem, *_DESK),
    "decline_report": command(DeclineReport, DeskItem, *_DESK),
    "adopt_report": command(Adopt, DeskItem, *_DESK),
    "withdraw_adoption": command(WithdrawAdoption, DeskItem, *_DESK),
    "record_outcome": command(RecordOutcome, RecordedOutcome, *_DESK),
    "record_publication": command(RecordPublication, Publication, Role.CHIEF_EDITOR),
    "list_publications": query(ListQuery, PublicationPage, *_DESK, *_OVERSIGHT),
    "open_issue": command(OpenIssue, Issue, *_DESK),
    "get_issue": query(IssueId, Issue, *_DESK, *_OVERSIGHT),
    "list_issues": query(ListIssues, IssuePage, *_DESK, *_OVERSIGHT),
    "publish_issue": command(PublishIssue, Issue, Role.CHIEF_EDITOR),
    "record_instruction": command(RecordInstruction, Instruction, Role.SECRETARY, Role.LEADER),
    "get_instruction": query(InstructionId, Instruction, *_OVERSIGHT),
    "list_instructions": query(ListQuery, InstructionPage, *_OVERSIGHT),
    "close_instruction": command(InstructionId, Instruction, Role.CHIEF_EDITOR, Role.SUPERVISOR),
    "list_assignments": query(ListAssignments, AssignmentPage, *_OVERSIGHT, *_UNIT),
    "get_assignment": query(AssignmentId, Assignment, *_OVERSIGHT, *_UNIT),
    "receive_assignment": command(AssignmentId, Assignment, *_UNIT),
    "accept_feedback": command(AssignmentId, Assignment, Role.SUPERVISOR),
    "return_feedback": command(ReturnFeedback, Assignment, Role.SUPERVISOR),
    "feedback_timeliness": query(TimelinessQuery, TimelinessTable, *_DESK, *_OVERSIGHT, *_UNIT, Role.OPERATOR),
}

