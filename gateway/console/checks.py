"""The writing check: findings while somebody writes, the rules, and what the unit has muted. It refuses nothing."""

from __future__ import annotations

from uuid import UUID

from flask import flash, render_template, request

from contracts.rpc.checks import WritingRule, WritingRules
from gateway.console.check_findings import typed_findings
from gateway.console.drafts import retyped
from gateway.console.forms import asked, line
from gateway.console.page import Answer, Page, go_to


def check_new_text() -> Answer:
    return _checked(None)


def check_draft_text(draft_id: UUID) -> Answer:
    return _checked(draft_id)


def _checked(draft_id: UUID | None) -> Answer:
    """The list alone for the script; without script the whole form as it was typed, with the list."""
    found = typed_findings()
    if request.headers.get("HX-Request"):
        return render_template("console/check_findings.html", findings=found)
    return retyped(draft_id, line("version"), findings=found)


def list_writing_rules() -> Answer:
    rules = asked("intake", "list_writing_rules", WritingRules)
    return render_template("console/writing_rules.html", rules=rules.items)


def mute_writing_rule(rule_id: str) -> Answer:
    rule = asked("intake", "mute_writing_rule", WritingRule, rule_id=rule_id, reason=line("reason"))
    flash(f"已为本单位屏蔽“{rule.title_zh}”。")
    return go_to("list_writing_rules")


def unmute_writing_rule(rule_id: str) -> Answer:
    rule = asked("intake", "unmute_writing_rule", WritingRule, rule_id=rule_id)
    flash(f"已恢复“{rule.title_zh}”。")
    return go_to("list_writing_rules")


PAGES = (
    Page("POST", "/drafts/findings", check_new_text),
    Page("POST", "/drafts/<uuid:draft_id>/findings", check_draft_text),
    Page("GET", "/writing-rules", list_writing_rules),
    Page("POST", "/writing-rules/<rule_id>/mute", mute_writing_rule),
    Page("POST", "/writing-rules/<rule_id>/mute/removal", unmute_writing_rule),
)
