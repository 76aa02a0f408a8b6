"""The editors' desk: the queue, and one report with its original and the edit copy beside it."""

from __future__ import annotations

from uuid import UUID

from flask import flash, render_template, request

from contracts.rpc.desk import DeskItem, QueuePage, RecordedOutcome
from contracts.rpc.intake import Report
from contracts.rpc.issues import Issue, IssuePage
from contracts.vocabulary import URGENT_KINDS, DeskState, IssueState, Level, Outcome, Secrecy
from gateway.assembly import gateway
from gateway.console.amendments import amendments_of, field_word
from gateway.console.attachments import files_of_report
from gateway.console.forms import asked, asked_query, beijing_time, line, paragraphs
from gateway.console.page import Answer, Page, go_to
from gateway.console.research import projects_for
from gateway.console.signed_facts import signed_facts
from gateway.console.similar import similar_to
from gateway.entrance import present
from kernel.errors import Refusal


def list_queue() -> Answer:
    query = asked_query("state", "q", "cursor")
    page = asked("review", "list_queue", QueuePage, **query)
    part = request.headers.get("HX-Target") == "queue"
    return render_template(
        "console/queue_rows.html" if part else "console/queue.html", page=page, query=query, states=DeskState
    )


def show_desk_item(report_id: UUID) -> Answer:
    """Opening the page is what tells the unit that the city has seen its report; another site's link does not count."""
    foreign = request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}
    method = "get_desk_item" if foreign or request.method == "HEAD" else "open_desk_item"
    item = asked("review", method, DeskItem, report_id=report_id)
    original = _original(report_id)
    return render_template(
        "console/desk_item.html", item=item, issues=_composing(item), issue=_adopted_into(item), levels=Level,
        outcomes=Outcome, facts=signed_facts(original, files_of_report(report_id)) if original else [],
        flags=original.flags if original and item.kind in URGENT_KINDS else [],
        similar=similar_to(report_id), report_id=report_id,
        amendments=amendments_of(report_id, item.report_version), field_word=field_word,
        secrecies=(original.secrecy if original else Secrecy.UNCLASSIFIED).above(),
        projects=projects_for(item), mine=item.claimed_by == present().principal.name, moment=gateway().clock.now(),
    )


def _original(report_id: UUID) -> Report | None:
    """What was signed beside title and text and what intake marked; None while intake is away, which the desk
    survives."""
    try:
        return asked("intake", "get_report", Report, report_id=report_id)
    except Refusal:
        return None


def _composing(item: DeskItem) -> list[Issue]:
    """Issues it can be adopted into."""
    if item.state is DeskState.DECIDED:
        return []
    return asked("review", "list_issues", IssuePage, state=IssueState.COMPOSING).items


def _adopted_into(item: DeskItem) -> Issue | None:
    if item.issue_id is None:
        return None
    try:
        return asked("review", "get_issue", Issue, issue_id=item.issue_id)
    except Refusal:
        return None


def claim_report(report_id: UUID) -> Answer:
    asked("review", "claim_report", DeskItem, report_id=report_id)
    return go_to("show_desk_item", report_id=report_id)


def release_report(report_id: UUID) -> Answer:
    asked("review", "release_report", DeskItem, report_id=report_id)
    flash("已放回编辑台。")
    return go_to("list_queue")


def return_report(report_id: UUID) -> Answer:
    asked("review", "return_report", DeskItem, report_id=report_id, remarks=paragraphs("remarks"))
    flash("已退回报送单位修改。")
    return go_to("list_queue")


def keep_report(report_id: UUID) -> Answer:
    asked("review", "keep_report", DeskItem, report_id=report_id)
    flash("已存档备查。")
    return go_to("list_queue")


def decline_report(report_id: UUID) -> Answer:
    asked("review", "decline_report", DeskItem, report_id=report_id, reason=paragraphs("reason"))
    flash("已记为不采用。")
    return go_to("list_queue")


def adopt_report(report_id: UUID) -> Answer:
    """With the edit copy where it differs from the original."""
    title, body = line("title"), paragraphs("body")
    copy = {
        name: text
        for name, text, original in (
            ("title", title, request.form.get("original_title", "")),
            ("body", body, paragraphs("original_body")),
        )
        if text and text != original
    }
    item = asked(
        "review", "adopt_report", DeskItem, report_id=report_id, issue_id=line("issue_id"),
        item_kind=line("item_kind") or "item", **copy,
    )
    flash("已采用，编入所选的一期。")
    return go_to("show_issue", issue_id=item.issue_id) if item.issue_id else go_to("list_queue")


def withdraw_adoption(report_id: UUID) -> Answer:
    asked("review", "withdraw_adoption", DeskItem, report_id=report_id, reason=paragraphs("reason"))
    flash("已撤销采用，信息回到编辑台。")
    return go_to("show_desk_item", report_id=report_id)


def record_outcome(report_id: UUID) -> Answer:
    asked(
        "review", "record_outcome", RecordedOutcome, report_id=report_id, level=line("level"), outcome=line("outcome"),
        publication=line("publication"), happened_at=beijing_time("happened_at"),
    )
    flash("已登记上级采用、批示情况。")
    return go_to("show_desk_item", report_id=report_id)


ONE = "/queue/<uuid:report_id>"

PAGES = (
    Page("GET", "/queue", list_queue),
    Page("GET", ONE, show_desk_item),
    Page("POST", f"{ONE}/claim", claim_report),
    Page("POST", f"{ONE}/release", release_report),
    Page("POST", f"{ONE}/return", return_report),
    Page("POST", f"{ONE}/keeping", keep_report),
    Page("POST", f"{ONE}/decline", decline_report),
    Page("POST", f"{ONE}/adoption", adopt_report),
    Page("POST", f"{ONE}/adoption/withdrawal", withdraw_adoption),
    Page("POST", f"{ONE}/outcomes", record_outcome),
)
