"""A signed withdrawal: the report keeps its text and its history and leaves everybody's work (R07)."""

from __future__ import annotations

from contracts.events.gateway import ReportAccepted
from contracts.events.intake import ReportCorrected, ReportWithdrawn
from contracts.vocabulary import AmendmentAct
from kernel.database import Work
from services.intake.model.reports import Report


def tell_amendment(work: Work, report: Report, accepted: ReportAccepted) -> None:
    """Tell of a version that corrects or withdraws; another version tells nothing here."""
    amendment = accepted.amendment
    if amendment is None:
        return
    told = ReportWithdrawn if amendment.act is AmendmentAct.WITHDRAWAL else ReportCorrected
    event = told(
        report_id=report.id, number=report.number, receipt_number=report.receipt_number, version=report.version,
        unit_id=report.unit_id, title=report.told_title, reason=amendment.reason,
        signed_by=accepted.sign_off.signer_name, received_at=accepted.received_at, drill=report.drill,
    )  # fmt: skip
    work.emit(event, subject=report.id, version=report.version)
    work.audit(told.TYPE, report.id, report.version, receipt_number=report.receipt_number)
