"""Leaders' instructions on published items, with the assignments that follow from them (notice 五(二))."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.events import review as events
from contracts.rpc import instructions as rpc
from contracts.vocabulary import AssignmentState, IssueState
from kernel.clock import china_day
from kernel.database import Work
from kernel.errors import Conflict, Invalid, NotFound
from services.review.deadlines import open_feedback_deadline
from services.review.feedback import match_waiting_feedback
from services.review.model.adoptions import Adoption
from services.review.model.assignments import Assignment, assignment_id
from services.review.model.instructions import Instruction, check_times
from services.review.model.issues import Issue
from services.review.model.secrecy import told_title
from services.review.model.units import Unit
from services.review.queries.instructions import instruction_shown


def record_instruction(work: Work, request: rpc.RecordInstruction) -> rpc.Instruction:
    """Enter a leader's instruction on an item of a published issue and assign the units named.

    Raises `NotFound`, `Conflict` (issue not published, instruction entered already), `Invalid` (times, units).
    """
    check_times(request.given_at, [new.due_at for new in request.assignments], work.now)
    adoption = _published_item(work.session, request.issue_id, request.report_id)
    units = [_assignable(work, new.unit_id, place) for place, new in enumerate(request.assignments)]
    instruction = _new_instruction(work, request, adoption)
    for place, (new, unit) in enumerate(zip(request.assignments, units, strict=True)):
        _assign(work, instruction, place, new, unit)
    work.session.flush()
    return instruction_shown(work.session, instruction, work.now)


def close_instruction(work: Work, request: rpc.InstructionId) -> rpc.Instruction:
    """Close it once every assignment is accepted. Raises `Conflict` naming the open ones."""
    instruction = work.session.get(Instruction, request.instruction_id, with_for_update=True)
    if instruction is None:
        raise NotFound("没有这条批示。", "There is no such instruction.")
    assignments = work.session.scalars(
        select(Assignment).where(Assignment.instruction_id == instruction.instruction_id).order_by(Assignment.place)
    ).all()
    instruction.close(work.principal, work.now, assignments)
    event = events.InstructionClosed(instruction_id=instruction.instruction_id, closed_by=work.principal.name)
    work.emit(event, subject=instruction.instruction_id, version=instruction.version)
    work.audit("close_instruction", instruction.instruction_id, instruction.version)
    work.session.flush()
    return instruction_shown(work.session, instruction, work.now)


def _published_item(session: Session, issue_id: UUID, report_id: UUID) -> Adoption:
    """The item instructed upon; one withdrawn since still stands in the published issue."""
    issue = session.get(Issue, issue_id)
    if issue is None:
        raise NotFound("没有这一期。", "There is no such issue.")
    if issue.state == IssueState.WITHDRAWN:
        raise Conflict("该期已撤销，不能登记批示。", "The issue was withdrawn; it cannot be instructed upon.")
    if issue.state != IssueState.PUBLISHED:
        raise Conflict("该期尚未刊发，不能登记批示。", "The issue is not published; it cannot be instructed upon.")
    adoption = session.scalar(
        select(Adoption)
        .where(Adoption.issue_id == issue_id, Adoption.report_id == report_id, Adoption.published_at.is_not(None))
        .limit(1)
    )
    if adoption is None:
        raise Invalid("该期中没有这条信息。", "The issue holds no item of this report.", pointer="/report_id")
    return adoption


def _assignable(work: Work, unit_id: UUID, place: int) -> Unit:
    unit = work.session.get(Unit, unit_id)
    if unit is None or not unit.can_be_assigned(china_day(work.now)):
        raise Invalid(
            "没有这个单位，或该单位已撤销。",
            "There is no such unit, or it has been dissolved.",
            pointer=f"/assignments/{place}/unit_id",
        )
    return unit


def _new_instruction(work: Work, request: rpc.RecordInstruction, adoption: Adoption) -> Instruction:
    if work.session.get(Instruction, request.instruction_id):
        raise Conflict("该批示已登记。", "This instruction has been entered already.")
    instruction = Instruction(
        instruction_id=request.instruction_id,
        version=1,
        issue_id=request.issue_id,
        report_id=request.report_id,
        report_title=told_title(work.session, adoption.report_id, adoption.title),
        report_kind=adoption.report_kind,
        unit_id=adoption.unit_id,
        unit_class=adoption.unit_class,
        leader=request.leader,
        text=request.text,
        instruction_class=request.instruction_class,
        level=request.level,
        given_at=request.given_at,
        recorded_by=work.principal.name,
        recorded_at=work.now,
    )
    work.session.add(instruction)
    work.session.flush()
    work.emit(_given(instruction), subject=instruction.instruction_id, version=instruction.version)
    work.audit("record_instruction", instruction.instruction_id, instruction.version, leader=instruction.leader)
    return instruction


def _given(instruction: Instruction) -> events.InstructionGiven:
    return events.InstructionGiven(
        instruction_id=instruction.instruction_id,
        issue_id=instruction.issue_id,
        report_id=instruction.report_id,
        unit_id=instruction.unit_id,
        unit_class=instruction.unit_class,
        report_kind=instruction.report_kind,
        level=instruction.level,
        leader=instruction.leader,
        text=instruction.text,
        instruction_class=instruction.instruction_class,
        given_at=instruction.given_at,
    )


def _assign(work: Work, instruction: Instruction, place: int, new: rpc.NewAssignment, unit: Unit) -> None:
    assignment = Assignment(
        assignment_id=assignment_id(instruction.instruction_id, place),
        version=1,
        instruction_id=instruction.instruction_id,
        place=place,
        unit_id=unit.unit_id,
        unit_name=unit.name,
        unit_class=unit.unit_class,
        report_title=instruction.report_title,
        requirement=new.requirement,
        due_at=new.due_at,
        state=AssignmentState.ASSIGNED,
    )
    work.session.add(assignment)
    work.session.flush()
    given = _assignment_given(assignment, new.due_at, instruction.report_id)
    work.emit(given, subject=assignment.assignment_id, version=assignment.version)
    work.audit("assign", assignment.assignment_id, assignment.version, unit_id=str(unit.unit_id))
    open_feedback_deadline(work, assignment, instruction)
    match_waiting_feedback(work, assignment)


def _assignment_given(assignment: Assignment, due_at: datetime, report_id: UUID) -> events.AssignmentGiven:
    return events.AssignmentGiven(
        assignment_id=assignment.assignment_id,
        instruction_id=assignment.instruction_id,
        unit_id=assignment.unit_id,
        title=assignment.report_title,
        about_report_id=report_id,
        due_at=due_at,
        requirement=assignment.requirement,
    )
