"""Which events become news for units' systems, and what of each: ids, numbers, states, a link (0095)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from contracts.events.commissions import CommissionIssued, CommissionWithdrawn
from contracts.events.intake import ReportRegistered
from contracts.events.review import (
    AdoptionWithdrawn,
    AssignmentGiven,
    DecisionUndone,
    InstructionGiven,
    ReportAdopted,
    ReportKept,
    ReportNotUsed,
    ReportReturned,
)
from gateway.model.receipts import receipts
from gateway.webhooks.deliveries import News, news_of, tell
from kernel.database import Work
from kernel.service import Event

Decision = ReportReturned | ReportAdopted | ReportKept | ReportNotUsed | AdoptionWithdrawn | DecisionUndone


def tell_registered(work: Work, public_url: str, events: list[Event[ReportRegistered]]) -> None:
    """The city has it: registered under its number."""
    tell(work, public_url, [_registered(event) for event in events])


def _registered(event: Event[ReportRegistered]) -> News:
    data = event.data
    return _of_report(event, "registered", number=data.number, version=data.version, drill=data.drill)


def tell_decided(work: Work, public_url: str, event: Event[Decision], decision: str) -> None:
    """Returned, adopted, kept, not used, or in hand again after that; remarks and reasons are read behind the link."""
    tell(work, public_url, [_of_report(event, decision)])


def _of_report(event: Event[Any], state: str, **facts: Any) -> News:
    data = event.data
    path = f"/v1/reports/{data.report_id}"
    return news_of(event, path, report_id=data.report_id, receipt_number=data.receipt_number, state=state, **facts)


def tell_instructed(work: Work, public_url: str, event: Event[InstructionGiven]) -> None:
    """A leader's instruction on a report of the unit; who gave it and its words are for the assignment."""
    data = event.data
    news = news_of(
        event, f"/v1/reports/{data.report_id}", report_id=data.report_id,
        receipt_number=_newest_number(work, data.report_id), instruction_id=data.instruction_id, state="instructed",
    )
    tell(work, public_url, [news])


def tell_assigned(work: Work, public_url: str, event: Event[AssignmentGiven]) -> None:
    """The unit has to give feedback by `due_at`."""
    data = event.data
    news = news_of(
        event, f"/v1/assignments/{data.assignment_id}", assignment_id=data.assignment_id,
        instruction_id=data.instruction_id, due_at=data.due_at.isoformat(), state="assigned",
    )
    tell(work, public_url, [news])


def tell_commissioned(
    work: Work, public_url: str, event: Event[CommissionIssued] | Event[CommissionWithdrawn]
) -> None:
    """The unit owes an answer by `due_at`, or no longer; what is asked is read behind the link."""
    data = event.data
    news = news_of(
        event, f"/v1/commission-tasks/{data.task_id}", commission_id=data.commission_id, task_id=data.task_id,
        due_at=data.due_at.isoformat(), state=event.type.partition(".")[2],
    )
    tell(work, public_url, [news])


def _newest_number(work: Work, report_id: UUID) -> str | None:
    statement = select(receipts.c.number).where(receipts.c.report_id == report_id)
    return work.session.scalar(statement.order_by(receipts.c.version.desc()).limit(1))
