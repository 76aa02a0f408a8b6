"""What the editors' desk shows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, tuple_
from sqlalchemy.orm import Session

from contracts.rpc import desk as rpc
from contracts.rpc.attachments import Attachment
from contracts.vocabulary import DeskState, Secrecy
from kernel.errors import NotFound
from kernel.principal import Principal
from kernel.service import Reading
from services.review.model.adoptions import Adoption
from services.review.model.desk import DeskItem, folded
from services.review.queries.cursors import cursor_after, cut, read_cursor

_KEY = (DeskItem.urgency, DeskItem.received_at, DeskItem.report_id)


SEARCHED_BACK = timedelta(days=400)
"""A search among decided reports reads every title in reach; older ones are found by the reports' own index (R16)."""


def list_queue(reading: Reading, request: rpc.ListQueue) -> rpc.QueuePage:
    """Urgent first by severity, then the oldest. Without a state: everything that is not decided yet."""
    rows = reading.session.scalars(_queue(reading, request).limit(request.limit + 1)).all()
    page, last = cut(rows, request.limit)
    adoptions = _adoptions_in_force(reading.session, [item.report_id for item in page])
    return rpc.QueuePage(
        items=[_shown(item, adoptions.get(item.report_id)) for item in page],
        next_cursor=cursor_after(last.urgency, last.received_at, last.report_id) if last else None,
    )


def get_desk_item(reading: Reading, request: rpc.ReportId) -> rpc.DeskItem:
    """One report on the desk; looking at it here does not mark it as seen."""
    return item_shown(reading.session, visible_item(reading.session, reading.principal, request.report_id))


def visible_item(session: Session, principal: Principal, report_id: UUID, *, lock: bool = False) -> DeskItem:
    """The item, within the person's clearance. Raises `NotFound`."""
    statement = _readable(principal).where(DeskItem.report_id == report_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    item = session.scalar(statement)
    if item is None:
        raise NotFound("编辑处没有这条信息。", "There is no such report on the desk.")
    return item


def adoption_in_force(session: Session, report_id: UUID) -> Adoption | None:
    """The report's adoption that has not been withdrawn; there is at most one."""
    return _adoptions_in_force(session, [report_id]).get(report_id)


def item_shown(session: Session, item: DeskItem) -> rpc.DeskItem:
    """A desk item as the contract tells it."""
    return _shown(item, adoption_in_force(session, item.report_id))


def _queue(reading: Reading, request: rpc.ListQueue) -> Select[DeskItem]:
    statement = _readable(reading.principal).order_by(*_KEY)
    if request.state is None:
        # Spelled as in the partial index, which a list of states would not match.
        statement = statement.where(DeskItem.state != DeskState.DECIDED)
    else:
        statement = statement.where(DeskItem.state == request.state)
    if request.q:
        statement = statement.where(DeskItem.search_text.contains(folded(request.q), autoescape=True))
        if request.state == DeskState.DECIDED:
            statement = statement.where(DeskItem.received_at > reading.now - SEARCHED_BACK)
    if request.cursor:
        statement = statement.where(tuple_(*_KEY) > read_cursor(request.cursor, int, datetime, UUID))
    return statement


def _readable(principal: Principal) -> Select[DeskItem]:
    return select(DeskItem).where(DeskItem.secrecy.in_(Secrecy.up_to(principal.clearance)))


def _adoptions_in_force(session: Session, report_ids: Sequence[UUID]) -> dict[UUID, Adoption]:
    statement = select(Adoption).where(Adoption.report_id.in_(report_ids), Adoption.withdrawn_at.is_(None))
    return {adoption.report_id: adoption for adoption in session.scalars(statement)}


def _shown(item: DeskItem, adoption: Adoption | None) -> rpc.DeskItem:
    copied: dict[str, Any] = {
        name: getattr(item, name)
        for name in (
            "report_id", "receipt_number", "number", "version", "report_version", "kind", "severity", "unit_id",
            "unit_name", "unit_class", "title", "body", "occurred_at", "received_at", "signer_name", "late", "state",
            "decision", "claimed_by", "seen_by", "seen_at", "drill", "amended_act", "amended_reason",
        )
    }  # fmt: skip
    return rpc.DeskItem(
        **copied,
        adoption_id=adoption.adoption_id if adoption else None,
        issue_id=adoption.issue_id if adoption else None,
        assignment_id=None,
        attachments=[Attachment.model_validate(told) for told in item.attachments],
    )
