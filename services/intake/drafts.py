"""Writing, offering, returning and dropping drafts; a draft becomes signed when its acceptance arrives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from contracts.events.gateway import ReportAccepted
from contracts.events.intake import DraftEndorsed, DraftOffered, DraftReturned, EndorsementRequested, OfferVoided
from contracts.receipts import digest
from contracts.rpc import drafts as rpc
from contracts.rpc.content import Content
from contracts.rpc.draft_versions import VersionAct
from contracts.vocabulary import Kind, ReportState
from kernel.clock import china_day
from kernel.database import Work
from kernel.errors import Conflict, Forbidden, Invalid
from services.intake import occurrences, pre_reports, urgent
from services.intake.model.contents import check_content, check_drill
from services.intake.model.draft_versions import keep_version
from services.intake.model.drafts import Act, Draft, draft_not_found
from services.intake.model.endorsements import Step, step_before
from services.intake.model.people import Person
from services.intake.model.reports import Report, content_of
from services.intake.model.time_limits import time_limits
from services.intake.model.units import Unit
from services.intake.queries.drafts import check_cleared, draft_reply
from services.intake.queries.endorsements import rule_in_force, section_heads

Seal = Callable[[Mapping[str, Any]], str]
"""Seals claims with intake's key (`Keyring.seal`)."""


def save_draft(work: Work, request: rpc.SaveDraft) -> rpc.Draft:
    """Create a draft or change one; an urgent one starts its clock. Raises `Refusal`."""
    unit = _own_unit(work)
    draft = work.session.get(Draft, request.draft_id, with_for_update=True)
    if draft is not None:
        draft.check_reader(work.principal)
        check_cleared(work.session, work.principal, draft)
    _check(work, request.content, unit)
    if draft is None:
        draft = _new_draft(work, request, unit)
    else:
        offered = draft.offered_version
        act: Act = "autosave" if request.automatic else "save"
        draft.save(work.principal, request.content, request.version, work.now, act)
        _tell_voided(work, draft, offered)
    work.session.flush()
    _keep(work, draft, VersionAct.SAVED)
    pre_reports.take_up(work, draft)
    urgent.begin_for_draft(work, draft, unit, occurrences.state_in_draft(work, draft, unit))
    work.audit("draft.saved", draft.id, draft.version, content=digest(draft.content_data))
    return draft_reply(work.session, draft, work.now)


def offer_draft(work: Work, request: rpc.OfferDraft, seal: Seal) -> rpc.Draft:
    """Offer it to the unit's responsible leader, with intake's seal on what is offered; in a unit that wants an
    endorsement first, ask for that. Raises `Refusal`."""
    unit = _own_unit(work, steady=True)
    draft = _own_draft(work, request.draft_id)
    _check(work, draft.content, unit)
    step = _step(work, draft)
    if step.endorsers:
        _request_endorsement(work, draft, request.version, step.endorsers)
        return draft_reply(work.session, draft, work.now)
    claims = draft.offer(work.principal, request.version, work.now, step.left_out)
    draft.offer_token = seal(claims)
    _keep(work, draft, VersionAct.OFFERED)
    tell_offered(work, draft)
    left_out = {"left_out": str(step.left_out)} if step.left_out else {}
    work.audit("draft.offered", draft.id, draft.version, content=claims["content_hash"], **left_out)
    return draft_reply(work.session, draft, work.now)


def endorse_draft(work: Work, request: rpc.EndorseDraft, seal: Seal) -> rpc.Draft:
    """A section head endorses it: from now on the responsible leader can sign it. Raises `Refusal`."""
    draft = _own_draft(work, request.draft_id)
    rule = rule_in_force(work.session, draft.unit_id)
    if rule is not None and not rule.names(work.principal.id):
        raise Forbidden(
            "本单位指定由其他科室负责人核稿。", "Your unit has named other section heads to endorse its drafts."
        )
    claims = draft.endorse(work.principal, request.version, work.now)
    draft.offer_token = seal(claims)
    endorsed = DraftEndorsed(**_told(draft), endorsed_by=work.principal.name)
    work.emit(endorsed, subject=draft.id, version=draft.version)
    work.audit("draft.endorsed", draft.id, draft.version, content=claims["content_hash"])
    return draft_reply(work.session, draft, work.now)


def tell_offered(work: Work, draft: Draft) -> None:
    """The responsible leader has a draft to sign."""
    work.emit(DraftOffered(**_told(draft)), subject=draft.id, version=draft.version)


def _tell_voided(work: Work, draft: Draft, offered: int | None) -> None:
    """The gateway, which signs without asking, hears that what was offered in this version is void."""
    if offered is not None:
        voided = OfferVoided(draft_id=draft.id, unit_id=draft.unit_id, offered_version=offered)
        work.emit(voided, subject=draft.id, version=draft.version)


def _told(draft: Draft) -> dict[str, Any]:
    content = draft.content
    return {
        "draft_id": draft.id, "unit_id": draft.unit_id, "kind": content.kind, "title": content.title,
        "author_id": draft.author_id, "author_name": draft.author_name, "drill": content.drill,
    }  # fmt: skip


def _step(work: Work, draft: Draft) -> Step:
    """What stands before the offer of this draft today."""
    rule, day = rule_in_force(work.session, draft.unit_id), china_day(work.now)
    return step_before(rule, draft, section_heads(work.session, draft.unit_id, day), day)


def _request_endorsement(work: Work, draft: Draft, version: int, endorsers: list[Person]) -> None:
    draft.submit(work.principal, version, work.now)
    _keep(work, draft, VersionAct.OFFERED)
    requested = EndorsementRequested(**_told(draft), endorser_ids=[endorser.id for endorser in endorsers])
    work.emit(requested, subject=draft.id, version=draft.version)
    work.audit("endorsement.requested", draft.id, draft.version, content=digest(draft.content.document()))


