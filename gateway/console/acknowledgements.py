"""Urgent reports that wait for the city's duty officer: acknowledged by one tap."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from flask import flash, render_template, request

from contracts.rpc.intake import Report, ReportPage
from gateway.console.directory import tree
from gateway.console.forms import asked
from gateway.console.page import Answer, Page, go_to
from gateway.console.wording import beijing
from kernel.errors import Refusal

MOST = 200
"""Rows the page shows; whoever has more waiting begins with those that have waited longest."""


def list_unacknowledged() -> Answer:
    """What nobody has taken note of yet, longest waiting first; the page asks again by itself."""
    part = request.headers.get("HX-Target") == "waiting"
    name = "console/unacknowledged_rows.html" if part else "console/unacknowledged.html"
    reports = unacknowledged(MOST)
    return render_template(name, reports=reports, phones=_phones() if reports else {})


def _phones() -> dict[UUID, str]:
    """Whom to call back about a report, by unit; the list does without while the directory cannot be read."""
    try:
        units = tree()
    except Refusal:
        return {}
    return {unit.unit_id: unit.phone for unit in units if unit.phone}


def unacknowledged(limit: int) -> Sequence[Report]:
    """Urgent reports that still wait, longest waiting first."""
    return asked("intake", "list_reports", ReportPage, acknowledged=False, limit=limit).items


def acknowledge_report(report_id: UUID) -> Answer:
    report = asked("intake", "acknowledge_report", Report, report_id=report_id)
    flash(f"{report.number} 已由{report.acknowledged_by}于 {beijing(report.acknowledged_at, seconds=True)} 签收。")
    return go_to("list_unacknowledged")


PAGES = (
    Page("GET", "/acknowledgements", list_unacknowledged),
    Page("POST", "/reports/<uuid:report_id>/acknowledgement", acknowledge_report),
)
