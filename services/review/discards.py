"""Feedback an operator gave up: it counts for the mark, and its receipt stops the clock (decision 0061)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from contracts.events.intake import ReportRegistered
from contracts.vocabulary import Kind
from kernel.database import Work
from kernel.deadlines.engine import settle
from kernel.parking import GivenUp, given_up
from services.review.deadlines import announce, deadline_of
from services.review.model.assignments import Assignment

RECEIVED = "received_at"


def discarded_between(session: Session, after: datetime | None, up_to: datetime) -> list[GivenUp]:
    """Discarded feedbacks received in (after, up_to]."""
    return [
        event
        for event in given_up(session, ReportRegistered.TYPE)
        if event.data.get("kind") == Kind.FEEDBACK
        and event.instant(RECEIVED) <= up_to
        and (after is None or event.instant(RECEIVED) > after)
    ]


def pass_discarded(work: Work, events: list[GivenUp]) -> None:
    """The mark passes them: recorded in the evidence, and the unit's own assignment is not said to be unanswered."""
    for event in events:
        receipt = str(event.data.get("receipt_number", ""))
        work.audit("discarded_feedback.passed", event.event_id, 1, receipt_number=receipt)
        assignment_id = event.id_of("assignment_id")
        assignment = work.session.get(Assignment, assignment_id) if assignment_id else None
        if assignment is not None and assignment.unit_id == event.id_of("unit_id"):
            settle(work, deadline_of(work, assignment), event.instant(RECEIVED), announce)
