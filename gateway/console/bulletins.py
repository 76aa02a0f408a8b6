"""Bulletins: computed, issued, read, and downloaded as files."""

from __future__ import annotations

import re

from flask import flash, render_template

from contracts.rpc.scoring import Bulletin, BulletinPage, File
from contracts.vocabulary import UNIT_ROLES
from gateway.api.bulletins import send_file
from gateway.console.forms import asked, asked_query, line
from gateway.console.page import Answer, Page, go_to
from gateway.console.timeliness import this_month
from gateway.entrance import present
from kernel.errors import Invalid


def list_bulletins() -> Answer:
    query = asked_query("cursor")
    page = asked("scoring", "list_bulletins", BulletinPage, **query)
    return render_template("console/bulletins.html", page=page, query=query, this_month=this_month())


def last_month(period: str) -> str:
    """The last month of a month, quarter or year: 2026-q4 -> 2026-12. Any other text stays as it is."""
    if quarter := re.fullmatch(r"(\d{4})-q([1-4])", period):
        return f"{quarter[1]}-{int(quarter[2]) * 3:02d}"
    return f"{period}-12" if re.fullmatch(r"\d{4}", period) else period


def show_bulletin(period: str) -> Answer:
    bulletin = asked("scoring", "get_bulletin", Bulletin, period=period)
    return _page(bulletin)


def show_bulletin_draft() -> Answer:
    """Computed from the ledger as it stands; nothing is kept."""
    period = asked_query("period").get("period", "").lower()
    bulletin = asked("scoring", "compute_bulletin", Bulletin, period=period)
    last, now = last_month(bulletin.period), this_month()
    return _page(bulletin, running=last == now, ahead=last > now)


def _page(bulletin: Bulletin, *, running: bool = False, ahead: bool = False) -> str:
    """`running`: its last month has begun and not ended; `ahead`: it has not begun. Whoever reads for a unit may open
    that unit's points alone."""
    me = present().principal
    return render_template(
        "console/bulletin.html", bulletin=bulletin, running=running, ahead=ahead,
        own=str(me.unit_id) if me.holds(*UNIT_ROLES) else None,
    )


def issue_bulletin(period: str) -> Answer:
    """A month that still runs is closed only by whoever says so: there is no way back."""
    if last_month(period) == this_month() and not line("early"):
        raise Invalid(
            "本期尚未结束：请到下月再印发，或返回勾选“提前印发”。",
            "The period still runs: issue it next month, or tick that it is issued early.", pointer="/early",
        )  # fmt: skip
    asked("scoring", "issue_bulletin", Bulletin, period=period)
    flash("通报已印发。")
    return go_to("show_bulletin", period=period)


def download_bulletin(period: str, format: str) -> Answer:  # noqa: A002  # the name in the address, as in the API
    return send_file(asked("scoring", "get_bulletin_file", File, period=period, format=format))


PAGES = (
    Page("GET", "/bulletins", list_bulletins),
    Page("GET", "/bulletins/draft", show_bulletin_draft),
    Page("GET", "/bulletins/<period>", show_bulletin),
    Page("POST", "/bulletins/<period>/issue", issue_bulletin),
    Page("GET", "/bulletins/<period>/files/<format>", download_bulletin),
)
