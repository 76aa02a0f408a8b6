"""A wrong secrecy class: raised at once; the text is gone for everybody not cleared, wherever intake keeps it (R07)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select, update

from contracts.events.intake import ReportReclassified
from contracts.receipts import digest
from contracts.rpc import secrecy as rpc
from contracts.vocabulary import DeadlineKind, Kind
from kernel.database import Work
from kernel.deadlines.model import Deadline
from kernel.errors import Conflict
from kernel.ids import new_id
from services.intake.model.chain_steps import ChainStepRow
from services.intake.model.incidents import Incident, IncidentReport
from services.intake.model.pre_reports import PreReport
from services.intake.model.reclassifications import Reclassification
from services.intake.model.reports import Report, ReportVersion
from services.intake.queries.reports import visible_report
from services.intake.queries.secrecy import reclassification_reply


def raise_secrecy(work: Work, request: rpc.RaiseSecrecy) -> rpc.Reclassification:
    """Raise the class of a report. Raises `NotFound`; `Conflict` when it is that high already: it is never lowered."""
    report = visible_report(work.session, work.principal, request.report_id, lock=True)
    if request.secrecy.rank <= report.secrecy.rank:
        raise Conflict(
            f"该信息现为“{report.secrecy.label}”，这里只能调高密级，不能调低或不变。",
            f"The report is {report.secrecy}; its class can only be raised here.",
            extra={"secrecy": str(report.secrecy)},
        )
    report.secrecy = request.secrecy
    raised = Reclassification(
        id=new_id(), report_id=report.id, secrecy=request.secrecy, reason=request.reason,
        raised_by_id=work.principal.id, raised_by=work.principal.name, raised_at=work.now,
    )  # fmt: skip
    work.session.add(raised)
    work.session.flush()
    _hide_incident(work, report)
    told = _reclassified(work, report, _hide_pre_reports(work, report), _hide_deadlines(work, report))
    rank = request.secrecy.rank
    work.emit(told, subject=report.id, version=rank)
    hashed = digest({"reason": request.reason})
    work.audit("report.reclassified", report.id, rank, secrecy=str(request.secrecy), reason_hash=hashed)
    return reclassification_reply(work.session, report, raised)


def _hide_incident(work: Work, report: Report) -> None:
    """An incident is called by words of its reports: it loses them with the report."""
    joined = select(IncidentReport.incident_id).where(IncidentReport.first_report_id == report.id)
    hidden = {"title": rpc.WITHHELD_TITLE, "place": None, "version": Incident.version + 1}
    work.session.execute(update(Incident).where(Incident.id.in_(joined)).values(hidden))


def _hide_pre_reports(work: Work, report: Report) -> list[UUID]:
    """The calls that it made good tell of the same."""
    return list(
        work.session.scalars(
            update(PreReport).where(PreReport.report_id == report.id).values(secrecy=report.secrecy)
            .returning(PreReport.id)
        )
    )  # fmt: skip


def _hide_deadlines(work: Work, report: Report) -> list[Deadline]:
    """Deadlines carry title and class for their events: its own, and its chain's where it is the first report."""
    own = (Deadline.kind == DeadlineKind.URGENT_REPORT) & (Deadline.subject_id == report.id)
    of_chain = (Deadline.kind == DeadlineKind.FOLLOW_UP) & Deadline.subject_id.in_(_chain_of(work, report))
    query = select(Deadline).where(own | of_chain).order_by(Deadline.id).with_for_update()
    deadlines = list(work.session.scalars(query))
    for deadline in deadlines:
        deadline.facts = deadline.facts | {"title": rpc.WITHHELD_TITLE, "secrecy": str(report.secrecy)}
    return deadlines


def _chain_of(work: Work, report: Report) -> list[UUID]:
    """The documents whose follow-up deadlines are told by this first report's title."""
    if report.kind is not Kind.URGENT_FIRST:
        return []
    steps = select(ChainStepRow.report_id).where(ChainStepRow.first_report_id == report.id)
    return list(work.session.scalars(steps))


def _reclassified(
    work: Work, report: Report, pre_reports: list[UUID], deadlines: list[Deadline]
) -> ReportReclassified:
    drafts = work.session.scalars(
        select(ReportVersion.draft_id).where(ReportVersion.report_id == report.id, ReportVersion.draft_id.is_not(None))
    )
    return ReportReclassified(
        report_id=report.id,
        number=report.number,
        unit_id=report.unit_id,
        secrecy=report.secrecy,
        known_as=[report.id, *(each for each in drafts if each), *pre_reports],
        deadline_ids=[deadline.id for deadline in deadlines],
        raised_by=work.principal.name,
        raised_at=work.now,
    )
