"""Quick entry of urgent information on a phone: the minimum on one page, saved and offered in one act."""

from __future__ import annotations

from uuid import UUID, uuid5

from flask import render_template, request

from contracts.problems import PROBLEMS
from contracts.rpc.content import Content
from contracts.rpc.drafts import Draft, SaveDraft
from contracts.vocabulary import IncidentCategory, Kind, Severity
from gateway.assembly import gateway
from gateway.console.attachments import files_in, taken_files, with_files
from gateway.console.check_findings import findings_in
from gateway.console.drafts import FIELD_WORDS, faulty_field, offer
from gateway.console.forms import asked, asked_query, beijing_time, filled, form_key, key_after, line, paragraphs
from gateway.console.incident_fields import FIGURES, sent_values, typed_incident
from gateway.console.page import Answer, Page
from gateway.console.similar import hints_for
from gateway.console.urgent_text import compose_text
from gateway.console.wording import beijing_input
from gateway.entrance import present
from kernel.errors import Refusal

AGO = ((0, "刚刚"), (10, "10 分钟前"), (30, "30 分钟前"), (60, "1 小时前"))
"""Minutes before now, one tap each."""
COUNTED = ("dead", "missing", "seriously_hurt")
PLAIN = ("title", "place", "severity", "occurred_at", "pre_report_id", "drill", "body")


def new_urgent() -> Answer:
    """An empty form; the time is filled in by the gateway's clock, whatever the phone believes."""
    begun = asked_query("pre_report_id", "drill")
    contact = f"{present().principal.name} "
    occurred_at = beijing_input(gateway().clock.now())
    return _form(begun | {"occurred_at": occurred_at, "element.contact": contact})


def _form(values: dict[str, str], key: UUID | None = None, refusal: Refusal | None = None) -> str:
    return render_template(
        "console/urgent.html", values=values, key=key, refusal=refusal, severities=Severity, ago=AGO,
        files=files_in(values.get("carried", "")),
        categories=IncidentCategory, counted={name: FIGURES[name] for name in COUNTED}, moment=gateway().clock.now(),
        field=faulty_field(refusal), words=FIELD_WORDS, problem=PROBLEMS[refusal.problem] if refusal else None,
    )


def send_urgent() -> Answer:
    """Save and offer: one act however often it is sent. A refusal shows the form again as it was typed."""
    carried = request.form.get("carried", "")
    try:
        draft_id, files = uuid5(form_key(), "draft_id"), taken_files({"attachments": files_in(carried)})
        content = typed_urgent().model_copy(update={"attachments": files})
        draft = asked("intake", "save_draft", Draft, draft_id=draft_id, version=None, content=content)
    except Refusal as refusal:
        sent = {name: request.form[name] for name in PLAIN if name in request.form} | sent_values()
        sent["carried"] = with_files(carried)
        return _form(sent, key_after(refusal.problem), refusal), PROBLEMS[refusal.problem].status
    return offer(draft)


def show_urgent_text() -> Answer:
    """The text as it would be composed now; a part of the page, empty while the fields say too little."""
    try:
        text = typed_urgent().body
    except Refusal:
        text = ""
    return render_template("console/urgent_text.html", text=text)


def check_urgent() -> Answer:
    """What is like it and what the writing check says, of the form as it would be sent; empty while it cannot be."""
    try:
        content = typed_urgent()
    except Refusal:
        return ""
    return render_template(
        "console/urgent_checks.html", similar=hints_for(content), findings=findings_in(content)
    )


def typed_urgent() -> Content:
    """The first report as typed, its text composed where none was written. Raises `Invalid`."""
    written = paragraphs("body")
    typed = {
        "kind": Kind.URGENT_FIRST, "title": line("title") or "", "body": written or "-", "place": line("place"),
        "severity": line("severity"), "occurred_at": beijing_time("occurred_at"), "incident": typed_incident(None),
        "pre_report_id": line("pre_report_id"), "drill": line("drill") is not None,
    }  # fmt: skip
    content = filled(SaveDraft, {"draft_id": uuid5(form_key(), "draft_id"), "content": typed}).content
    return content if written else content.model_copy(update={"body": compose_text(content)})


PAGES = (
    Page("GET", "/urgent", new_urgent),
    Page("POST", "/urgent", send_urgent),
    Page("POST", "/urgent/text", show_urgent_text),
    Page("POST", "/urgent/checks", check_urgent),
)
