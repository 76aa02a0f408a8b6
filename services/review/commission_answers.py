"""Answers to commissions: signed reports that name one, matched in any order, counted by the receipt's time (R18)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contracts.events.intake import ReportRegistered
from kernel.database import Work
from services.review.commission_clocks import count_answer
from services.review.model.commissions import AnswerState, Commission, CommissionAnswer, CommissionTask, task_id
from services.review.registration import apply_pending_mark


def lock_commission(session: Session, commission_id: UUID) -> None:
    """Issuing a commission and taking an answer to it exclude each other, whichever comes first."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"commission {commission_id}", 0))))


def take_answer(work: Work, report: ReportRegistered, commission_id: UUID) -> None:
    """Keep a registered answer and match it; one of a receipt already kept changes nothing."""
    lock_commission(work.session, commission_id)
    if work.session.get(CommissionAnswer, report.receipt_number):
        return
    answer = CommissionAnswer.arrived(report, commission_id)
    work.session.add(answer)
    work.session.flush()
    commission = work.session.get(Commission, commission_id, with_for_update=True, populate_existing=True)
    if commission is None:
        work.audit("keep_unmatched_answer", answer.report_id, 1, receipt_number=answer.receipt_number)
    else:
        _match(work, commission, answer)
    apply_pending_mark(work)


def match_waiting_answers(work: Work, commission: Commission) -> None:
    """Answers that came before the commission was known here."""
    waiting = work.session.scalars(
        select(CommissionAnswer)
        .where(
            CommissionAnswer.commission_id == commission.commission_id,
            CommissionAnswer.state == AnswerState.UNMATCHED,
        )
        .order_by(CommissionAnswer.received_at)
        .with_for_update()
    ).all()
    for answer in waiting:
        _match(work, commission, answer)


def _match(work: Work, commission: Commission, answer: CommissionAnswer) -> None:
    """Link it to the unit's part: the receipt's time decides whether that was in time."""
    task = work.session.get(
        CommissionTask, task_id(commission.commission_id, answer.unit_id), with_for_update=True, populate_existing=True
    )
    if task is None:
        answer.state = AnswerState.FOREIGN
    elif not commission.takes(answer.received_at):
        answer.state = AnswerState.SURPLUS
    else:
        answer.state = AnswerState.COUNTED
        count_answer(work, task, answer.received_at)
    subject = commission.commission_id if task is None else task.task_id
    work.audit(
        "link_answer", subject, task.version if task else None, receipt_number=answer.receipt_number,
        unit_id=str(answer.unit_id), state=answer.state.value,
    )  # fmt: skip

