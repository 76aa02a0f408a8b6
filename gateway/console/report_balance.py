"""Good news and bad per unit, and where it comes from, in a month; every number opens its reports."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import render_template

from contracts.rpc.balance import BalancedPage, ReportBalance
from contracts.vocabulary import UNIT_ROLES, UnitClass
from gateway.console.directory import today
from gateway.console.forms import asked, asked_query
from gateway.console.page import Answer, Page
from gateway.entrance import present

FILTERS = (
    "since", "until", "unit_id", "unit_class", "leaning", "leaning_said", "channel", "channel_said", "adopted",
    "cursor",
)


def show_balance() -> Answer:
    """This month's, unless other days are asked for."""
    query = asked_query("since", "until", "unit_class") or {"since": _month_begins(today()).isoformat()}
    return render_template(
        "console/report_balance.html", balance=asked("intake", "report_balance", ReportBalance, **query), query=query,
        classes=UnitClass, own=present().principal.holds(*UNIT_ROLES),
    )


def _month_begins(day: Any) -> date:
    return date(day.year, day.month, 1)


def list_balanced() -> Answer:
    query = asked_query(*FILTERS)
    page = asked("intake", "list_balanced", BalancedPage, **query)
    return render_template("console/balanced_reports.html", page=page, query=query)


PAGES = (
    Page("GET", "/reports/balance", show_balance),
    Page("GET", "/reports/balance/cases", list_balanced),
)
