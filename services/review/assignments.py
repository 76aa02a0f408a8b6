"""Assignments: received by the unit, answered by feedback, accepted or returned by the supervisor (notice 五(二))."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from contracts.events import review as events
from contracts.rpc import instructions as rpc
from contracts.rpc.finished_steps import StepOutcome
from contracts.vocabulary import AssignmentState
from kernel.database import Work
from kernel.deadlines.calendar import DaysEnd, WorkingCalendar
from kernel.deadlines.engine import reopen
from kernel.deadlines.model import MET, Deadline
from kernel.errors import NotFound
from services.review.deadlines import (
    announce,
    deadline_of,
    open_feedback_deadline,
    open_receipt_deadline,
    report_of,
    settle_receipt,
)
from services.review.feedback import match_waiting_feedback
from services.review.finished_steps import ending_steps
from services.review.model.assignments import Assignment, assignment_id
from services.review.model.feedback import Feedback, FeedbackState
from services.review.model.instructions import Instruction
from services.review.model.supervision_rules import Reckoned, supervision_rules
from services.review.model.units import Unit
from services.review.queries.assignments import assignment_shown, visible_assignment

LEAST_EXTENSION = timedelta(seconds=1)
"""Where clocks disagree, a feedback may seem to be returned before it came."""


def assign(
    work: Work, instruction: Instruction, place: int, new: rpc.NewAssignment, unit: Unit, reckoned: Reckoned
) -> None:
    """Give a unit its part of a confirmed instruction; its clocks start."""
    assignment = Assignment(
        assignment_id=assignment_id(instruction.instruction_id, place),
        version=1,
        instruction_id=instruction.instruction_id,
        place=place,
        unit_id=unit.unit_id,
        unit_name=unit.name,
        unit_class=unit.unit_class,
        part=new.part,
        report_title=instruction.report_title,
        requirement=new.requirement,
        due_at=reckoned.due.due_at,
        state=AssignmentState.ASSIGNED,
    )
    work.session.add(assignment)
    work.session.flush()
    open_feedback_deadline(work, assignment, instruction, reckoned)
    open_receipt_deadline(work, assignment, instruction)
    given = events.AssignmentGiven(**event_facts(work, assignment), requirement=assignment.requirement)
    work.emit(given, subject=assignment.assignment_id, version=assignment.version)
    work.audit("assign", assignment.assignment_id, assignment.version, unit_id=str(unit.unit_id))
    match_waiting_feedback(work, assignment)


def receive_assignment(work: Work, request: rpc.AssignmentId) -> rpc.Assignment:
    """The unit has received it: who and when. Raises `NotFound` for another unit's, `Conflict` when done already."""
    assignment = locked_assignment(work, request.assignment_id)
    if assignment.unit_id != work.principal.unit_id:
        raise NotFound("没有这项交办。", "There is no such assignment.")  # also for one who oversees all units
    assignment.receive(work.principal, work.now)
    settle_receipt(work, assignment, work.now)
    event = events.AssignmentReceived(**event_facts(work, assignment), received_by=work.principal.name)
    work.emit(event, subject=assignment.assignment_id, version=assignment.version)
    work.audit("receive_assignment", assignment.assignment_id, assignment.version)
    return shown_after(work, assignment)


def accept_feedback(work: Work, request: rpc.AssignmentId, calendar: WorkingCalendar) -> rpc.Assignment:
    """The supervisor is satisfied with the newest feedback. Raises `Conflict` when none waits."""
    assignment = locked_assignment(work, request.assignment_id)
    with ending_steps(work, assignment.instruction_id, StepOutcome.ACCEPTED, calendar):
        assignment.accept()
        feedback = _decide(work, assignment, FeedbackState.ACCEPTED, None)
    event = events.FeedbackAccepted(
        **event_facts(work, assignment), report_id=feedback.report_id, accepted_by=work.principal.name
    )
    work.emit(event, subject=assignment.assignment_id, version=assignment.version)
    work.audit(
        "accept_feedback", assignment.assignment_id, assignment.version, receipt_number=feedback.receipt_number
    )
    return shown_after(work, assignment)


def return_feedback(work: Work, request: rpc.ReturnFeedback, calendar: WorkingCalendar) -> rpc.Assignment:
    """Not enough: the unit answers again, with the time it had left when the feedback came in, and by rule no less
    than some working days."""
    assignment = locked_assignment(work, request.assignment_id)
    with ending_steps(work, assignment.instruction_id, StepOutcome.RETURNED, calendar):
        assignment.return_feedback()
        feedback = _decide(work, assignment, FeedbackState.RETURNED, request.remarks)
    again = supervision_rules().in_force(work.now).returned_due(work.now, calendar)
    _give_back_time(work, assignment, deadline_of(work, assignment), feedback.received_at, again, request.remarks)
    event = events.FeedbackReturned(
        **event_facts(work, assignment),
        report_id=feedback.report_id,
        remarks=request.remarks,
        returned_by=work.principal.name,
    )
    work.emit(event, subject=assignment.assignment_id, version=assignment.version)
    work.audit(
        "return_feedback",
        assignment.assignment_id,
        assignment.version,
        receipt_number=feedback.receipt_number,
        remarks=request.remarks,
    )
    return shown_after(work, assignment)


def _give_back_time(
    work: Work, assignment: Assignment, deadline: Deadline, received_at: datetime, again: DaysEnd, remarks: str
) -> None:
    """The time the supervisor took does not count against the unit, nor is time taken away that it had, by an extension
    too. A deadline already missed stays missed: the unit gets a new time, from which it is overdue again."""
    taken = max(work.now - received_at, LEAST_EXTENSION)
    until = max(assignment.due_in_force(deadline) + taken, again.at)
    if deadline.outcome != MET:
        assignment.renewed_due_at = until
        return
    assignment.renewed_due_at = None
    reason = f"反馈退回，审核所用时间顺延，且不少于规定的工作日{again.remark_zh}；退回意见：{remarks}"
    reopen(work, deadline, until, reason, announce)


def _decide(work: Work, assignment: Assignment, state: FeedbackState, remarks: str | None) -> Feedback:
    """Decide on the newest feedback waiting; older ones waiting are superseded by it."""
    waiting = work.session.scalars(
        select(Feedback)
        .where(Feedback.assignment_id == assignment.assignment_id, Feedback.state == FeedbackState.GIVEN)
        .order_by(Feedback.received_at.desc(), Feedback.receipt_number.desc())
        .with_for_update()
    ).all()
    for older in waiting[1:]:
        older.turn(FeedbackState.SUPERSEDED)
    waiting[0].decide(state, work.principal, work.now, remarks)
    return waiting[0]


def locked_assignment(work: Work, assignment_id: UUID) -> Assignment:
    return visible_assignment(work.session, work.principal, assignment_id, lock=True)


def shown_after(work: Work, assignment: Assignment) -> rpc.Assignment:
    work.session.flush()
    return assignment_shown(work.session, assignment, work.now)


def event_facts(work: Work, assignment: Assignment) -> dict[str, Any]:
    """What every event of an assignment tells."""
    return {
        "assignment_id": assignment.assignment_id,
        "instruction_id": assignment.instruction_id,
        "unit_id": assignment.unit_id,
        "title": assignment.report_title,
        "about_report_id": report_of(work.session, assignment),
        "due_at": assignment.due_in_force(deadline_of(work, assignment)),
    }
