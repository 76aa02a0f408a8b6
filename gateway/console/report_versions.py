"""The signed versions of a report: two of them compared, those chosen, else the newest and the one before."""

from __future__ import annotations

from uuid import UUID

from flask import render_template

from contracts.rpc.report_versions import ReportDifferences
from gateway.console.amendments import field_word
from gateway.console.forms import asked, asked_query
from gateway.console.page import Answer, Page


def list_report_versions(report_id: UUID) -> Answer:
    chosen = asked_query("from", "to")
    found = asked("intake", "report_differences", ReportDifferences, report_id=report_id, **chosen)
    return render_template("console/report_versions.html", found=found, field_word=field_word)


PAGES = (Page("GET", "/reports/<uuid:report_id>/versions", list_report_versions),)
