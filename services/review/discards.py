"""Feedback and answers an operator gave up: they count for the mark, and their receipts stop the clock (0061)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from contracts.events.intake import ReportRegistered
from contracts.vocabulary import Kind
from kernel.database import Work
from kernel.deadlines.engine import settle
from kernel.parking import GivenUp, given_up
from services.review.commission_clocks import count_answer
from services.review.deadlines import announce, deadline_of
from services.review.model.assignments import Assignment
from services.review.model.commissions import CommissionTask, task_id

RECEIVED = "received_at"


def discarded_between(session: Session, after: datetime | None, up_to: datetime) -> list[GivenUp]:
    """Discarded feedbacks, and answers to commissions, received in (after, up_to]."""
    return [
        event
        for event in given_up(session, ReportRegistered.TYPE)
        if (event.data.get("kind") == Kind.FEEDBACK or commission_of(event))
        and event.instant(RECEIVED) <= up_to
        and (after is None or event.instant(RECEIVED) > after)
    ]


def commission_of(event: GivenUp) -> UUID | None:
    """The commission that a discarded document answers."""
    named = (event.data.get("reference") or {}).get("commission_id")
    return UUID(named) if named else None


def pass_discarded(work: Work, events: list[GivenUp]) -> None:
    """The mark passes them: recorded in the evidence, and what the unit answered is not said to be unanswered."""
    for event in events:
        receipt = str(event.data.get("receipt_number", ""))
        work.audit("discarded_feedback.passed", event.event_id, 1, receipt_number=receipt)
        if commission_id := commission_of(event):
            _settle_task(work, event, commission_id)
        else:
            _settle_assignment(work, event)


def _settle_assignment(work: Work, event: GivenUp) -> None:
    assignment_id = event.id_of("assignment_id")
    assignment = work.session.get(Assignment, assignment_id) if assignment_id else None
    if assignment is not None and assignment.unit_id == event.id_of("unit_id"):
        settle(work, deadline_of(work, assignment), event.instant(RECEIVED), announce)


def _settle_task(work: Work, event: GivenUp, commission_id: UUID) -> None:
    unit_id = event.id_of("unit_id")
    task = work.session.get(CommissionTask, task_id(commission_id, unit_id)) if unit_id else None
    if task is not None:
        count_answer(work, task, event.instant(RECEIVED))
