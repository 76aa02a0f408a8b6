"""Writing, offering and signing: what the author writes, and exactly what the leader signs."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid5

from flask import flash, g, render_template, request
from pydantic_core import to_json

from contracts.problems import PROBLEMS
from contracts.rpc.content import Content, Incident, Reference
from contracts.rpc.drafts import Draft, DraftPage
from contracts.rpc.instructions import Assignment
from contracts.rpc.intake import Report, ReportPage
from contracts.vocabulary import (
    REFERRING,
    URGENT_FOLLOWING,
    URGENT_KINDS,
    AmendmentAct,
    DraftState,
    Element,
    IncidentCategory,
    Kind,
    Leaning,
    Role,
    Severity,
    SourceChannel,
)
from gateway.assembly import gateway
from gateway.attempts import note
from gateway.bodies import checked, parse_json
from gateway.console.attachments import files_in, files_of_draft, taken_files, with_files
from gateway.console.check_findings import findings_of
from gateway.console.commissions import begun_answer, commission_answered
from gateway.console.draft_versions import comparison
from gateway.console.forms import asked, asked_query, form_key, key_after, line, may_ask, paragraphs
from gateway.console.guidance import begun_for_points
from gateway.console.incident_fields import FIGURES, STEPS, form_values, sent_values, typed_incident, typed_time
from gateway.console.notes import typed_notes
from gateway.console.page import Answer, Page, go_to
from gateway.console.signed_facts import signed_facts
from gateway.console.signing import signs_as
from gateway.console.similar import hints_for
from gateway.entrance import present
from gateway.rates import allow_report
from gateway.receipts.acceptance import accept_report
from gateway.receipts.signoff import SubmitReport
from kernel.errors import Refusal

CHOSEN_KINDS = (
    Kind.DEVELOPMENT, Kind.PUBLIC_OPINION, Kind.RESEARCH, Kind.DECISION_IMPLEMENTATION, Kind.GUIDANCE_ANSWER,
    Kind.COMMISSION_ANSWER, Kind.URGENT_FIRST, Kind.URGENT_FOLLOW_UP, Kind.URGENT_FINAL,
)
"""What an author chooses from; feedback begins at its assignment."""
BEING_WRITTEN = frozenset({DraftState.EDITING, DraftState.RETURNED})
BEFORE_SIGNATURE = frozenset({DraftState.OFFERED, DraftState.AWAITING_ENDORSEMENT})
"""Sent for signature: its author may still change it, which takes it back."""
FIELD_WORDS = {
    "title": "标题", "body": "正文", "topic": "主题", "severity": "事件等级", "occurred_at": "发生时间",
    "place": "地点", "follows_report_id": "所续首报", "kind": "种类", "category": "事件类别", "learned_at": "获知时间",
    "loss_yuan": "直接经济损失", "loss_wan": "直接经济损失", "drill": "演练", "leaning": "喜忧",
    "source_channel": "信息来源渠道", "reference": "所回应文件", "file": "附件", "name": "附件", **FIGURES,
    **{str(name): name.label for name in Element},
}  # fmt: skip
_FIELDS: tuple[tuple[frozenset[Kind], frozenset[str]], ...] = (
    (frozenset(Kind), frozenset({"topic", "secrecy", "report_id", "drill", "attachments"})),
    (frozenset(Kind) - {Kind.FEEDBACK}, frozenset({"leaning", "source_channel"})),
    (REFERRING, frozenset({"reference"})),
    (URGENT_KINDS, frozenset({"severity", "occurred_at", "place", "incident", "pre_report_id"})),
    (URGENT_FOLLOWING, frozenset({"follows_report_id"})),
    (frozenset({Kind.FEEDBACK}), frozenset({"assignment_id"})),
)
"""Which kinds have which fields beside title and text."""


def list_drafts() -> Answer:
    query = asked_query("state", "cursor")
    page = asked("intake", "list_drafts", DraftPage, **query)
    return render_template("console/drafts.html", page=page, states=DraftState, query=query)


def new_draft() -> Answer:
    """An empty form, or one begun from an assignment, a first report, or a returned report."""
    return _form(_begun(), draft=None, key=None)


def _begun() -> dict[str, Any]:
    wanted = asked_query(
        "kind", "task_id", "assignment_id", "follows_report_id", "report_id", "pre_report_id", "drill", "amend",
        "guidance_id",
    )
    if "assignment_id" in wanted:
        assignment = asked("review", "get_assignment", Assignment, assignment_id=wanted["assignment_id"])
        title = f"关于《{assignment.report_title}》批示落实情况的反馈"[:200]
        return {"kind": Kind.FEEDBACK, "assignment_id": assignment.assignment_id, "title": title}
    if "task_id" in wanted:
        return begun_answer(wanted["task_id"])
    if "guidance_id" in wanted:
        return begun_for_points(wanted["guidance_id"], request.args.getlist("point_id"))
    if "report_id" in wanted:
        report = asked("intake", "get_report", Report, report_id=wanted["report_id"])
        amendment = {"act": wanted["amend"], "reason": ""} if wanted.get("amend") in set(AmendmentAct) else None
        return {name: getattr(report, name) for name in Content.model_fields} | {"amendment": amendment}
    kind = wanted.get("kind", Kind.DEVELOPMENT)
    begun: dict[str, Any] = {"kind": Kind(kind) if kind in set(Kind) else Kind.DEVELOPMENT}
    if "follows_report_id" in wanted:
        following = begun["kind"] if begun["kind"] in URGENT_FOLLOWING else Kind.URGENT_FOLLOW_UP
        begun |= _event_of(wanted["follows_report_id"])
        begun |= {"kind": following, "follows_report_id": wanted["follows_report_id"]}
    if "pre_report_id" in wanted:
        begun |= {"kind": Kind.URGENT_FIRST, "pre_report_id": wanted["pre_report_id"]}
    return begun | {"drill": True} if "drill" in wanted else begun


def _event_of(report_id: str) -> dict[str, Any]:
    """What stays the same along a chain; the figures and elements are each report's own."""
    try:
        first = asked("intake", "get_report", Report, report_id=report_id)
    except Refusal:
        return {}
    incident = first.incident and Incident(category=first.incident.category)
    same = ("severity", "occurred_at", "place", "topic", "drill")
    return {name: getattr(first, name) for name in same} | {"incident": incident}


