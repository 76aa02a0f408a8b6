"""The ledger of supervision, the week's list for print, who is late for a leader, and notices issued and printed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from flask import Response, flash, render_template

from contracts.rpc.extensions import ExtensionState
from contracts.rpc.notices import Notice
from contracts.rpc.office_steps import OfficeCasePage, OfficeStep
from contracts.rpc.scoring import File
from contracts.rpc.supervision import (
    FeedbackOutcome,
    LeaderLateness,
    LeaderLatenessTable,
    LedgerPage,
    SupervisionFigures,
)
from contracts.vocabulary import InstructionClass, UnitClass
from gateway.api.bulletins import send_file
from gateway.assembly import gateway
from gateway.console.finished_steps import times_of_this_month
from gateway.console.forms import asked, asked_query, form_key, line
from gateway.console.menu import may
from gateway.console.page import Answer, Page, go_to
from gateway.console.timeliness import period_of, this_month

FILTERS = ("unit_id", "unit_class", "leader", "instruction_class", "outcome", "extension", "unfinished", "late")
MOST = 200
"""Rows that the week's list asks for at a time."""


def list_supervision() -> Answer:
    query = asked_query(*FILTERS, "period", "cursor")
    page = asked("review", "list_supervision_ledger", LedgerPage, **_filters(query))
    figures = asked("review", "supervision_figures", SupervisionFigures)
    return render_template(
        "console/supervision.html", page=page, query=query, outcomes=FeedbackOutcome, extensions=ExtensionState,
        classes=InstructionClass, unit_classes=UnitClass, leaders=_leaders(),
        figures=figures, times=times_of_this_month() if figures.office else [], month=this_month(),
    )


def list_office_cases() -> Answer:
    """What lies with the supervision office, the oldest first."""
    query = asked_query("step", "late", "cursor")
    page = asked("review", "list_office_cases", OfficeCasePage, **query)
    return render_template("console/office_cases.html", page=page, query=query, steps=OfficeStep)


def show_weekly() -> Answer:
    """All that is open and overdue, for print."""
    rows = list(_every("list_supervision_ledger", LedgerPage, unfinished=True))
    return render_template(
        "console/supervision_weekly.html", late=[row for row in rows if row.late],
        running=[row for row in rows if not row.late], leaders=_leaders(),
        office=list(_every("list_office_cases", OfficeCasePage)), as_of=gateway().clock.now(),
    )


def _every(method: str, reply: type[LedgerPage | OfficeCasePage], **fields: Any) -> Iterator[Any]:
    """The rows of all pages."""
    cursor = None
    while True:
        page = asked("review", method, reply, **fields, limit=MOST, cursor=cursor)
        yield from page.items
        cursor = page.next_cursor
        if cursor is None:
            return


def export_supervision() -> Response:
    query = asked_query(*FILTERS, "period")
    return send_file(asked("review", "export_supervision_ledger", File, **_filters(query)))


def print_supervision() -> Response:
    """The ledger as it is filtered, or the week's list, as an official paper."""
    query = asked_query(*FILTERS, "period", "format")
    return send_file(asked("review", "print_supervision_ledger", File, **_filters(query)))


def issue_notice(assignment_id: UUID) -> Answer:
    """Numbered and kept; from then on it is printed as it is now."""
    issued = asked(
        "review", "issue_notice", Notice, assignment_id=assignment_id, notice_id=uuid5(form_key(), "notice_id"),
        kind=line("kind"),
    )  # fmt: skip
    flash(f"已签发{issued.kind.label}：{issued.number}。")
    return go_to("show_assignment", assignment_id=assignment_id)


def download_notice(assignment_id: UUID) -> Response:
    return _notice("get_assignment_notice", assignment_id)


def download_chasing_notice(assignment_id: UUID) -> Response:
    return _notice("get_chasing_notice", assignment_id)


def _notice(method: str, assignment_id: UUID) -> Response:
    return send_file(asked("review", method, File, assignment_id=assignment_id, **asked_query("format", "notice_id")))


def _filters(query: dict[str, str]) -> dict[str, str | datetime]:
    period = period_of(query.get("period", ""))
    return {name: value for name, value in query.items() if name != "period"} | period.bounds


def _leaders() -> list[LeaderLateness]:
    if not may("show_weekly"):
        return []
    return asked("review", "lateness_by_leader", LeaderLatenessTable).rows


PAGES = (
    Page("GET", "/supervision", list_supervision),
    Page("GET", "/supervision/office", list_office_cases),
    Page("GET", "/supervision/weekly", show_weekly),
    Page("GET", "/supervision/paper", print_supervision),
    Page("GET", "/supervision/file", export_supervision),
    Page("POST", "/assignments/<uuid:assignment_id>/notices", issue_notice),
    Page("GET", "/assignments/<uuid:assignment_id>/notice", download_notice),
    Page("GET", "/assignments/<uuid:assignment_id>/chasing-notice", download_chasing_notice),
)
