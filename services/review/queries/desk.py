"""What the editors' desk shows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Integer,
    Row,
    Select,
    Text,
    and_,
    any_,
    bindparam,
    literal_column,
    select,
    tuple_,
)
from sqlalchemy.orm import Session

from contracts.rpc import desk as rpc
from contracts.rpc.attachments import Attachment
from contracts.vocabulary import DeskState, Secrecy
from kernel.cursors import cursor_after, cut, read_cursor
from kernel.errors import NotFound
from kernel.prepared import Prepared
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
_FILTERS = ("decision", "unit_id", "unit_class", "kind", "severity", "leaning", "topic")
_CONDITIONS: dict[str, ColumnElement[bool]] = {
    "cleared": DeskItem.secrecy == any_(bindparam("cleared", type_=ARRAY(Text))),
    "editor": DeskItem.claimed_by_id == bindparam("editor"),
    "decided_since": DeskItem.decided_at > bindparam("decided_since"),
    "words": DeskItem.search_text.contains(bindparam("words", type_=Text), escape="/"),
    "received_since": DeskItem.received_at > bindparam("received_since"),
    **{name: getattr(DeskItem, name) == bindparam(name) for name in ("state", *_FILTERS)},
}
_LIKE_NOTHING_ELSE = re.compile(r"[/%_]")
"""What would stand for other text in a pattern."""

SEARCHED_BACK = timedelta(days=400)
"""A search among decided reports reads every title in reach; older ones are found by the reports' own index (R16)."""
LATELY = timedelta(hours=24)
"""How long an editor's own decisions are listed as his."""


def list_queue(reading: Reading, request: rpc.ListQueue) -> rpc.QueuePage:
    """Urgent first by severity, then what is due, then the oldest. Without state and decision: what is not decided.

    Columns and one statement, put together once, instead of objects and two: every editor asks every few seconds.
    """
    values = _values(reading, request)
    rows = _queue(_is_open(request), tuple(values)).rows(reading.session, values)
    page, last = cut(rows, request.limit)
    key = _OPEN_KEY if _is_open(request) else _KEY
    next_cursor = cursor_after(*(getattr(last, column.key) for column in key)) if last else None
    # Checked as one page: checking every item by itself, and then once more as part of the page, takes twice as long.
    return rpc.QueuePage.model_validate({"items": [_row_shown(row) for row in page], "next_cursor": next_cursor})


def list_passings(reading: Reading, request: rpc.ReportId) -> rpc.Passings:
    """Where a report was passed upward to, and what became of it there. Raises `NotFound`."""
    visible_item(reading.session, reading.principal, request.report_id)
    passings = reading.session.scalars(
        select(Passing)
        .where(Passing.report_id == request.report_id)
        .order_by(Passing.passed_at, Passing.passing_id)
    )
    outcomes = reading.session.scalars(
        select(ReportOutcome)
        .where(ReportOutcome.report_id == request.report_id)
        .order_by(ReportOutcome.happened_at, ReportOutcome.recorded_at, ReportOutcome.outcome_id)
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


def _values(reading: Reading, request: rpc.ListQueue) -> dict[str, Any]:
    """What narrows the list, by the names of `_CONDITIONS` or of the key, and how much of it is wanted."""
    cleared = [str(secrecy) for secrecy in Secrecy.up_to(reading.principal.clearance)]
    values: dict[str, Any] = {"limit": request.limit + 1, "cleared": cleared}
    if request.state in (DeskState.WAITING, DeskState.CLAIMED):
        values["state"] = str(request.state)
    if request.mine:
        values["editor"] = reading.principal.id
        if not _is_open(request):
            values["decided_since"] = reading.now - LATELY
    for name in _FILTERS:
        if (wanted := getattr(request, name)) is not None:
            values[name] = wanted if isinstance(wanted, UUID) else str(wanted)
    if request.q:
        values["words"] = _LIKE_NOTHING_ELSE.sub(r"/\g<0>", folded(request.q))
        if request.state == DeskState.DECIDED:
            values["received_since"] = reading.now - SEARCHED_BACK
    return values | _behind(request)


def _behind(request: rpc.ListQueue) -> dict[str, Any]:
    """The key behind which the page begins."""
    if not request.cursor:
        return {}
    key = _OPEN_KEY if _is_open(request) else _KEY
    last = read_cursor(request.cursor, *(column.type.python_type for column in key))
    return {f"last_{column.key}": value for column, value in zip(key, last, strict=True)}


@lru_cache(maxsize=256)
def _queue(is_open: bool, names: tuple[str, ...]) -> Prepared:
    """The statement that these values narrow."""
    key = _OPEN_KEY if is_open else _KEY
    statement = _SHOWN.order_by(*key).limit(bindparam("limit", type_=Integer))
    # Spelled as in the partial indexes, which a list of states or a value would not match.
    statement = statement.where(DeskItem.state.op("<>" if is_open else "=")(literal_column("'decided'")))
    statement = statement.where(*(_CONDITIONS[name] for name in names if name in _CONDITIONS))
    if f"last_{key[0].key}" in names:
        last = tuple_(*(bindparam(f"last_{column.key}", type_=column.type) for column in key))
        statement = statement.where(tuple_(*key) > last)
    return Prepared(statement)


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
