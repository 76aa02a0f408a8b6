"""Reports as registered: a unit's own, or all of them for the city."""

from __future__ import annotations

from uuid import UUID

from flask import flash, render_template

from contracts.rpc.intake import Report, ReportPage
from contracts.rpc.urgent import ReportOccurrence
from contracts.rpc.verifications import Conclusion, VerificationMeans
from contracts.vocabulary import UNIT_ROLES, Kind, ReportState
from gateway.console.amendments import amendments_of, field_word
from gateway.console.attachments import files_of_report
from gateway.console.forms import asked, asked_query, beijing_time, line, may_ask, paragraphs
from gateway.console.page import Answer, Page, go_to
from gateway.console.signed_facts import signed_facts
from gateway.console.similar import similar_to
from gateway.console.verifications import conclusions_of, verifications_of
from gateway.entrance import present
from kernel.errors import Refusal


def list_reports() -> Answer:
    query = asked_query("q", "state", "kind", "cursor")
    page = asked("intake", "list_reports", ReportPage, **query)
    own = present().principal.holds(*UNIT_ROLES)
    return render_template(
        "console/reports.html", page=page, query=query, states=ReportState, kinds=Kind, own=own
    )


def show_report(report_id: UUID) -> Answer:
    report = asked("intake", "get_report", Report, report_id=report_id)
    return render_template(
        "console/report.html", report=report, facts=signed_facts(report, files_of_report(report_id)),
        occurrence=_occurrence(report), similar=similar_to(report_id), report_id=report_id,
        amendments=amendments_of(report_id, report.version), field_word=field_word,
        verifications=verifications_of(report_id), conclusions=Conclusion, means=VerificationMeans,
        concluded=conclusions_of(report_id), own=present().principal.holds(*UNIT_ROLES),
        secrecies=report.secrecy.above(),
    )


def _occurrence(report: Report) -> ReportOccurrence | None:
    """What was stated of the occurrence, for a report with a time limit; the page lives without it."""
    if report.kind is not Kind.URGENT_FIRST or not may_ask("intake", "get_occurrence"):
        return None
    try:
        return asked("intake", "get_occurrence", ReportOccurrence, report_id=report.report_id)
    except Refusal:
        return None


def correct_occurrence(report_id: UUID) -> Answer:
    occurred_at, reason = beijing_time("occurred_at"), paragraphs("reason")
    fields = {"report_id": report_id, "occurred_at": occurred_at, "reason": reason}
    asked("intake", "correct_occurrence", ReportOccurrence, **fields)
    flash("已登记更正。历次填报均予保留，以最早的一次为准。")
    return go_to("show_report", report_id=report_id)


def rule_occurrence(report_id: UUID) -> Answer:
    fields = {"report_id": report_id, "statement_id": line("statement_id"), "reason": paragraphs("reason")}
    asked("intake", "rule_occurrence", ReportOccurrence, **fields)
    flash("已登记裁定。" if fields["statement_id"] else "已撤销裁定，以最早的一次填报为准。")
    return go_to("show_report", report_id=report_id)


PAGES = (
    Page("GET", "/reports", list_reports),
    Page("GET", "/reports/<uuid:report_id>", show_report),
    Page("POST", "/reports/<uuid:report_id>/occurrence-corrections", correct_occurrence),
    Page("POST", "/reports/<uuid:report_id>/occurrence-ruling", rule_occurrence),
)
