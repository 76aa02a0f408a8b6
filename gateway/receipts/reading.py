"""Receipts as their readers may see them: units their own, the city all, audit the hash only (access.md)."""

from __future__ import annotations

import re
from typing import Any

from pydantic import Field
from sqlalchemy import Label, Select, func, select, true
from sqlalchemy.orm import Session
from sqlalchemy.sql.selectable import LateralFromClause

from contracts.model import Instant, Strict, Text
from contracts.receipts import SignOffStatement
from contracts.rpc.content import Content
from contracts.rpc.paging import ListQuery
from contracts.vocabulary import UNIT_ROLES, URGENT_KINDS, AmendmentAct, Kind, ReceiptState, Role, Severity
from gateway.attachments.naming import rank_of
from gateway.model.receipts import receipt_progress, receipts, report_acknowledgements, report_classes
from gateway.receipts.progress import acknowledged_words, seen_words
from kernel.clock import SHANGHAI
from kernel.errors import Invalid, NotFound
from kernel.principal import Principal

NUMBER = re.compile(r"[0-9]{4}-[0-9]{7,12}")


class Progress(Strict):
    """What became of the document so far; `seen_zh` is the plain answer: the city has seen it, or not yet.

    Names, decision and remarks are for those who may read the document whole.
    """

    state: ReceiptState
    registered_at: Instant | None
    queued_at: Instant | None
    acknowledged_by: str | None = None
    acknowledged_at: Instant | None = None
    acknowledged_zh: str | None = None
    """Of an urgent document: which duty officer took note of it and when, or not yet. None for others."""
    acknowledged_en: str | None = None
    seen_by: str | None
    seen_at: Instant | None
    seen_zh: str
    seen_en: str
    decision: str | None
    decided_at: Instant | None
    remarks: str | None


class ReceiptView(Strict):
    """`receipt` is the document as it was given, signature included; only those who may read it whole get it."""

    number: str
    kind: Kind | None
    title: str | None
    severity: Severity | None
    content_hash: str | None
    received_at: Instant
    receipt: dict[str, Any] | None
    sign_off: SignOffStatement | None = None
    """Who wrote and who signed, by which post; for those who may read the document whole."""
    amended_by: str | None = None
    """Receipt number of the newest later version of the same report that corrects or withdraws it."""
    amended_act: AmendmentAct | None = None
    withheld: bool = False
    """The secrecy class was raised above the reader's clearance: number and times are left."""
    drill: bool = False
    progress: Progress


class ReceiptPage(Strict):
    items: list[ReceiptView]
    next_cursor: str | None = None


class ListReceipts(ListQuery):
    """Newest first; the cursor is the last number shown."""

    kind: Kind | None = None
    number: Text | None = Field(default=None, pattern=r"^[0-9]{4}-[0-9]{7,12}$")


def list_receipts(session: Session, principal: Principal, query: ListReceipts) -> ReceiptPage:
    """One page of the receipts this person may see."""
    statement = _visible(principal).order_by(receipts.c.number.desc()).limit(query.limit + 1)
    if query.cursor:
        statement = statement.where(receipts.c.number < _cursor(query.cursor))
    if query.kind:
        statement = statement.where(receipts.c.kind == query.kind)
    if query.number:
        statement = statement.where(receipts.c.number == query.number)
    rows = session.execute(statement).all()
    page = [_view(row, principal) for row in rows[: query.limit]]
    return ReceiptPage(items=page, next_cursor=page[-1].number if len(rows) > query.limit else None)


def get_receipt(session: Session, principal: Principal, number: str) -> ReceiptView:
    """One receipt. Raises `NotFound` alike for absent and foreign ones."""
    statement = _visible(principal).where(receipts.c.number == number)
    row = session.execute(statement).one_or_none() if NUMBER.fullmatch(number) else None
    if row is None:
        raise NotFound("未找到该回执。", "No such receipt.")
    return _view(row, principal)


def get_content(session: Session, principal: Principal, number: str) -> Content | None:
    """What was signed, to the word, from the gateway's own database; None for those who may not read it whole."""
    if not _reads_whole(principal):
        return None
    row = session.execute(_visible(principal).where(receipts.c.number == number)).one()
    return None if row.withheld else Content.model_validate(row.content)


def _reads_whole(principal: Principal) -> bool:
    return principal.holds(*UNIT_ROLES, Role.EDITOR, Role.CHIEF_EDITOR)


