"""The step inside the unit before the sign-off: endorsing a draft, and the page where its leader sets the step."""

from __future__ import annotations

from uuid import UUID

from flask import flash, render_template, request

from contracts.rpc.drafts import Draft
from contracts.rpc.endorsements import EndorsementRule, EndorsementRules
from gateway.console.forms import asked, asked_query, line, paragraphs
from gateway.console.page import Answer, Page, go_to


def endorse_draft(draft_id: UUID) -> Answer:
    asked("intake", "endorse_draft", Draft, draft_id=draft_id, version=line("version"))
    flash("已核稿，送分管负责人签发。")
    return go_to("home")


def show_endorsement_rules() -> Answer:
    query = asked_query("cursor")
    rules = asked("intake", "list_endorsement_rules", EndorsementRules, **query)
    names = {head.person_id: head.name for head in rules.section_heads}
    return render_template("console/endorsement_rules.html", page=rules, query=query, names=names)


def record_endorsement_rule() -> Answer:
    """One setting: off, or on for everybody's drafts, urgent ones only if so chosen."""
    required = line("step") in {"on", "urgent_too"}
    asked(
        "intake", "record_endorsement_rule", EndorsementRule, required=required,
        urgent_too=line("step") == "urgent_too", endorser_ids=request.form.getlist("endorser"),
        reason=paragraphs("reason"),
    )
    flash("已启用核稿，即时生效。" if required else "已停用核稿；原来待核稿的稿件已转送签发。")
    return go_to("show_endorsement_rules")


PAGES = (
    Page("POST", "/drafts/<uuid:draft_id>/endorsement", endorse_draft),
    Page("GET", "/endorsement-rules", show_endorsement_rules),
    Page("POST", "/endorsement-rules", record_endorsement_rule),
)
