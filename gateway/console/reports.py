"""Reports as registered: a unit's own, or all of them for the city."""

from __future__ import annotations

from uuid import UUID

from flask import render_template

from contracts.rpc.intake import Report, ReportPage
from contracts.vocabulary import UNIT_ROLES, Kind, ReportState
from gateway.console.forms import asked, asked_query
from gateway.console.page import Answer, Page
from gateway.console.signed_facts import signed_facts
from gateway.entrance import present


def list_reports() -> Answer:
    query = asked_query("q", "state", "kind", "cursor")
    page = asked("intake", "list_reports", ReportPage, **query)
    own = present().principal.holds(*UNIT_ROLES)
    return render_template(
        "console/reports.html", page=page, query=query, states=ReportState, kinds=Kind, own=own
    )


def show_report(report_id: UUID) -> Answer:
    report = asked("intake", "get_report", Report, report_id=report_id)
    return render_template("console/report.html", report=report, facts=signed_facts(report))


PAGES = (
    Page("GET", "/reports", list_reports),
    Page("GET", "/reports/<uuid:report_id>", show_report),
)