def return_draft(work: Work, request: rpc.ReturnDraft) -> rpc.Draft:
    """The responsible leader, or the section head it waits for, sends it back with remarks. Raises `Refusal`."""
    draft = _own_draft(work, request.draft_id)
    offered = draft.offered_version
    draft.send_back(work.principal, request.version, request.remarks, work.now, request.notes)
    _tell_voided(work, draft, offered)
    _keep(work, draft, VersionAct.RETURNED)
    returned = DraftReturned(
        draft_id=draft.id,
        unit_id=draft.unit_id,
        title=draft.content.title,
        author_id=draft.author_id,
        remarks=request.remarks,
        returned_by=work.principal.name,
        drill=draft.content.drill,
    )
    work.emit(returned, subject=draft.id, version=draft.version)
    work.audit("draft.returned", draft.id, draft.version, remarks=request.remarks, notes=draft.notes)
    return draft_reply(work.session, draft, work.now)


def drop_draft(work: Work, request: rpc.DraftId) -> rpc.Draft:
    """Give a draft up. Raises `Refusal`."""
    draft = _own_draft(work, request.draft_id)
    offered = draft.offered_version
    draft.drop(work.principal, work.now)
    _tell_voided(work, draft, offered)
    if not pre_reports.give_back(work, draft):
        urgent.release_draft(work, draft)
    work.audit("draft.dropped", draft.id, draft.version)
    return draft_reply(work.session, draft, work.now)


def sign_draft(work: Work, draft: Draft, accepted: ReportAccepted) -> None:
    """The gateway accepted the signed document that this draft was."""
    if draft.sign(accepted.report_id, accepted.receipt_number, content_of(accepted), work.now):
        signer = accepted.sign_off
        keep_version(work.session, draft, VersionAct.SIGNED, signer.signer_id, signer.signer_name, work.now)
    work.audit("draft.signed", draft.id, draft.version, receipt_number=accepted.receipt_number)


def _keep(work: Work, draft: Draft, act: VersionAct) -> None:
    """Keep the draft as this act of the present person leaves it."""
    who = work.principal
    keep_version(work.session, draft, act, who.person_id, who.name, work.now)


def _new_draft(work: Work, request: rpc.SaveDraft, unit: Unit) -> Draft:
    if request.version is not None:
        raise draft_not_found(request.draft_id)
    unit.check_alive(china_day(work.now))
    draft = Draft.new(request.draft_id, work.principal, unit.id, request.content, work.now)
    work.session.add(draft)
    return draft


def _own_draft(work: Work, draft_id: UUID) -> Draft:
    draft = work.session.get(Draft, draft_id, with_for_update=True)
    if draft is None:
        raise draft_not_found(draft_id)
    draft.check_reader(work.principal)
    check_cleared(work.session, work.principal, draft)
    return draft


def _own_unit(work: Work, steady: bool = False) -> Unit:
    """The unit of whoever acts; `steady`: its settings do not change until this work is done."""
    unit_id = work.principal.unit_id
    unit = work.session.get(Unit, unit_id, with_for_update={"read": True} if steady else None) if unit_id else None
    if unit is None:
        raise Forbidden(
            "您的账号所属单位未在单位名录中登记，请联系系统管理员。",
            "The unit of your account is not in the directory; ask the system administrator.",
        )
    return unit


def _check(work: Work, content: Content, unit: Unit) -> None:
    """Raise `Invalid` or `Conflict` when the content must not be saved or offered."""
    revised = _revised(work.session, content, unit)
    latest = min(work.now, revised.first_received_at) if revised else work.now
    check_content(content, latest_occurrence=latest, limits=time_limits())
    before = revised
    if content.follows_report_id is not None:
        before = _own_report(work.session, content.follows_report_id, unit, "/content/follows_report_id")
        _check_first(before)
    check_drill(content, before.drill if before else None)


def _check_first(followed: Report) -> None:
    if followed.kind is not Kind.URGENT_FIRST:
        raise Invalid(
            f"{followed.number} 是{followed.kind.label}；续报、终报须填写所续的紧急信息首报。",
            f"{followed.number} is {followed.kind}; a follow-up or final report names the first report of its chain.",
            pointer="/content/follows_report_id",
        )


def _revised(session: Session, content: Content, unit: Unit) -> Report | None:
    """The report that the content is a new version of: a returned one, or with an amendment any that stands."""
    if content.report_id is None:
        return None
    report = _own_report(session, content.report_id, unit, "/content/report_id")
    if report.kind is not content.kind:
        raise Invalid(
            f"新版本的种类必须与原件相同（{report.kind.label}）。",
            f"A new version has the kind of the report it revises ({report.kind}).",
            pointer="/content/kind",
        )
    if content.amendment is not None and report.state is not ReportState.WITHDRAWN:
        return report
    if report.state is not ReportState.RETURNED:
        raise Conflict(
            f"该报送{report.state.label}，只有被退回的报送才能修改重报；内容有误的，请提交更正或撤回。",
            f"The report is {report.state}; a new version follows its return; otherwise correct or withdraw it.",
            pointer="/content/report_id",
        )
    return report


def _own_report(session: Session, report_id: UUID, unit: Unit, pointer: str) -> Report:
    report = session.get(Report, report_id)
    if report is None or report.unit_id != unit.id:
        raise Invalid(
            f"本单位没有编号为 {report_id} 的已登记报送。",
            f"Your unit has no registered report {report_id}.",
            pointer=pointer,
        )
    return report
