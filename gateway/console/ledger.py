"""The points a unit was given, each with its reason, and the rules they follow."""

from __future__ import annotations

from flask import flash, render_template

from contracts.rpc.scoring import LedgerPage, Rules, RulesPage
from gateway.console.forms import asked, asked_query, paragraphs
from gateway.console.page import Answer, Page, go_to


def list_ledger() -> Answer:
    query = asked_query("period", "unit_id", "cursor")
    page = asked("scoring", "list_ledger", LedgerPage, **query)
    return render_template("console/ledger.html", page=page, query=query)


def list_rules() -> Answer:
    query = asked_query("cursor")
    page = asked("scoring", "list_rules", RulesPage, **query)
    return render_template("console/rules.html", page=page, query=query)


def record_rules() -> Answer:
    rules = asked("scoring", "record_rules", Rules, text=paragraphs("text") + "\n")
    flash(f"计分规则 {rules.version} 已登记，自 {rules.valid_from} 起施行。")
    return go_to("list_rules")


PAGES = (
    Page("GET", "/ledger", list_ledger),
    Page("GET", "/rules", list_rules),
    Page("POST", "/rules", record_rules),
)
