"""Intake's registration watermark: applied here once every feedback and answer it counts has been handled."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import InstrumentedAttribute

from contracts.events.intake import RegistrationAdvanced
from kernel.database import Work
from kernel.service import Event
from services.review.discards import commission_of, discarded_between, pass_discarded
from services.review.model.commissions import CommissionAnswer
from services.review.model.feedback import Feedback
from services.review.model.registration import THE_ROW, Counts, RegistrationMark


def advance_registration(work: Work, event: Event[RegistrationAdvanced]) -> None:
    """Apply the mark, or keep it pending until what it counts has come."""
    mark = _locked_mark(work)
    up_to, counts = event.data.up_to, Counts(event.data.feedback_total, event.data.answer_total)
    if not mark.is_news(up_to):
        return
    if _complete(work, mark, up_to, counts):
        mark.apply(up_to, counts)
    else:
        mark.keep_pending(up_to, counts)


def apply_pending_mark(work: Work) -> None:
    """A feedback or an answer has been handled: look whether the waiting mark's count is now complete."""
    work.session.flush()
    mark = _locked_mark(work)
    up_to, total = mark.pending_up_to, mark.pending_total
    if up_to is None or total is None:
        return
    counts = Counts(total, mark.pending_answers or 0)
    if _complete(work, mark, up_to, counts):
        mark.apply(up_to, counts)


def _complete(work: Work, mark: RegistrationMark, up_to: datetime, counts: Counts) -> bool:
    """Whether everything received up to then has been handled, or given up by two persons (decision 0061)."""
    after = mark.counted_up_to
    missing = Counts(
        counts.feedback - (mark.counted_total or 0) - _handled(work, Feedback.received_at, after, up_to),
        counts.answers - (mark.counted_answers or 0) - _handled(work, CommissionAnswer.received_at, after, up_to),
    )
    discarded = discarded_between(work.session, after, up_to) if max(missing) > 0 else []
    answers = [event for event in discarded if commission_of(event)]
    feedback = [event for event in discarded if event not in answers]
    if Counts(len(feedback), len(answers)) != missing:
        return False
    pass_discarded(work, discarded)
    return True


def _handled(
    work: Work, received_at: InstrumentedAttribute[datetime], after: datetime | None, up_to: datetime
) -> int:
    """How many received in (after, up_to] have been handled, whatever became of them."""
    count = select(func.count()).where(received_at <= up_to)
    if after is not None:
        count = count.where(received_at > after)
    return work.session.scalars(count).one()


def _locked_mark(work: Work) -> RegistrationMark:
    """The row, made when first needed, locked so that a mark and the feedback it counts cannot miss each other."""
    work.session.execute(insert(RegistrationMark).values(id=THE_ROW, version=0).on_conflict_do_nothing())
    return work.session.get_one(RegistrationMark, THE_ROW, with_for_update=True, populate_existing=True)
