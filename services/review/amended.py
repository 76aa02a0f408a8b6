"""Telling whoever has a report in hand that it was corrected or withdrawn (R07)."""

from __future__ import annotations

from contracts.events.intake import ReportRegistered
from contracts.events.review import AmendmentReceived
from contracts.vocabulary import DeskPlace, DeskState
from kernel.database import Work
from services.review.model.adoptions import Adoption
from services.review.model.desk import DeskItem


def tell_desk(
    work: Work, report: ReportRegistered, item: DeskItem, adoption: Adoption | None, was: DeskState, held: str | None
) -> None:
    """Whoever has the report in hand hears of its correction or withdrawal; `was` and `held` are from before it."""
    if report.amendment is None:
        return
    received = AmendmentReceived(
        report_id=item.report_id, receipt_number=item.receipt_number, unit_id=item.unit_id, title=item.told_title,
        act=report.amendment.act, reason=report.amendment.reason, held_by_id=held, place=_place(was, adoption),
        drill=item.drill,
    )  # fmt: skip
    work.emit(received, subject=item.report_id, version=item.version)


def _place(was: DeskState, adoption: Adoption | None) -> DeskPlace:
    if adoption is not None:
        return DeskPlace.COMPOSED if adoption.published_at is None else DeskPlace.PUBLISHED
    return DeskPlace(was.value)
