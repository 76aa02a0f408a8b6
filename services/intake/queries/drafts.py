"""A unit's drafts, each with its due time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, exists, select, tuple_
from sqlalchemy.orm import Session

from contracts.rpc import drafts as rpc
from contracts.vocabulary import Kind
from kernel.deadlines.model import Deadline
from kernel.principal import Principal
from kernel.service import Reading
from services.intake.model.chain_contents import missing_in
from services.intake.model.drafts import Draft, draft_not_found
from services.intake.model.reports import Report
from services.intake.model.severity import Proposal, proposed
from services.intake.queries.deadlines import deadlines_of
from services.intake.queries.keyset import cursor_after, instant_after, page
from services.intake.queries.visibility import cleared


def get_draft(reading: Reading, request: rpc.DraftId) -> rpc.Draft:
    """One draft of the reader's unit. Raises `NotFound`."""
    draft = reading.session.get(Draft, request.draft_id)
    if draft is None:
        raise draft_not_found(request.draft_id)
    draft.check_reader(reading.principal)
    check_cleared(reading.session, reading.principal, draft)
    return draft_reply(reading.session, draft, reading.now)


def list_drafts(reading: Reading, request: rpc.ListDrafts) -> rpc.DraftPage:
    """Drafts of the reader's unit, the last changed first."""
    query = (
        select(Draft)
        .where(Draft.unit_id == reading.principal.unit_id, ~_above(reading.principal))
        .order_by(Draft.changed_at.desc(), Draft.id.desc())
        .limit(request.limit + 1)
    )
    if request.state:
        query = query.where(Draft.state == request.state)
    if request.cursor:
        query = query.where(tuple_(Draft.changed_at, Draft.id) < instant_after(request.cursor))
    drafts, last = page(list(reading.session.scalars(query)), request.limit)
    deadlines = deadlines_of(reading.session, [draft.deadline_subject for draft in drafts if _urgent(draft)])
    return rpc.DraftPage(
        items=[_reply(draft, deadlines.get(draft.deadline_subject), reading.now) for draft in drafts],
        next_cursor=cursor_after(last.changed_at, last.id) if last else None,
    )


def check_cleared(session: Session, reader: Principal, draft: Draft) -> None:
    """Raise `NotFound` for a draft of a report whose class was raised above the reader's clearance."""
    if session.scalar(select(Draft.id).where(Draft.id == draft.id, _above(reader))):
        raise draft_not_found(draft.id)


def _above(reader: Principal) -> ColumnElement[bool]:
    """Drafts that became, or revise, a report above the reader's clearance."""
    return exists().where(Report.id == Draft.report_id, Report.secrecy.not_in(cleared(reader)))


def draft_reply(session: Session, draft: Draft, now: datetime) -> rpc.Draft:
    """The draft as its unit sees it now."""
    session.flush()
    subject = draft.deadline_subject
    return _reply(draft, deadlines_of(session, [subject]).get(subject) if _urgent(draft) else None, now)


def _urgent(draft: Draft) -> bool:
    return Kind(draft.content_data["kind"]) is Kind.URGENT_FIRST


def _proposal(draft: Draft) -> Proposal | None:
    """What the figures say, once a category is chosen."""
    content = draft.content
    if content.incident is None or content.incident.category is None:
        return None
    return proposed(content.incident.category, content.incident.figures, content.occurred_at or draft.created_at)


def _reply(draft: Draft, deadline: Deadline | None, now: datetime) -> rpc.Draft:
    content = draft.content
    explanation, proposal = deadline.explain() if deadline else None, _proposal(draft)
    return rpc.Draft(
        draft_id=draft.id,
        version=draft.version,
        state=draft.state,
        unit_id=draft.unit_id,
        author_id=draft.author_id,
        author_name=draft.author_name,
        content=content,
        remarks=draft.remarks,
        created_at=draft.created_at,
        changed_at=draft.changed_at,
        due_at=deadline.due_at if deadline else None,
        due_explanation_zh=explanation.zh if explanation else None,
        due_explanation_en=explanation.en if explanation else None,
        receipt_number=draft.receipt_number,
        proposed_severity=proposal.severity if proposal else None,
        proposed_severity_explanation_zh=proposal.explanation_zh if proposal else None,
        proposed_severity_explanation_en=proposal.explanation_en if proposal else None,
        offer_token=draft.offer_token,
        missing=missing_in(content.kind, content.occurred_at, content.place, content.incident, now),
    )
