"""Leaders' instructions on published items, the units' assignments, and their feedback (notice 五(二))."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from contracts.model import Instant, Method, Strict, Text, command, query
from contracts.rpc.deadlines import Deadline, TimelinessQuery, TimelinessTable
from contracts.rpc.fields import Name, Remarks
from contracts.rpc.paging import ListQuery
from contracts.rpc.roles import DESK, OVERSIGHT
from contracts.vocabulary import AssignmentState, InstructionClass, Level, Role


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


_UNIT = (Role.INFORMATION_OFFICER, Role.RESPONSIBLE_LEADER, Role.API_CLIENT)

METHODS: dict[str, Method] = {
    "record_instruction": command(RecordInstruction, Instruction, Role.SECRETARY, Role.LEADER),
    "get_instruction": query(InstructionId, Instruction, *OVERSIGHT),
    "list_instructions": query(ListQuery, InstructionPage, *OVERSIGHT),
    "close_instruction": command(InstructionId, Instruction, Role.CHIEF_EDITOR, Role.SUPERVISOR),
    "list_assignments": query(ListAssignments, AssignmentPage, *OVERSIGHT, *_UNIT),
    "get_assignment": query(AssignmentId, Assignment, *OVERSIGHT, *_UNIT),
    "receive_assignment": command(AssignmentId, Assignment, *_UNIT),
    "accept_feedback": command(AssignmentId, Assignment, Role.SUPERVISOR),
    "return_feedback": command(ReturnFeedback, Assignment, Role.SUPERVISOR),
    "feedback_timeliness": query(TimelinessQuery, TimelinessTable, *DESK, *OVERSIGHT, *_UNIT, Role.OPERATOR),
}
