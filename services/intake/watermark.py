"""Following the gateway's watermark: intake's own advances once everything up to it is registered or given up."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from contracts.events.gateway import WatermarkAdvanced
from contracts.events.intake import RegistrationAdvanced
from contracts.vocabulary import Kind
from kernel.database import Work
from services.intake.discards import discarded_between, pass_discarded
from services.intake.model.reports import ReportVersion
from services.intake.model.watermark import Mark, Watermark

_SUBJECT = "registration"


def hear_watermark(work: Work, advanced: WatermarkAdvanced) -> None:
    """Keep the gateway's word, and follow it at once where everything is here already."""
    _load(work.session).hear(Mark(advanced.up_to, advanced.accepted_total))
    advance_watermark(work)


def advance_watermark(work: Work) -> None:
    """Go as far as what is registered allows. May be called at any time; another that is at it is not waited for.

    It tells of each advance; as it only ever reaches a mark of the gateway, that is once in two seconds at the most.
    """
    watermark = work.session.scalar(
        select(Watermark).with_for_update(skip_locked=True).execution_options(populate_existing=True)
    )
    if watermark is None:
        return
    for mark in reversed(watermark.waiting):
        accepted, feedback, answers = _registered_since(work.session, watermark.applied_up_to, mark.up_to)
        missing = mark.total - watermark.applied_total - accepted
        given_up = discarded_between(work.session, watermark.applied_up_to, mark.up_to) if missing > 0 else []
        # Equal, not at least: more than the gateway accepted means one of the two lost something. Then an operator
        # sees the watermark's age grow, and nobody is said to have missed a deadline.
        if len(given_up) == missing:
            pass_discarded(work, given_up)
            watermark.reach(mark, feedback, answers)
            work.session.flush()
            told = RegistrationAdvanced(
                up_to=mark.up_to, feedback_total=watermark.feedback_total, answer_total=watermark.answer_total
            )
            work.emit(told, subject=_SUBJECT, version=watermark.version)
            return


def _load(session: Session) -> Watermark:
    """The one row, locked; made when it is not there yet."""
    start = {"id": 1, "applied_total": 0, "feedback_total": 0, "version": 0}
    session.execute(insert(Watermark).values(start).on_conflict_do_nothing())
    return session.scalars(
        select(Watermark).with_for_update().execution_options(populate_existing=True)
    ).one()


def _registered_since(session: Session, after: datetime | None, up_to: datetime) -> tuple[int, int, int]:
    """How many documents, and of them feedbacks and answers to commissions, were received in (after, up_to] and are
    registered."""
    feedback = func.count().filter(ReportVersion.kind == Kind.FEEDBACK)
    answers = func.count().filter(ReportVersion.content["reference"]["commission_id"].astext.is_not(None))
    query = select(func.count(), feedback, answers).where(ReportVersion.received_at <= up_to)
    if after is not None:
        query = query.where(ReportVersion.received_at > after)
    accepted, feedbacks, answered = session.execute(query).one()
    return accepted, feedbacks, answered
