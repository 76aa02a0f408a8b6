"""Somebody receives: the city's duty officer takes note of an urgent report, by name and time (R04, R26)."""

from __future__ import annotations

from functools import partial

from contracts.events.intake import ReportAcknowledged
from contracts.rpc import intake as rpc
from kernel.database import Work
from kernel.service import Reading
from services.intake.metrics import ACKNOWLEDGED_AFTER
from services.intake.model.reports import Report
from services.intake.queries.reports import report_reply, visible_report


def acknowledge_report(work: Work, request: rpc.ReportId) -> rpc.Report:
    """Take note of an urgent report. A second one changes nothing: the reply names who was first, and when.

    Raises `NotFound`; `Conflict` for a report that is not urgent.
    """
    report = visible_report(work.session, work.principal, request.report_id, lock=True)
    if report.acknowledge(work.principal.name, work.now):
        work.emit(_acknowledged(work, report), subject=report.id, version=report.version)
        if not report.drill:
            took = (work.now - report.first_received_at).total_seconds()
            work.after_commit(partial(ACKNOWLEDGED_AFTER.observe, max(0.0, took)))
        work.audit("report.acknowledged", report.id, report.version, receipt_number=report.receipt_number)
    return report_reply(Reading(work.session, work.principal, work.now), report)


def _acknowledged(work: Work, report: Report) -> ReportAcknowledged:
    return ReportAcknowledged(
        report_id=report.id,
        receipt_number=report.receipt_number,
        unit_id=report.unit_id,
        title=report.told_title,
        kind=report.kind,
        acknowledged_by=work.principal.name,
        acknowledged_at=work.now,
        drill=report.drill,
    )
