"""Registered documents: a feedback goes to its assignment, every other kind to the editors' desk; what answers a
commission or points of guidance is linked to them besides."""

from __future__ import annotations

from contracts.events.intake import ReportRegistered
from contracts.vocabulary import Kind
from kernel.database import Work
from kernel.deadlines.calendar import WorkingCalendar
from kernel.service import Event
from services.review.commission_answers import take_answer
from services.review.desk import queue_report
from services.review.feedback import take_feedback
from services.review.guidance import note_points


def take_document(work: Work, event: Event[ReportRegistered], calendar: WorkingCalendar) -> None:
    """Take what intake registered where it belongs; doubled and older versions change nothing."""
    if event.data.kind == Kind.FEEDBACK:
        take_feedback(work, event, calendar)
        return
    queue_report(work, event)
    work.session.flush()
    note_points(work, event.data)
    reference = event.data.reference
    if reference is not None and reference.commission_id is not None:
        take_answer(work, event.data, reference.commission_id)
