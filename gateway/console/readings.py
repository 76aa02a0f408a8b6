"""What was sent to leaders for reading."""

from __future__ import annotations

from uuid import UUID

from flask import render_template, request

from contracts.rpc.readings import Reading, ReadingPage
from contracts.vocabulary import Role
from gateway.console.forms import asked, asked_query
from gateway.console.page import Answer, Page
from gateway.entrance import present


def list_readings() -> Answer:
    query = asked_query("cursor", "report_id")
    page = asked("review", "list_readings", ReadingPage, **query)
    return render_template("console/readings.html", page=page, query=query)


def show_reading(reading_id: UUID) -> Answer:
    """Opening the page is reading it, for one whom it was sent to; another site's link does not count."""
    foreign = request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}
    opens = present().principal.holds(Role.LEADER) and not foreign and request.method != "HEAD"
    reading = asked("review", "open_reading" if opens else "get_reading", Reading, reading_id=reading_id)
    return render_template("console/reading.html", reading=reading)


PAGES = (
    Page("GET", "/readings", list_readings),
    Page("GET", "/readings/<uuid:reading_id>", show_reading),
)
