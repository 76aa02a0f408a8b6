"""Good feedback is information too: an accepted feedback is laid on the editors' desk, once (notice 三(一), 五(二))."""

from __future__ import annotations

from sqlalchemy import select

from contracts.rpc import instructions as rpc
from contracts.vocabulary import Secrecy
from kernel.database import Work
from kernel.errors import Conflict, NotFound
from services.review.assignments import locked_assignment, shown_after
from services.review.desk import laid_item, tell_queued
from services.review.model.assignments import Assignment
from services.review.model.desk import DeskItem
from services.review.model.feedback import Feedback, FeedbackState
from services.review.model.secrecy import raised_class


def lay_feedback_on_desk(work: Work, request: rpc.AssignmentId) -> rpc.Assignment:
    """From now on the accepted feedback is an item like any other; the assignment stays as it is.

    Raises `Conflict` when none was accepted or it lies there already, `NotFound` when it is above one's clearance.
    """
    assignment = locked_assignment(work, request.assignment_id)
    feedback = _accepted(work, assignment)
    raised = raised_class(work.session, feedback.report_id)
    report = feedback.as_registered()
    if report.secrecy.higher(raised) not in Secrecy.up_to(work.principal.clearance):
        raise NotFound("没有这条反馈。", "There is no such feedback.")
    if work.session.get(DeskItem, feedback.report_id):
        raise Conflict("该反馈已在编辑台。", "This feedback lies on the desk already.")
    tell_queued(work, laid_item(work, report, raised))
    work.audit(
        "lay_feedback_on_desk", assignment.assignment_id, assignment.version, receipt_number=feedback.receipt_number
    )
    return shown_after(work, assignment)


def _accepted(work: Work, assignment: Assignment) -> Feedback:
    """The feedback that the supervisor accepted; after it none is decided on."""
    feedback = work.session.scalar(
        select(Feedback).where(
            Feedback.assignment_id == assignment.assignment_id, Feedback.state == FeedbackState.ACCEPTED
        )
    )
    if feedback is None:
        raise Conflict(
            f"反馈审核通过以后才能提交编辑台（当前状态：{assignment.state.label}）。",
            f"Only accepted feedback is laid on the desk (present state: {assignment.state.value}).",
            extra={"state": assignment.state.value},
        )
    return feedback
