"""Writing, offering and signing: what the author writes, and exactly what the leader signs."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid5

from flask import flash, g, render_template, request

from contracts.problems import PROBLEMS
from contracts.rpc.intake import Content, Draft, DraftPage, Report, ReportPage
from contracts.rpc.review import Assignment
from contracts.vocabulary import URGENT_FOLLOWING, URGENT_KINDS, DraftState, Kind, Role, Severity
from gateway.assembly import gateway
from gateway.bodies import checked, parse_json
from gateway.console.forms import asked, asked_query, beijing_time, form_key, key_after, line, paragraphs
from gateway.console.page import Answer, Page, go_to
from gateway.entrance import present
from gateway.rates import allow_report
from gateway.receipts.acceptance import accept_report
from gateway.receipts.signoff import SubmitReport
from kernel.errors import Refusal

CHOSEN_KINDS = (Kind.DEVELOPMENT, Kind.PUBLIC_OPINION, Kind.RESEARCH, Kind.URGENT_FIRST, Kind.URGENT_FOLLOW_UP,
    Kind.URGENT_FINAL,
)
"""What an author chooses from; feedback begins at its assignment."""
FIELD_WORDS = {
    "title": "标题", "body": "正文", "topic": "主题", "severity": "事件等级", "occurred_at": "发生时间",
    "place": "地点", "follows_report_id": "所续首报", "kind": "种类",
    "drill": "演练",
}  # fmt: skip


def list_drafts() -> Answer:
    query = asked_query("state", "cursor")
    page = asked("intake", "list_drafts", DraftPage, **query)
    return render_template("console/drafts.html", page=page, states=DraftState, query=query)


def new_draft() -> Answer:
    """An empty form, or one begun from an assignment, a first report, or a returned report."""
    return _form(_begun(), draft=None, key=None)


def _begun() -> dict[str, Any]:
    wanted = asked_query("kind", "assignment_id", "follows_report_id", "report_id", "drill")
    if "assignment_id" in wanted:
        assignment = asked("review", "get_assignment", Assignment, assignment_id=wanted["assignment_id"])
        title = f"关于《{assignment.report_title}》批示落实情况的反馈"[:200]
        return {"kind": Kind.FEEDBACK, "assignment_id": assignment.assignment_id, "title": title}
    if "report_id" in wanted:
        report = asked("intake", "get_report", Report, report_id=wanted["report_id"])
        copied = ("kind", "title", "body", "topic", "severity", "occurred_at", "place", "assignment_id", "report_id",
            "drill")
        return {name: getattr(report, name) for name in copied}
    kind = wanted.get("kind", Kind.DEVELOPMENT)
    begun: dict[str, Any] = {"kind": Kind(kind) if kind in set(Kind) else Kind.DEVELOPMENT}
    if "follows_report_id" in wanted:
        following = begun["kind"] if begun["kind"] in URGENT_FOLLOWING else Kind.URGENT_FOLLOW_UP
        begun |= {"kind": following, "follows_report_id": wanted["follows_report_id"], "drill": "drill" in wanted}
    return begun


def _form(content: dict[str, Any], draft: Draft | None, key: UUID | None, refusal: Refusal | None = None) -> str:
    return render_template(
        "console/draft_form.html", content=content, draft=draft, key=key, refusal=refusal, kinds=CHOSEN_KINDS,
        severities=Severity, chains=_chains(), assignment=_assignment(content.get("assignment_id")),
        field=_faulty_field(refusal), words=FIELD_WORDS, problem=PROBLEMS[refusal.problem] if refusal else None,
    )


def _chains() -> list[Report]:
    """First reports of the unit that a follow-up may continue; none while intake is away, which the page survives."""
    try:
        return asked("intake", "list_reports", ReportPage, kind=Kind.URGENT_FIRST, limit=50).items
    except Refusal:
        return []


def _assignment(assignment_id: Any) -> Assignment | None:
    if not assignment_id:
        return None
    try:
        return asked("review", "get_assignment", Assignment, assignment_id=assignment_id)
    except Refusal:
        return None


def _faulty_field(refusal: Refusal | None) -> str | None:
    return refusal.pointer.rpartition("/")[2] if refusal and refusal.pointer else None


def save_new_draft() -> Answer:
    return _save(uuid5(form_key(), "draft_id"), None)


def save_draft(draft_id: UUID) -> Answer:
    return _save(draft_id, line("version"))


def _save(draft_id: UUID, version: str | None) -> Answer:
    """Save, and offer when that button was pressed. A refusal shows the form again with everything that was typed."""
    typed = _typed()
    try:
        content = typed | {"occurred_at": beijing_time("occurred_at")}
        draft = asked("intake", "save_draft", Draft, draft_id=draft_id, version=version, content=content)
    except Refusal as refusal:
        return _refused(refusal, typed, draft_id if version else None, version)
    if request.form.get("act") != "offer":
        flash("已保存。")
        return go_to("show_draft", draft_id=draft_id)
    return _offer(draft)


def _offer(draft: Draft) -> Answer:
    """The draft is saved already: a refusal shows it as saved."""
    try:
        asked("intake", "offer_draft", Draft, draft_id=draft.draft_id, version=draft.version)
    except Refusal as refusal:
        return _form(dict(draft.content), draft, None, refusal), PROBLEMS[refusal.problem].status
    flash("已送分管负责人签发。")
    return go_to("show_draft", draft_id=draft.draft_id)


def _typed() -> dict[str, Any]:
    """The content as far as its kind has the fields."""
    kind = line("kind")
    names = ["topic", "report_id"]
    names += ["severity", "place"] if kind in URGENT_KINDS else []
    names += ["follows_report_id"] if kind in URGENT_FOLLOWING else []
    names += ["assignment_id"] if kind == Kind.FEEDBACK else []
    return {"kind": kind, "title": line("title") or "", "body": paragraphs("body")} | {
        name: line(name) for name in names
    } | ({"drill": line("drill") == "true"} if kind in URGENT_KINDS else {})


def _refused(refusal: Refusal, typed: dict[str, Any], draft_id: UUID | None, version: str | None) -> Answer:
    shown = typed | {"occurred_at_typed": line("occurred_at"), "draft_id": draft_id, "version": version}
    return _form(shown, None, key_after(refusal.problem), refusal), PROBLEMS[refusal.problem].status


def show_draft(draft_id: UUID) -> Answer:
    """The author's form, the leader's page for signing, or the text as it stands."""
    draft = asked("intake", "get_draft", Draft, draft_id=draft_id)
    principal = present().principal
    if draft.state in {DraftState.EDITING, DraftState.RETURNED} and principal.same_person(draft.author_id):
        return _form(dict(draft.content), draft, None)
    signing = draft.state is DraftState.OFFERED and principal.holds(Role.RESPONSIBLE_LEADER)
    return render_template(
        "console/draft.html", draft=draft, content=draft.content, own=principal.same_person(draft.author_id),
        signing=signing and not principal.same_person(draft.author_id), assignment=_assignment_of(draft.content),
    )


def _assignment_of(content: Content) -> Assignment | None:
    return _assignment(content.assignment_id)


def return_draft(draft_id: UUID) -> Answer:
    asked(
        "intake", "return_draft", Draft, draft_id=draft_id, version=line("version"), remarks=paragraphs("remarks")
    )
    flash("已退回作者修改。")
    return go_to("list_drafts")


def drop_draft(draft_id: UUID) -> Answer:
    asked("intake", "drop_draft", Draft, draft_id=draft_id)
    flash("稿件已放弃。")
    return go_to("list_drafts")


def sign_draft(draft_id: UUID) -> Answer:
    """The durable act itself: the form carries the content that was shown and intake's seal on it (lifecycles.md)."""
    content = parse_json(request.form.get("content", "").encode())
    act = checked(SubmitReport, {"content": content, "offer_token": line("offer_token")})
    allow_report(present(), act.content.kind)
    accepted = accept_report(gateway(), present(), act, str(form_key()), g.correlation_id)
    if not accepted.repeated:
        flash(f"已签发并报送，回执号 {accepted.number}。")
    return go_to("show_receipt", number=accepted.number)


PAGES = (
    Page("GET", "/drafts", list_drafts),
    Page("GET", "/drafts/new", new_draft),
    Page("POST", "/drafts", save_new_draft),
    Page("GET", "/drafts/<uuid:draft_id>", show_draft),
    Page("POST", "/drafts/<uuid:draft_id>", save_draft),
    Page("POST", "/drafts/<uuid:draft_id>/return", return_draft),
    Page("POST", "/drafts/<uuid:draft_id>/drop", drop_draft),
    Page("POST", "/drafts/<uuid:draft_id>/signature", sign_draft),
)
