"""The nightly handover sheet: what is open, in hand, promised, verified, phoned; to be read and printed."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import render_template, request

from contracts.rpc.handover_sheets import HandoverSheet
from contracts.rpc.urgent import PreReport, PreReportPage
from gateway.assembly import gateway
from gateway.console.forms import asked
from gateway.console.page import Answer, Page
from kernel.clock import SHANGHAI
from kernel.errors import Invalid, Refusal

SHIFT = timedelta(hours=12)


def show_handover_sheet() -> Answer:
    """Without times asked for: the last 12 hours."""
    now = gateway().clock.now()
    begin, end = _time("begin") or now - SHIFT, _time("end") or now
    sheet = asked("review", "get_handover_sheet", HandoverSheet, begin=begin, end=end)
    return render_template("console/handover_sheet.html", sheet=sheet, phoned=phoned(begin, end), made_at=now)


def phoned(begin: datetime, end: datetime) -> list[PreReport] | None:
    """Calls of the shift, and those still without their report; None while they cannot be read."""
    try:
        newest = asked("intake", "list_pre_reports", PreReportPage, limit=200).items
        waiting = asked("intake", "list_pre_reports", PreReportPage, limit=200, waiting=True).items
    except Refusal:
        return None
    of_shift = [each for each in newest if begin <= each.recorded_at <= end]
    known = {each.pre_report_id for each in of_shift}
    return of_shift + [each for each in waiting if each.pre_report_id not in known]


def _time(name: str) -> datetime | None:
    """What `<input type=datetime-local>` put into the address: Beijing time."""
    typed = request.args.get(name, "").strip()
    if not typed:
        return None
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=SHANGHAI)
    except ValueError as error:
        raise Invalid("时间格式不正确。", "Not a time.", pointer=f"/{name}") from error


PAGES = (Page("GET", "/queue/handover-sheet", show_handover_sheet),)
