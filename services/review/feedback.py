"""Feedback: signed documents that answer assignments, matched, counted by the receipt's time, never lost."""

from __future__ import annotations

from sqlalchemy import select

from contracts.events.intake import ReportRegistered
from contracts.events.review import FeedbackFlagged, FeedbackGiven
from contracts.rpc.extensions import ExtensionState
from contracts.rpc.finished_steps import StepOutcome
from kernel.database import Work
from kernel.deadlines.calendar import WorkingCalendar
from kernel.deadlines.engine import settle
from kernel.deadlines.model import MISSED
from kernel.service import Event
from services.review.deadlines import announce, deadline_of, report_of, settle_receipt
from services.review.finished_steps import ending_steps
from services.review.model.assignments import Assignment
from services.review.model.extensions import Extension
from services.review.model.feedback import Feedback, FeedbackState
from services.review.registration import apply_pending_mark


def take_feedback(work: Work, event: Event[ReportRegistered], calendar: WorkingCalendar) -> None:
    """Keep a registered feedback and match it; one of a receipt already kept changes nothing."""
    report = event.data
    if work.session.get(Feedback, report.receipt_number):
        return
    feedback = Feedback.arrived(report)
    work.session.add(feedback)
    work.session.flush()
    assignment = _assignment_answered(work, feedback)
    if assignment is None:
        work.audit("keep_unmatched_feedback", feedback.report_id, 1, receipt_number=feedback.receipt_number)
    else:
        with ending_steps(work, assignment.instruction_id, StepOutcome.LAPSED, calendar):
            _match(work, assignment, feedback)
    apply_pending_mark(work)


def match_waiting_feedback(work: Work, assignment: Assignment) -> None:
    """Feedback that came before its assignment was known here."""
    waiting = work.session.scalars(
        select(Feedback)
        .where(Feedback.assignment_id == assignment.assignment_id, Feedback.state == FeedbackState.UNMATCHED)
        .order_by(Feedback.received_at)
        .with_for_update()
    ).all()
    for feedback in waiting:
        _match(work, assignment, feedback)


def _assignment_answered(work: Work, feedback: Feedback) -> Assignment | None:
    if feedback.assignment_id is None:
        return None
    return work.session.get(Assignment, feedback.assignment_id, with_for_update=True, populate_existing=True)


def _match(work: Work, assignment: Assignment, feedback: Feedback) -> None:
    """Count it for the assignment: the receipt's time decides met or missed, the supervisor the rest."""
    if feedback.unit_id != assignment.unit_id:
        _flag(work, assignment, feedback, FeedbackState.FOREIGN)
        _tell_foreign(work, feedback)
    elif _is_behind_a_decision(work, feedback):
        _settle_if_missed(work, assignment, feedback)
        _flag(work, assignment, feedback, FeedbackState.SUPERSEDED)
    elif not assignment.feed_back():
        settle(work, deadline_of(work, assignment), feedback.received_at, announce)
        _flag(work, assignment, feedback, FeedbackState.SURPLUS)
    else:
        feedback.turn(FeedbackState.GIVEN)
        _tell_given(work, assignment, feedback)
        settle(work, deadline_of(work, assignment), feedback.received_at, announce)
        settle_receipt(work, assignment, feedback.received_at)
        _lapse_extension(work, assignment)


def _lapse_extension(work: Work, assignment: Assignment) -> None:
    """Whoever has answered needs no more time."""
    asked = select(Extension).where(
        Extension.assignment_id == assignment.assignment_id, Extension.state == ExtensionState.ASKED
    )
    for extension in work.session.scalars(asked.with_for_update()):
        extension.lapse(work.now)
        work.audit("lapse_extension", assignment.assignment_id, assignment.version)


def _flag(work: Work, assignment: Assignment, feedback: Feedback, state: FeedbackState) -> None:
    """Keep it beside the assignment, marked and recorded, without changing the assignment's state."""
    feedback.turn(state)
    work.audit(
        "flag_feedback",
        assignment.assignment_id,
        assignment.version,
        receipt_number=feedback.receipt_number,
        unit_id=str(feedback.unit_id),
        state=state.value,
    )


def _tell_foreign(work: Work, feedback: Feedback) -> None:
    """The unit that sent it hears that it does not count, and nothing of whose assignment it is."""
    event = FeedbackFlagged(
        report_id=feedback.report_id, receipt_number=feedback.receipt_number, unit_id=feedback.unit_id,
        title=feedback.title,
    )  # fmt: skip
    work.emit(event, subject=feedback.report_id, version=feedback.report_version)


def _is_behind_a_decision(work: Work, feedback: Feedback) -> bool:
    """Whether a feedback received later was returned already: events keep no order."""
    later = select(Feedback.receipt_number).where(
        Feedback.assignment_id == feedback.assignment_id,
        Feedback.state == FeedbackState.RETURNED,
        Feedback.received_at >= feedback.received_at,
    )
    return work.session.scalars(later.limit(1)).first() is not None


def _settle_if_missed(work: Work, assignment: Assignment, feedback: Feedback) -> None:
    """An earlier feedback that came to light turns a miss; a deadline that a return opened again stays open."""
    deadline = deadline_of(work, assignment)
    if deadline.outcome == MISSED:
        settle(work, deadline, feedback.received_at, announce)


def _tell_given(work: Work, assignment: Assignment, feedback: Feedback) -> None:
    event = FeedbackGiven(
        assignment_id=assignment.assignment_id,
        instruction_id=assignment.instruction_id,
        unit_id=assignment.unit_id,
        title=assignment.report_title,
        about_report_id=report_of(work.session, assignment),
        due_at=assignment.due_in_force(deadline_of(work, assignment)),
        report_id=feedback.report_id,
        receipt_number=feedback.receipt_number,
        received_at=feedback.received_at,
    )
    work.emit(event, subject=assignment.assignment_id, version=assignment.version)
    work.audit(
        "take_feedback", assignment.assignment_id, assignment.version, receipt_number=feedback.receipt_number
    )
