"""Assignments: received by the unit, answered by feedback, accepted or returned by the supervisor (notice 五(二))."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from contracts.events import review as events
from contracts.rpc import instructions as rpc
from kernel.database import Work
from kernel.deadlines.engine import reopen
from kernel.deadlines.model import MET, Deadline
from kernel.errors import NotFound
from services.review.deadlines import announce, deadline_of, report_of
from services.review.model.assignments import Assignment
from services.review.model.feedback import Feedback, FeedbackState
from services.review.queries.assignments import assignment_shown, visible_assignment

LEAST_EXTENSION = timedelta(seconds=1)
"""Where clocks disagree, a feedback may seem to be returned before it came."""


def receive_assignment(work: Work, request: rpc.AssignmentId) -> rpc.Assignment:
    """The unit has received it: who and when. Raises `NotFound` for another unit's, `Conflict` when done already."""
    assignment = _locked(work, request.assignment_id)
    if assignment.unit_id != work.principal.unit_id:
        raise NotFound("没有这项交办。", "There is no such assignment.")  # also for one who oversees all units
    assignment.receive(work.principal, work.now)
    event = events.AssignmentReceived(**_of(work, assignment), received_by=work.principal.name)
    work.emit(event, subject=assignment.assignment_id, version=assignment.version)
    work.audit("receive_assignment", assignment.assignment_id, assignment.version)
    return _shown(work, assignment)


def accept_feedback(work: Work, request: rpc.AssignmentId) -> rpc.Assignment:
    """The supervisor is satisfied with the newest feedback. Raises `Conflict` when none waits."""
    assignment = _locked(work, request.assignment_id)
    assignment.accept()
    feedback = _decide(work, assignment, FeedbackState.ACCEPTED, None)
    event = events.FeedbackAccepted(
        **_of(work, assignment), report_id=feedback.report_id, accepted_by=work.principal.name
    )
    work.emit(event, subject=assignment.assignment_id, version=assignment.version)
    work.audit(
        "accept_feedback", assignment.assignment_id, assignment.version, receipt_number=feedback.receipt_number
    )
    return _shown(work, assignment)


def return_feedback(work: Work, request: rpc.ReturnFeedback) -> rpc.Assignment:
    """Not enough: the unit answers again, with the time it had left when the feedback came in."""
    assignment = _locked(work, request.assignment_id)
    assignment.return_feedback()
    feedback = _decide(work, assignment, FeedbackState.RETURNED, request.remarks)
    _give_back_time(work, deadline_of(work, assignment), feedback.received_at, request.remarks)
    event = events.FeedbackReturned(
        **_of(work, assignment),
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
    return _shown(work, assignment)


def _give_back_time(work: Work, deadline: Deadline, received_at: datetime, remarks: str) -> None:
    """The time the supervisor took does not count against the unit. A deadline already missed stays missed."""
    if deadline.outcome != MET:
        return
    taken = max(work.now - received_at, LEAST_EXTENSION)
    reason = f"反馈退回，审核所用时间顺延 (feedback returned; the time its examination took is added): {remarks}"
    reopen(work, deadline, deadline.due_at + taken, reason, announce)


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


def _locked(work: Work, assignment_id: UUID) -> Assignment:
    return visible_assignment(work.session, work.principal, assignment_id, lock=True)


def _shown(work: Work, assignment: Assignment) -> rpc.Assignment:
    work.session.flush()
    return assignment_shown(work.session, assignment, work.now)


def _of(work: Work, assignment: Assignment) -> dict[str, Any]:
    """What every event of an assignment tells."""
    return {
        "assignment_id": assignment.assignment_id,
        "instruction_id": assignment.instruction_id,
        "unit_id": assignment.unit_id,
        "title": assignment.report_title,
        "about_report_id": report_of(work.session, assignment),
        "due_at": deadline_of(work, assignment).due_at,
    }
