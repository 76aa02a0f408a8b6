"""What was done about a wrong secrecy class, told without a word of the content."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.rpc import secrecy as rpc
from contracts.rpc.intake import ReportId
from kernel.errors import NotFound
from kernel.service import Reading
from services.intake.model.drafts import Draft
from services.intake.model.pre_reports import PreReport
from services.intake.model.reclassifications import Reclassification
from services.intake.model.reports import Report, ReportVersion
from services.intake.queries.visibility import in_reach


def known_by_titles(session: Session, titles: Collection[str]) -> dict[str, set[UUID]]:
    """Ids under which messages may have spoken of reports so titled: reports, drafts, phone pre-reports. A title that
    several bear names them all."""
    found: dict[str, set[UUID]] = defaultdict(set)
    versions = select(ReportVersion.content["title"].astext, ReportVersion.report_id, ReportVersion.draft_id)
    drafts = select(Draft.content_data["title"].astext, Draft.id, Draft.report_id)
    called = select(PreReport.title, PreReport.id, PreReport.report_id)
    for named in (versions, drafts, called):
        for title, *ids in session.execute(named.where(named.selected_columns[0].in_(titles))):
            found[title].update(each for each in ids if each is not None)
    return found


def get_reclassification(reading: Reading, request: ReportId) -> rpc.Reclassification:
    """The newest raising of a report in the reader's reach, cleared for it or not. Raises `NotFound`."""
    query = (
        select(Report, Reclassification)
        .join(Reclassification, Reclassification.report_id == Report.id)
        .where(Report.id == request.report_id, in_reach(reading.principal, Report.unit_id))
        .order_by(Reclassification.raised_at.desc(), Reclassification.id.desc())
        .limit(1)
    )
    found = reading.session.execute(query).one_or_none()
    if found is None:
        raise NotFound("没有这条信息的密级调整记录。", "No raising of the class of such a report is recorded.")
    return reclassification_reply(reading.session, *found)


def reclassification_reply(session: Session, report: Report, raised: Reclassification) -> rpc.Reclassification:
    """What may be shown of it to people without clearance."""
    receipts = select(ReportVersion.receipt_number).where(ReportVersion.report_id == report.id)
    return rpc.Reclassification(
        report_id=report.id,
        number=report.number,
        receipt_numbers=list(session.scalars(receipts.order_by(ReportVersion.version))),
        unit_id=report.unit_id,
        unit_name=report.unit_name,
        secrecy=raised.secrecy,
        raised_by=raised.raised_by,
        raised_at=raised.raised_at,
    )
