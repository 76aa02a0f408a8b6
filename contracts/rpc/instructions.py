"""Leaders' instructions on published items, the units' assignments, and their feedback (notice 五(二))."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from contracts.model import NOT_BLANK, Instant, Method, Strict, Text, command, query
from contracts.rpc.attachments import Attachment
from contracts.rpc.deadlines import Deadline, TimelinessQuery, TimelinessTable
from contracts.rpc.extensions import AskExtension, Extension, GrantExtension, RefuseExtension
from contracts.rpc.fields import Name, Remarks
from contracts.rpc.notices import Notice
from contracts.rpc.paging import ListQuery
from contracts.rpc.roles import DESK, OVERSIGHT
from contracts.vocabulary import AssignmentState, EscalationLevel, InstructionClass, Labelled, Level, Role


class InstructionState(Labelled):
    RECORDED = "recorded", "待确认"
    CONFIRMED = "confirmed", "已确认"
    IN_HAND = "in_hand", "办理中"
    PRESENTED = "presented", "已呈阅"
    CLOSED = "closed", "已办结"
    WITHDRAWN = "withdrawn", "已撤销"


class Confirmation(Labelled):
    """How it is known that the leader gave this instruction."""

    IN_PERSON = "in_person", "领导本人"
    SCAN = "scan", "批示件扫描"
    SECOND_PERSON = "second_person", "第二人核对"


class AssignmentPart(Labelled):
    LEAD = "lead", "牵头"
    HELPING = "helping", "协办"


class Turn(Labelled):
    """Whose turn it is: time counts for this party, and for nobody else."""

    UNIT = "unit", "承办单位"
    SUPERVISOR = "supervisor", "督办员"
    LEADER = "leader", "领导"
    NOBODY = "nobody", "已办结"


class Escalation(Strict):
    """Somebody was told that it is overdue."""

    level: EscalationLevel
    at: Instant
    overdue_since: Instant


AS_INSTRUCTED = "请按批示要求办理，并反馈办理情况。"
"""What a unit has to do where nothing else is written."""


class NewAssignment(Strict):
    """What one unit has to do; due at a time, after n working days, or after those the instruction's class gives."""

    unit_id: UUID
    part: AssignmentPart = AssignmentPart.LEAD
    requirement: Remarks = AS_INSTRUCTED
    due_at: Instant | None = None
    working_days: int | None = Field(default=None, ge=1, le=250, description="counted from the assignment")


class PlannedAssignment(NewAssignment):
    """What is assigned once the instruction is confirmed."""

    unit_name: str


class RecordInstruction(Strict):
    """A leader's instruction with its assignments, entered by the secretary or the leader.

    On an item of a published issue; or, on paper that is not in the system, with `subject` and `scan`.
    """

    instruction_id: UUID
    issue_id: UUID | None = None
    report_id: UUID | None = None
    subject: Text | None = Field(default=None, min_length=1, pattern=NOT_BLANK, max_length=200)
    """What it is about, where there is no item."""
    leader: Name
    text: Remarks
    instruction_class: InstructionClass
    level: Level = Level.CITY
    given_at: Instant
    assignments: list[NewAssignment] = Field(max_length=100)
    scan: Attachment | None = None
    follows: UUID | None = None
    """The instruction whose result led to this one."""


class Feedback(Strict):
    report_id: UUID
    receipt_number: str
    title: str
    body: str
    received_at: Instant
    state: str
    remarks: str | None
    on_desk: bool = False
    """It was laid on the editors' desk, to be adopted as information."""


class Assignment(Strict):
    assignment_id: UUID
    instruction_id: UUID
    version: int
    unit_id: UUID
    unit_name: str
    leader: str
    instruction_text: str
    part: AssignmentPart = AssignmentPart.LEAD
    requirement: str
    report_title: str
    due_at: Instant
    """Until when the unit answers, with extensions and after returns."""
    state: AssignmentState
    turn: Turn = Turn.UNIT
    """Whose turn it is: time counts for this party."""
    received_by: str | None
    received_at: Instant | None
    feedback: list[Feedback]
    deadline: Deadline
    receipt_deadline: Deadline | None = None
    """Until when the unit confirms that it has received it."""
    renewed_due_at: Instant | None = None
    """Until when a returned feedback is to be given again, where the first time had run out before."""
    extensions: list[Extension] = Field(default=[])
    escalations: list[Escalation] = Field(default=[])
    notices: list[Notice] = Field(default=[])
    """Issued so far, the first one first."""


