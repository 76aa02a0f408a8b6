"""Bulletins: computed, issued, read, and downloaded as files."""

from __future__ import annotations

from flask import flash, render_template

from contracts.rpc.scoring import Bulletin, BulletinPage, File
from gateway.api.bulletins import send_file
from gateway.assembly import gateway
from gateway.console.forms import asked, asked_query
from gateway.console.page import Answer, Page, go_to
from kernel.clock import SHANGHAI


def list_bulletins() -> Answer:
    query = asked_query("cursor")
    page = asked("scoring", "list_bulletins", BulletinPage, **query)
    this_month = f"{gateway().clock.now().astimezone(SHANGHAI):%Y-%m}"
    return render_template("console/bulletins.html", page=page, query=query, this_month=this_month)


def show_bulletin(period: str) -> Answer:
    bulletin = asked("scoring", "get_bulletin", Bulletin, period=period)
    return render_template("console/bulletin.html", bulletin=bulletin)


def show_bulletin_draft() -> Answer:
    """Computed from the ledger as it stands; nothing is kept."""
    bulletin = asked("scoring", "compute_bulletin", Bulletin, period=asked_query("period").get("period", ""))
    return render_template("console/bulletin.html", bulletin=bulletin)


def issue_bulletin(period: str) -> Answer:
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
