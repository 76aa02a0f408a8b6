"""Intake's registration watermark: applied here once every feedback it counts has been handled."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from contracts.events.intake import RegistrationAdvanced
from kernel.database import Work
from kernel.service import Event
from services.review.discards import discarded_between, pass_discarded
from services.review.model.feedback import Feedback
from services.review.model.registration import THE_ROW, RegistrationMark


def advance_registration(work: Work, event: Event[RegistrationAdvanced]) -> None:
    """Apply the mark, or keep it pending until the feedback it counts has come."""
    mark = _locked_mark(work)
    up_to, total = event.data.up_to, event.data.feedback_total
    if not mark.is_news(up_to):
        return
    if _complete(work, mark, up_to, total):
        mark.apply(up_to, total)
    else:
        mark.keep_pending(up_to, total)


def apply_pending_mark(work: Work) -> None:
    """A feedback has been handled: look whether the waiting mark's count is now complete."""
    work.session.flush()
    mark = _locked_mark(work)
    up_to, total = mark.pending_up_to, mark.pending_total
    if up_to is not None and total is not None and _complete(work, mark, up_to, total):
        mark.apply(up_to, total)


def _complete(work: Work, mark: RegistrationMark, up_to: datetime, total: int) -> bool:
    """Whether all feedbacks received up to then have been handled, or given up by two persons (decision 0061)."""
    after, known = mark.counted_up_to, mark.counted_total or 0
    missing = total - known - _handled(work, after, up_to)
    discarded = discarded_between(work.session, after, up_to) if missing > 0 else []
    if len(discarded) != missing:
        return False
    pass_discarded(work, discarded)
    return True


def _handled(work: Work, after: datetime | None, up_to: datetime) -> int:
    """How many feedbacks received in (after, up_to] have been handled, whatever became of them."""
    count = select(func.count()).select_from(Feedback).where(Feedback.received_at <= up_to)
    if after is not None:
        count = count.where(Feedback.received_at > after)
    return work.session.scalars(count).one()


def _locked_mark(work: Work) -> RegistrationMark:
    """The row, made when first needed, locked so that a mark and the feedback it counts cannot miss each other."""
    work.session.execute(insert(RegistrationMark).values(id=THE_ROW, version=0).on_conflict_do_nothing())
    return work.session.get_one(RegistrationMark, THE_ROW, with_for_update=True, populate_existing=True)