class Instruction(Strict):
    instruction_id: UUID
    version: int = 1
    state: InstructionState
    issue_id: UUID | None
    report_id: UUID | None
    report_title: str
    leader: str
    text: str
    instruction_class: InstructionClass
    level: Level
    given_at: Instant
    recorded_by: str
    confirmation: Confirmation | None
    confirmed_by: str | None
    confirmed_at: Instant | None
    scan: Attachment | None
    presented_by: str | None
    presented_at: Instant | None
    presented_note: str | None
    closed_at: Instant | None
    withdrawn_reason: str | None
    follows: UUID | None
    followed_by: list[UUID]
    planned: list[PlannedAssignment]
    """Assignments that are given once it is confirmed."""
    assignments: list[Assignment]


class InstructionId(Strict):
    instruction_id: UUID


class ListInstructions(ListQuery):
    state: InstructionState | None = None
    to_present: bool = False
    """Only those whose every unit is done, and which the leader has not been shown."""


class ConfirmInstruction(Strict):
    instruction_id: UUID
    scan: Attachment | None = None


class WithdrawInstruction(Strict):
    instruction_id: UUID
    reason: Remarks


class PresentInstruction(Strict):
    """What the leader was shown of the handling."""

    instruction_id: UUID
    note: Text = Field(default="", max_length=2_000)


class InstructionPage(Strict):
    items: list[Instruction]
    next_cursor: str | None = None


class AssignmentId(Strict):
    assignment_id: UUID


class ListAssignments(ListQuery):
    state: AssignmentState | None = None
    unit_id: UUID | None = None
    extension_asked: bool = False
    """Only those where an extension waits to be decided."""


class AssignmentPage(Strict):
    items: list[Assignment]
    next_cursor: str | None = None


class ReturnFeedback(Strict):
    assignment_id: UUID
    remarks: Remarks


_UNIT = (Role.INFORMATION_OFFICER, Role.RESPONSIBLE_LEADER, Role.API_CLIENT)

METHODS: dict[str, Method] = {
    "record_instruction": command(RecordInstruction, Instruction, Role.SECRETARY, Role.LEADER),
    "get_instruction": query(InstructionId, Instruction, *OVERSIGHT),
    "list_instructions": query(ListInstructions, InstructionPage, *OVERSIGHT),
    "confirm_instruction": command(ConfirmInstruction, Instruction, Role.SECRETARY, Role.LEADER),
    "withdraw_instruction": command(WithdrawInstruction, Instruction, Role.SECRETARY, Role.LEADER),
    "present_instruction": command(PresentInstruction, Instruction, Role.SUPERVISOR, Role.SECRETARY),
    "close_instruction": command(InstructionId, Instruction, Role.CHIEF_EDITOR, Role.SUPERVISOR, Role.LEADER),
    "list_assignments": query(ListAssignments, AssignmentPage, *OVERSIGHT, *DESK, *_UNIT, Role.UNIT_HEAD),
    "get_assignment": query(AssignmentId, Assignment, *OVERSIGHT, *DESK, *_UNIT, Role.UNIT_HEAD),
    "receive_assignment": command(AssignmentId, Assignment, *_UNIT),
    "accept_feedback": command(AssignmentId, Assignment, Role.SUPERVISOR),
    "return_feedback": command(ReturnFeedback, Assignment, Role.SUPERVISOR),
    "lay_feedback_on_desk": command(AssignmentId, Assignment, *DESK, Role.SUPERVISOR),
    "ask_extension": command(AskExtension, Assignment, *_UNIT),
    "grant_extension": command(GrantExtension, Assignment, Role.SUPERVISOR),
    "refuse_extension": command(RefuseExtension, Assignment, Role.SUPERVISOR),
    "feedback_timeliness": query(TimelinessQuery, TimelinessTable, *DESK, *OVERSIGHT, *_UNIT, Role.OPERATOR),
}
