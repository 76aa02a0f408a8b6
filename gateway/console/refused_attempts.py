"""What was refused to whom, for the audit administrator."""

from __future__ import annotations

from flask import render_template

from contracts.rpc.refused_attempts import AttemptReason, ListRefusedAttempts
from gateway.api.refused_attempts import refused_attempts
from gateway.bodies import checked
from gateway.console.forms import asked_query
from gateway.console.page import Answer, Page


def show_refused_attempts() -> Answer:
    query = asked_query("principal_id", "reason", "cursor")
    page = refused_attempts(checked(ListRefusedAttempts, query))
    return render_template("console/refused_attempts.html", page=page, query=query, reasons=AttemptReason)


PAGES = (Page("GET", "/refused-attempts", show_refused_attempts),)
