"""What the editors' desk shows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, literal_column, select, tuple_
from sqlalchemy.orm import Session

from contracts.rpc import desk as rpc
from contracts.rpc.attachments import Attachment
from contracts.vocabulary import DeskState, Secrecy
from kernel.cursors import cursor_after, cut, read_cursor
from kernel.errors import NotFound
from kernel.principal import Principal
from kernel.service import Reading
from kernel.words import columns_as_kept
from services.review.model.adoptions import Adoption
from services.review.model.desk import NEVER, DeskItem, folded
from services.review.model.outcomes import ReportOutcome
from services.review.model.passings import Passing

_OPEN_KEY = (DeskItem.urgency, DeskItem.due_at, DeskItem.received_at, DeskItem.report_id)
_KEY = (DeskItem.urgency, DeskItem.received_at, DeskItem.report_id)
_COPIED = (
    "report_id", "receipt_number", "number", "version", "report_version", "kind", "severity", "unit_id", "unit_name",
    "unit_class", "title", "body", "occurred_at", "received_at", "signer_name", "late", "state", "decision",
    "claimed_by", "seen_by", "seen_at", "drill", "amended_act", "amended_reason", "topic", "leaning", "claimed_by_id",
    "claimed_until", "taken_from", "handed_by", "handover_note", "decided_at", "assignment_id",
)  # fmt: skip
"""Told as they are kept."""
_SHOWN: Select[Any] = select(
    *columns_as_kept(DeskItem, (*_COPIED, "attachments")), *columns_as_kept(Adoption, ("adoption_id", "issue_id")),
    *columns_as_kept(DeskItem, ("due_at", "urgency")),
).outerjoin_from(
    DeskItem, Adoption, and_(Adoption.report_id == DeskItem.report_id, Adoption.withdrawn_at.is_(None))
)  # fmt: skip
_NAMES = (*_COPIED, "attachments", "adoption_id", "issue_id")
"""The first columns of `_SHOWN`, told as they are; `due_at` and `urgency` follow."""
_FILTERS = ("unit_id", "unit_class", "kind", "severity", "leaning", "topic")

SEARCHED_BACK = timedelta(days=400)
"""A search among decided reports reads every title in reach; older ones are found by the reports' own index (R16)."""
LATELY = timedelta(hours=24)
"""How long an editor's own decisions are listed as his."""


def list_queue(reading: Reading, request: rpc.ListQueue) -> rpc.QueuePage:
    """Urgent first by severity, then what is due, then the oldest. Without state and decision: what is not decided.

    Columns and one statement instead of objects and two: the page is asked for every few seconds by every editor.
    """
    rows = reading.session.connection().execute(_queue(reading, request).limit(request.limit + 1)).all()
    page, last = cut(rows, request.limit)
    key = _OPEN_KEY if _is_open(request) else _KEY
    next_cursor = cursor_after(*(getattr(last, column.key) for column in key)) if last else None
    # Checked as one page: checking every item by itself, and then once more as part of the page, takes twice as long.
    return rpc.QueuePage.model_validate({"items": [_row_shown(row) for row in page], "next_cursor": next_cursor})


def list_passings(reading: Reading, request: rpc.ReportId) -> rpc.Passings:
    """Where a report was passed upward to, and what became of it there. Raises `NotFound`."""
    visible_item(reading.session, reading.principal, request.report_id)
    passings = reading.session.scalars(
        select(Passing).where(Passing.report_id == request.report_id).order_by(Passing.passed_at)
    )
    outcomes = reading.session.scalars(
        select(ReportOutcome).where(ReportOutcome.report_id == request.report_id).order_by(ReportOutcome.happened_at)
    )
    return rpc.Passings(
        passings=[
            rpc.Passing(**{name: getattr(passing, name) for name in rpc.Passing.model_fields}) for passing in passings
        ],
        outcomes=[
            rpc.ToldOutcome(**{name: getattr(outcome, name) for name in rpc.ToldOutcome.model_fields})
            for outcome in outcomes
        ],
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


def _is_open(request: rpc.ListQueue) -> bool:
    """Whether the list holds open items only, which are ordered by their due times too."""
    return request.decision is None and request.state != DeskState.DECIDED


def _queue(reading: Reading, request: rpc.ListQueue) -> Select[Any]:
    statement = _SHOWN.where(_cleared(reading.principal))
    # Spelled as in the partial indexes, which a list of states would not match.
    if _is_open(request):
        statement = statement.order_by(*_OPEN_KEY).where(DeskItem.state != DeskState.DECIDED)
    else:
        statement = statement.order_by(*_KEY).where(DeskItem.state == literal_column("'decided'"))
    if request.state in (DeskState.WAITING, DeskState.CLAIMED):
        statement = statement.where(DeskItem.state == request.state)
    if request.decision:
        statement = statement.where(DeskItem.decision == request.decision)
    if request.mine:
        statement = _of_editor(statement, reading, decided=not _is_open(request))
    for name in _FILTERS:
        if (wanted := getattr(request, name)) is not None:
            statement = statement.where(getattr(DeskItem, name) == wanted)
    if request.q:
        statement = statement.where(DeskItem.search_text.contains(folded(request.q), autoescape=True))
        if request.state == DeskState.DECIDED:
            statement = statement.where(DeskItem.received_at > reading.now - SEARCHED_BACK)
    return _behind(statement, request)


def _of_editor(statement: Select[Any], reading: Reading, *, decided: bool) -> Select[Any]:
    statement = statement.where(DeskItem.claimed_by_id == reading.principal.id)
    return statement.where(DeskItem.decided_at > reading.now - LATELY) if decided else statement


def _behind(statement: Select[Any], request: rpc.ListQueue) -> Select[Any]:
    """What follows the page before."""
    if not request.cursor:
        return statement
    if _is_open(request):
        return statement.where(tuple_(*_OPEN_KEY) > read_cursor(request.cursor, int, datetime, datetime, UUID))
    return statement.where(tuple_(*_KEY) > read_cursor(request.cursor, int, datetime, UUID))


def _readable(principal: Principal) -> Select[DeskItem]:
    return select(DeskItem).where(_cleared(principal))


def _cleared(principal: Principal) -> ColumnElement[bool]:
    return DeskItem.secrecy.in_(Secrecy.up_to(principal.clearance))


def _adoptions_in_force(session: Session, report_ids: Sequence[UUID]) -> dict[UUID, Adoption]:
    statement = select(Adoption).where(Adoption.report_id.in_(report_ids), Adoption.withdrawn_at.is_(None))
    return {adoption.report_id: adoption for adoption in session.scalars(statement)}


def _shown(item: DeskItem, adoption: Adoption | None) -> rpc.DeskItem:
    copied: dict[str, Any] = {name: getattr(item, name) for name in _COPIED}
    return rpc.DeskItem(
        **copied,
        due_at=item.due_at if item.due_at < NEVER else None,
        adoption_id=adoption.adoption_id if adoption else None,
        issue_id=adoption.issue_id if adoption else None,
        attachments=[Attachment.model_validate(told) for told in item.attachments],
    )


def _row_shown(row: Row[Any]) -> dict[str, Any]:
    """The same of a row of `_SHOWN`, still to be checked by the contract."""
    told: dict[str, Any] = dict(zip(_NAMES, row, strict=False))
    told["due_at"] = row.due_at if row.due_at < NEVER else None
    return told
