"""Writing, offering, returning and dropping drafts; a draft becomes signed when its acceptance arrives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from contracts.events.gateway import ReportAccepted
from contracts.events.intake import DraftOffered, DraftReturned
from contracts.receipts import digest
from contracts.rpc import drafts as rpc
from contracts.rpc.content import Content
from contracts.vocabulary import Kind, ReportState
from kernel.database import Work
from kernel.errors import Conflict, Forbidden, Invalid
from services.intake import occurrences, pre_reports, urgent
from services.intake.model.contents import check_content, check_drill
from services.intake.model.drafts import Draft, draft_not_found
from services.intake.model.reports import Report, content_of
from services.intake.model.time_limits import time_limits
from services.intake.model.units import Unit
from services.intake.queries.drafts import check_cleared, draft_reply

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
        draft.save(work.principal, request.content, request.version, work.now)
    work.session.flush()
    pre_reports.take_up(work, draft)
    urgent.begin_for_draft(work, draft, unit, occurrences.state_in_draft(work, draft, unit))
    work.audit("draft.saved", draft.id, draft.version, content=digest(draft.content_data))
    return draft_reply(work.session, draft, work.now)


def offer_draft(work: Work, request: rpc.OfferDraft, seal: Seal) -> rpc.Draft:
    """Offer it to the unit's responsible leader, with intake's seal on what is offered. Raises `Refusal`."""
    draft = _own_draft(work, request.draft_id)
    _check(work, draft.content, _own_unit(work))
    claims = draft.offer(work.principal, request.version, work.now)
    draft.offer_token = seal(claims)
    offered = DraftOffered(
        draft_id=draft.id,
        unit_id=draft.unit_id,
        kind=draft.content.kind,
        title=draft.content.title,
        author_id=draft.author_id,
        author_name=draft.author_name,
        drill=draft.content.drill,
    )
    work.emit(offered, subject=draft.id, version=draft.version)
    work.audit("draft.offered", draft.id, draft.version, content=claims["content_hash"])
    return draft_reply(work.session, draft, work.now)


def return_draft(work: Work, request: rpc.ReturnDraft) -> rpc.Draft:
    """The responsible leader sends it back with remarks. Raises `Refusal`."""
    draft = _own_draft(work, request.draft_id)
    draft.send_back(work.principal, request.version, request.remarks, work.now)
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
    work.audit("draft.returned", draft.id, draft.version, remarks=request.remarks)
    return draft_reply(work.session, draft, work.now)


def drop_draft(work: Work, request: rpc.DraftId) -> rpc.Draft:
    """Give a draft up. Raises `Refusal`."""
    draft = _own_draft(work, request.draft_id)
    draft.drop(work.principal, work.now)
    if not pre_reports.give_back(work, draft):
        urgent.release_draft(work, draft)
    work.audit("draft.dropped", draft.id, draft.version)
    return draft_reply(work.session, draft, work.now)


def sign_draft(work: Work, draft: Draft, accepted: ReportAccepted) -> None:
    """The gateway accepted the signed document that this draft was."""
    draft.sign(accepted.report_id, accepted.receipt_number, content_of(accepted), work.now)
    work.audit("draft.signed", draft.id, draft.version, receipt_number=accepted.receipt_number)


def _new_draft(work: Work, request: rpc.SaveDraft, unit: Unit) -> Draft:
    if request.version is not None:
        raise draft_not_found(request.draft_id)
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


def _own_unit(work: Work) -> Unit:
    unit_id = work.principal.unit_id
    unit = work.session.get(Unit, unit_id) if unit_id else None
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
