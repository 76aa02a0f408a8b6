"""Pre-reports by phone: a form that is filled in while the call lasts, and the calls that wait for their report."""

from __future__ import annotations

from typing import Any
from uuid import uuid5

from flask import flash, render_template, request

from contracts.problems import PROBLEMS
from contracts.rpc.directory import Unit, UnitPage
from contracts.rpc.urgent import PreReport, PreReportPage
from contracts.vocabulary import UNIT_ROLES, IncidentCategory, Severity
from gateway.assembly import gateway
from gateway.console.forms import asked, asked_query, beijing_time, form_key, key_after, line, paragraphs
from gateway.console.page import Answer, Page, go_to
from gateway.entrance import present
from kernel.errors import Refusal

TEXTS = ("unit_id", "title", "place", "severity", "category", "caller_name", "caller_number")
TIMES = ("occurred_at", "learned_at", "called_at")
FIELD_WORDS = {
    "unit_id": "来电单位", "title": "事件", "place": "地点", "severity": "事件等级", "category": "事件类别",
    "caller_name": "来电人", "caller_number": "来电号码", "occurred_at": "发生时间", "learned_at": "得知时间",
    "called_at": "来电时间", "reason": "需要延长的理由",
}  # fmt: skip


def show_pre_reports() -> Answer:
    return _page({"called_at": gateway().clock.now()})


def record_pre_report() -> Answer:
    """A refusal shows the form again with everything that was typed."""
    try:
        said: dict[str, Any] = {name: line(name) for name in TEXTS} | {name: beijing_time(name) for name in TIMES}
        said |= {"reason": paragraphs("reason") or None, "read_back": bool(line("read_back"))}
        said |= {"drill": bool(line("drill"))}
        pre_report_id = uuid5(form_key(), "pre_report_id")
        asked("intake", "record_pre_report", PreReport, pre_report_id=pre_report_id, **said)
    except Refusal as refusal:
        return _page(dict(request.form), refusal), PROBLEMS[refusal.problem].status
    flash("已登记预报，开始计时。请尽快书面报送。")
    return go_to("show_pre_reports")


def _page(said: dict[str, Any], refusal: Refusal | None = None) -> str:
    query = asked_query("cursor", "waiting")
    faulty = refusal.pointer.rpartition("/")[2] if refusal and refusal.pointer else None
    return render_template(
        "console/pre_reports.html", page=_noted(query), query=query, said=said, refusal=refusal, field=faulty,
        words=FIELD_WORDS, units=_units(), severities=Severity, categories=IncidentCategory,
        problem=PROBLEMS[refusal.problem] if refusal else None, key=key_after(refusal.problem) if refusal else None,
    )


def _noted(query: dict[str, str]) -> PreReportPage | None:
    """None while intake is away: what was typed must stay in the form all the same."""
    try:
        return asked("intake", "list_pre_reports", PreReportPage, **query)
    except Refusal:
        return None


def _units() -> list[Unit]:
    """What a duty officer chooses from; a unit's own people note calls of their own unit."""
    if present().principal.holds(*UNIT_ROLES):
        return []
    try:
        return asked("intake", "list_units", UnitPage, limit=200).items
    except Refusal:
        return []


PAGES = (
    Page("GET", "/pre-reports", show_pre_reports),
    Page("POST", "/pre-reports", record_pre_report),
)