def _form(content: dict[str, Any], draft: Draft | None, key: UUID | None, refusal: Refusal | None = None) -> str:
    return render_template(
        "console/draft_form.html",
        findings=content.get("findings") or (findings_of(draft.draft_id) if draft else None),
        content=content, draft=draft, key=key, refusal=refusal, kinds=CHOSEN_KINDS,
        severities=Severity, leanings=Leaning, channels=SourceChannel, referring=REFERRING,
        categories=IncidentCategory, chains=_chains(), steps=STEPS, figures=FIGURES,
        elements=Element, told=content.get("sent") or form_values(content.get("incident")),
        carried=content.get("carried") or _to_carry(content), assignment=_assignment(content.get("assignment_id")),
        commission=commission_answered(content.get("reference")),
        field=faulty_field(refusal), words=FIELD_WORDS, conflict=content.get("conflict"),
        problem=PROBLEMS[refusal.problem] if refusal else None, similar=hints_for(draft.content if draft else None),
    )


_TYPED = frozenset({"title", "body", "amendment"})
"""What the form always brings itself."""


def _to_carry(content: dict[str, Any]) -> str:
    """What the form was filled from, as JSON: it comes back with the form, so that what the form has no field for, a
    program's `drill` say, is not lost."""
    stated = {name: content[name] for name in Content.model_fields.keys() - _TYPED if content.get(name)}
    return to_json(stated, exclude_none=True).decode()


def _chains() -> list[Report]:
    """First reports of the unit that a follow-up may continue; none while intake is away, which the page survives."""
    try:
        return asked("intake", "list_reports", ReportPage, kind=Kind.URGENT_FIRST, limit=50).items
    except Refusal:
        return []


def _assignment(assignment_id: Any) -> Assignment | None:
    if not assignment_id or not may_ask("review", "get_assignment"):
        return None
    try:
        return asked("review", "get_assignment", Assignment, assignment_id=assignment_id)
    except Refusal:
        return None


def faulty_field(refusal: Refusal | None) -> str | None:
    return refusal.pointer.rpartition("/")[2] if refusal and refusal.pointer else None


def save_new_draft() -> Answer:
    return _save(uuid5(form_key(), "draft_id"), None)


def save_draft(draft_id: UUID) -> Answer:
    return _save(draft_id, line("version"))


def _save(draft_id: UUID, version: str | None) -> Answer:
    """Save, and offer when that button was pressed. A refusal shows the form again with everything that was typed."""
    try:
        content = typed_content()
        draft = asked("intake", "save_draft", Draft, draft_id=draft_id, version=version, content=content)
    except Refusal as refusal:
        note(refusal)
        return _refused(refusal, draft_id if version or _is_stale(refusal) else None, version)
    if request.form.get("act") != "offer":
        flash("已保存。")
        return go_to("show_draft", draft_id=draft_id)
    return offer(draft)


def offer(draft: Draft) -> Answer:
    """The draft is saved already: a refusal shows it as saved."""
    try:
        asked("intake", "offer_draft", Draft, draft_id=draft.draft_id, version=draft.version)
    except Refusal as refusal:
        return _form(dict(draft.content), draft, None, refusal), PROBLEMS[refusal.problem].status
    flash("已送分管负责人签发。")
    return go_to("show_draft", draft_id=draft.draft_id)


def typed_content() -> dict[str, Any]:
    """What was carried along, as far as the kind has the fields, under what was typed. Raises a refusal."""
    kind, carried = line("kind"), _carried()
    content = carried if carried.get("kind") == kind else _kept_for(kind, carried)
    content |= _typed() | {"attachments": taken_files(carried)}
    if kind in URGENT_KINDS:
        content["occurred_at"] = typed_time("occurred_at", carried.get("occurred_at"))
        content["incident"] = typed_incident(carried.get("incident"))
    return content