def _visible(principal: Principal) -> Select[Any]:
    noted = (report_acknowledgements.c.acknowledged_by, report_acknowledgements.c.acknowledged_at)
    amending = _amending()
    statement = (
        select(receipts, receipt_progress, *noted, *amending.c, _withheld_from(principal))
        .select_from(receipts)
        .outerjoin(amending, true())
        .outerjoin(report_classes, receipts.c.report_id == report_classes.c.report_id)
        .outerjoin(receipt_progress, receipts.c.number == receipt_progress.c.number)
        .outerjoin(report_acknowledgements, receipts.c.report_id == report_acknowledgements.c.report_id)
    )
    if reads_all(principal):
        return statement
    return statement.where(receipts.c.unit_id == principal.unit_id)


def _amending() -> LateralFromClause:
    """The newest later version of the same report, where it corrects or withdraws."""
    later = receipts.alias("later")
    act = later.c.content["amendment", "act"].astext
    return (
        select(later.c.number.label("amended_by"), act.label("amended_act"))
        .where(later.c.report_id == receipts.c.report_id, later.c.version > receipts.c.version, act.is_not(None))
        .order_by(later.c.version.desc())
        .limit(1)
        .lateral("amending")
    )


def _withheld_from(principal: Principal) -> Label[bool]:
    """Whether its class was raised above the reader's clearance."""
    return (func.coalesce(report_classes.c.rank, -1) > rank_of(principal)).label("withheld")


def reads_all(principal: Principal) -> bool:
    """Whether somebody sees receipts of all units: nobody who holds a unit's role, whatever else he holds."""
    return not principal.holds(*UNIT_ROLES) and principal.holds(
        Role.EDITOR, Role.CHIEF_EDITOR, Role.DUTY_OFFICER, Role.AUDIT_ADMINISTRATOR
    )


def _view(row: Any, principal: Principal) -> ReceiptView:
    whole = _reads_whole(principal) and not row.withheld
    named = whole or (principal.holds(Role.DUTY_OFFICER) and not row.withheld)
    hashed = whole or principal.holds(Role.AUDIT_ADMINISTRATOR)
    return ReceiptView(
        number=row.number,
        kind=row.kind if named else None,
        title=row.title if named else None,
        severity=row.severity if named else None,
        content_hash=row.content_hash if hashed else None,
        received_at=row.received_at,
        receipt=row.document if whole else None,
        sign_off=SignOffStatement.model_validate(row.sign_off) if whole else None,
        amended_by=row.amended_by,
        amended_act=row.amended_act,
        withheld=row.withheld,
        drill=named and bool(row.content.get("drill")),
        progress=_whole_progress(row) if whole else _reduced_progress(row, times=named),
    )


def _whole_progress(row: Any) -> Progress:
    shown = f"{row.seen_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if row.seen_at else ""
    seen_zh, seen_en = seen_words(row.seen_by, row.seen_at, shown)
    return Progress(
        state=_state(row, acknowledged=True), registered_at=row.registered_at, queued_at=row.queued_at,
        seen_by=row.seen_by, seen_at=row.seen_at, seen_zh=seen_zh, seen_en=seen_en, decision=row.decision,
        decided_at=row.decided_at, remarks=row.remarks, **_acknowledged(row),
    )


def _reduced_progress(row: Any, *, times: bool) -> Progress:
    """Where it stands, without who read it and what was decided and written about it (access.md)."""
    seen_zh, seen_en = ("市里已阅", "the city has seen it") if row.seen_at else seen_words(None, None, "")
    registered_at, queued_at, seen_at = (row.registered_at, row.queued_at, row.seen_at) if times else (None,) * 3
    return Progress(
        state=_state(row, acknowledged=times), registered_at=registered_at, queued_at=queued_at, seen_by=None,
        seen_at=seen_at,
        seen_zh=seen_zh, seen_en=seen_en, decision=None, decided_at=None, remarks=None,
        **(_acknowledged(row) if times else {}),
    )


def _acknowledged(row: Any) -> dict[str, Any]:
    by, at = row.acknowledged_by, row.acknowledged_at
    zh, en = acknowledged_words(by, at, row.received_at, row.kind in URGENT_KINDS)
    return {"acknowledged_by": by, "acknowledged_at": at, "acknowledged_zh": zh, "acknowledged_en": en}


def _state(row: Any, *, acknowledged: bool) -> ReceiptState:
    """How far it has come; that it was acknowledged tells that it is urgent, which not everybody is told."""
    if row.seen_at:
        return ReceiptState.SEEN
    if row.acknowledged_at and acknowledged:
        return ReceiptState.ACKNOWLEDGED
    if row.queued_at:
        return ReceiptState.ON_THE_DESK
    return ReceiptState.REGISTERED if row.registered_at else ReceiptState.ACCEPTED


def _cursor(cursor: str) -> str:
    if not NUMBER.fullmatch(cursor):
        raise Invalid("分页游标无效。", "This cursor is not one of ours.", pointer="/cursor")
    return cursor
