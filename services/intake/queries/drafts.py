"""A unit's drafts, each with its due time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select, tuple_
from sqlalchemy.orm import Session

from contracts.rpc import drafts as rpc
from contracts.rpc.endorsements import Endorsement, Endorser
from contracts.vocabulary import DraftState, Kind
from kernel.clock import china_day
from kernel.deadlines.model import Deadline
from kernel.principal import Principal
from kernel.service import Reading
from services.intake.model.chain_contents import missing_in
from services.intake.model.drafts import Draft, draft_not_found
from services.intake.model.endorsements import step_before
from services.intake.model.notes import placed
from services.intake.model.report_structures import missing_parts
from services.intake.model.reports import Report
from services.intake.model.severity import Proposal, proposed
from services.intake.queries.deadlines import deadlines_of
from services.intake.queries.endorsements import heads_reply, rule_in_force, section_heads
from services.intake.queries.keyset import cursor_after, instant_after, page
from services.intake.queries.visibility import cleared


def get_draft(reading: Reading, request: rpc.DraftId) -> rpc.Draft:
    """One draft of the reader's unit. Raises `NotFound`."""
    return draft_reply(reading.session, own_draft(reading, request.draft_id), reading.now)


def own_draft(reading: Reading, draft_id: UUID) -> Draft:
    """A draft that the reader may see: of his unit, not above his clearance. Raises `NotFound`."""
    return visible_draft(reading.session, reading.principal, draft_id)


def visible_draft(session: Session, reader: Principal, draft_id: UUID) -> Draft:
    """The same, without an instant of reading."""
    draft = session.get(Draft, draft_id)
    if draft is None:
        raise draft_not_found(draft_id)
    draft.check_reader(reader)
    check_cleared(session, reader, draft)
    return draft


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
    endorsers = _endorsers(reading.session, drafts, reading.now)
    return rpc.DraftPage(
        items=[
            _reply(draft, deadlines.get(draft.deadline_subject), endorsers.get(draft.id, []), reading.now)
            for draft in drafts
        ],
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
    deadline = deadlines_of(session, [subject]).get(subject) if _urgent(draft) else None
    return _reply(draft, deadline, _endorsers(session, [draft], now).get(draft.id, []), now)


def _endorsers(session: Session, drafts: Sequence[Draft], now: datetime) -> dict[UUID, list[Endorser]]:
    """Those who may endorse today, for each of a unit's drafts that waits for it."""
    waiting = [draft for draft in drafts if draft.state is DraftState.AWAITING_ENDORSEMENT]
    if not waiting:
        return {}
    unit_id, day = waiting[0].unit_id, china_day(now)
    rule, heads = rule_in_force(session, unit_id), section_heads(session, unit_id, day)
    return {draft.id: heads_reply(step_before(rule, draft, heads, day).endorsers, unit_id, day) for draft in waiting}


def _urgent(draft: Draft) -> bool:
    return Kind(draft.content_data["kind"]) is Kind.URGENT_FIRST


def _proposal(draft: Draft) -> Proposal | None:
    """What the figures say, once a category is chosen."""
    content = draft.content
    if content.incident is None or content.incident.category is None:
        return None
    return proposed(content.incident.category, content.incident.figures, content.occurred_at or draft.created_at)


def _endorsement(draft: Draft) -> Endorsement | None:
    if draft.endorsed_by_id is None or draft.endorsed_by is None or draft.endorsed_at is None:
        return None
    return Endorsement(
        endorsed_by_id=draft.endorsed_by_id, endorsed_by=draft.endorsed_by, endorsed_at=draft.endorsed_at
    )


def _reply(draft: Draft, deadline: Deadline | None, endorsers: list[Endorser], now: datetime) -> rpc.Draft:
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
        returned_by=draft.returned_by,
        notes=[placed(note, content) for note in draft.returned_notes()],
        endorsement=_endorsement(draft),
        endorsers=endorsers,
        unendorsed=draft.unendorsed,
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
        missing_parts=missing_parts(content.kind, content.body),
    )