def _carried() -> dict[str, Any]:
    """What the form was filled from. Raises a refusal when it is not what we put there."""
    raw = request.form.get("carried", "")
    if not raw:
        return {}
    known = checked(Content, {"title": "-", "body": "-", **_object(parse_json(raw.encode()))})
    return {name: getattr(known, name) for name in known.model_fields_set - {"title", "body"}}


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {"carried": value}


def _kept_for(kind: str | None, carried: dict[str, Any]) -> dict[str, Any]:
    """Without what another kind cannot have, when the author has chosen another one."""
    names = {name for kinds, fields in _FIELDS if kind in kinds for name in fields}
    return {name: value for name, value in carried.items() if name in names}


def _typed() -> dict[str, Any]:
    """The plain fields as far as the kind has them."""
    kind = line("kind")
    names = ["topic"]
    names += ["leaning", "source_channel"] if kind != Kind.FEEDBACK else []
    names += ["severity", "place"] if kind in URGENT_KINDS else []
    names += ["follows_report_id"] if kind in URGENT_FOLLOWING else []
    names += [name for name in ("assignment_id", "report_id") if name in request.form]
    typed: dict[str, Any] = {"kind": kind, "title": line("title") or "", "body": paragraphs("body")}
    typed |= {name: line(name) for name in names}
    typed |= {"amendment": _typed_amendment()} if "amendment_act" in request.form else {}
    typed |= {"reference": _typed_reference()} if kind in REFERRING else {}
    return typed | ({"drill": line("drill") == "true"} if kind in URGENT_KINDS else {})


def _typed_amendment() -> dict[str, Any]:
    """Why the report is corrected or withdrawn."""
    return {"act": line("amendment_act"), "reason": paragraphs("amendment_reason")}


def _typed_reference() -> dict[str, Any] | None:
    """The document that the report answers, as far as it is typed."""
    typed: dict[str, Any] = {name: line(f"reference_{name}") for name in Reference.model_fields}
    typed["point_ids"] = request.form.getlist("reference_point_ids") if line("kind") == Kind.GUIDANCE_ANSWER else []
    if line("kind") != Kind.COMMISSION_ANSWER:
        typed["commission_id"] = None
    return typed if any(typed.values()) else None


def _is_stale(refusal: Refusal) -> bool:
    """Somebody saved meanwhile: both texts are shown."""
    return refusal.problem == "stale-version"


def _refused(refusal: Refusal, draft_id: UUID | None, version: str | None) -> Answer:
    conflict = comparison(draft_id) if draft_id and _is_stale(refusal) else None
    shown = _retyped(draft_id, version) | {"conflict": conflict}
    return _form(shown, None, key_after(refusal.problem), refusal), PROBLEMS[refusal.problem].status


def _retyped(draft_id: UUID | None, version: str | None) -> dict[str, Any]:
    """Everything as it was typed, right or wrong."""
    carried = with_files(request.form.get("carried", ""))
    return _typed() | {
        "occurred_at_typed": line("occurred_at"), "draft_id": draft_id, "version": version, "sent": sent_values(),
        "carried": carried, "typed": True, "attachments": files_in(carried),
    }


def retyped(draft_id: UUID | None, version: str | None, **changes: Any) -> str:
    """The form again as it was typed, with these changes; it has not been sent."""
    return _form(_retyped(draft_id, version) | changes, None, form_key())


def show_draft(draft_id: UUID) -> Answer:
    """The author's form, the leader's page for signing, or the text as it stands."""
    draft = asked("intake", "get_draft", Draft, draft_id=draft_id)
    principal = present().principal
    own, leads = principal.same_person(draft.author_id), principal.holds(Role.RESPONSIBLE_LEADER)
    changes = draft.state in BEING_WRITTEN or (draft.state in BEFORE_SIGNATURE and "change" in request.args)
    if own and changes:
        return _form(dict(draft.content), draft, None)
    return render_template(
        "console/draft.html", draft=draft, content=draft.content,
        facts=signed_facts(draft.content, files_of_draft(draft_id)),
        own=own, signing=draft.state is DraftState.OFFERED and leads and not own, leads=leads and not own,
        before_signature=draft.state in BEFORE_SIGNATURE,
        signs_as=signs_as() if leads else None,
        endorsing=any(principal.same_person(endorser.person_id) for endorser in draft.endorsers),
        assignment=_assignment(draft.content.assignment_id),
        commission=commission_answered(draft.content.reference),
        similar=hints_for(draft.content) if draft.state is DraftState.OFFERED else [],
        findings=None if draft.state in {DraftState.SIGNED, DraftState.DROPPED} else findings_of(draft_id),
    )


def return_draft(draft_id: UUID) -> Answer:
    asked(
        "intake", "return_draft", Draft, draft_id=draft_id, version=line("version"), remarks=paragraphs("remarks"),
        notes=typed_notes(draft_id),
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
    attempts = parse_json((line("attempts") or "[]").encode())
    act = checked(SubmitReport, {"content": content, "offer_token": line("offer_token"), "attempts": attempts})
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
