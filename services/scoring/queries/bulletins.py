"""Reading bulletins, and the sums of the ledger they are made of."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, case, cast, func, select
from sqlalchemy.orm import Session

from contracts.rpc.paging import ListQuery
from contracts.rpc.scoring import Bulletin, BulletinPage, PeriodQuery
from contracts.vocabulary import UnitClass
from kernel.errors import Invalid, NotFound
from kernel.service import Reading
from services.scoring.model.bulletins import IssuedBulletin, Listed, Sum, canonical, compose
from services.scoring.model.causes import Cause
from services.scoring.model.ledger import LedgerEntry
from services.scoring.model.periods import Month, Period
from services.scoring.model.rule_file import hash_of
from services.scoring.model.rulebook import column_order
from services.scoring.model.units import Unit


def compute_bulletin(reading: Reading, request: PeriodQuery) -> Bulletin:
    """The period's bulletin as the ledger stands now; nothing is issued."""
    period = Period.parse(request.period)
    return draft(compose_from_ledger(reading.session, period, roster_of(reading.session, period)))


def get_bulletin(reading: Reading, request: PeriodQuery) -> Bulletin:
    """The issued bulletin of a period. Raises `NotFound`."""
    return shown(find_issued(reading.session, request.period))


def list_bulletins(reading: Reading, request: ListQuery) -> BulletinPage:
    """Issued bulletins, newest first."""
    query = select(IssuedBulletin).order_by(IssuedBulletin.bulletin_id.desc()).limit(request.limit + 1)
    if request.cursor:
        query = query.where(IssuedBulletin.bulletin_id < cursor_of(request.cursor))
    found = reading.session.scalars(query).all()
    more = len(found) > request.limit
    page = found[: request.limit]
    return BulletinPage(
        items=[shown(one) for one in page], next_cursor=str(page[-1].bulletin_id) if more else None
    )


def find_issued(session: Session, period: str) -> IssuedBulletin:
    """Raises `NotFound` when no bulletin of that period has been issued."""
    found = session.scalar(select(IssuedBulletin).where(IssuedBulletin.period == period))
    if found is None:
        title = Period.parse(period).title_zh
        raise NotFound(f"{title}的通报尚未印发。", f"No bulletin has been issued for {period}.")
    return found


def compose_from_ledger(session: Session, period: Period, roster: Sequence[Listed]) -> dict[str, Any]:
    """The bulletin's document from the ledger alone. For an issued one, give its own roster: the same to the byte."""
    return compose(period, roster, _sums(session, period), _rule_titles(session, period))


def roster_of(session: Session, period: Period) -> list[Listed]:
    """Every reporting unit of the period, and any other that has points; those unknown to the directory unnamed."""
    scored = set(
        session.scalars(
            select(LedgerEntry.unit_id).where(LedgerEntry.period.between(period.first, period.last)).distinct()
        )
    )
    units = {unit.unit_id: unit for unit in session.scalars(select(Unit))}
    listed = [
        Listed(unit.unit_id, unit.name, unit.unit_class, unit.pinyin)
        for unit in units.values()
        if unit.reports_in(period) or unit.unit_id in scored
    ]
    return listed + [_unnamed(session, unit_id) for unit_id in sorted(scored - units.keys())]


def is_unnamed(unit: Listed) -> bool:
    return not unit.pinyin


def closed_up_to(session: Session) -> Month | None:
    """The last month whose points are settled by an issued bulletin."""
    return session.scalar(select(func.max(IssuedBulletin.last_month)))


def draft(document: dict[str, Any]) -> Bulletin:
    """The reply for a document that is not issued."""
    return _reply(document, content_hash=hash_of(canonical(document)))


def shown(issued: IssuedBulletin) -> Bulletin:
    """The reply for an issued bulletin, from the document that was issued."""
    return _reply(
        document_of(issued),
        bulletin_id=issued.bulletin_id,
        issued_at=issued.issued_at,
        content_hash=issued.content_hash,
        evidence=issued.evidence,
    )


def document_of(issued: IssuedBulletin) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(issued.document)
    return document


def _reply(document: dict[str, Any], **issue: Any) -> Bulletin:
    fields = {name: document[name] for name in ("period", "title", "lines", "corrections")}
    unissued = {"bulletin_id": None, "issued_at": None, "evidence": None}
    return Bulletin.model_validate(unissued | fields | {"rule_titles": ordered_titles(document)} | issue)


def ordered_titles(document: dict[str, Any]) -> dict[str, str]:
    """Headings of the rules in the order of their columns; canonical JSON itself keeps no order of ours."""
    titles: dict[str, str] = document["rule_titles"]
    return dict(sorted(titles.items(), key=lambda one: column_order(one[0])))


def _unnamed(session: Session, unit_id: UUID) -> Listed:
    unit_class = session.scalar(
        select(Cause.facts["unit_class"][0].astext).where(Cause.unit_id == unit_id).limit(1)
    )
    return Listed(unit_id, f"（名称未登记的单位 {str(unit_id)[:8]}）", unit_class or UnitClass.AFFILIATED, "")


def _sums(session: Session, period: Period) -> list[Sum]:
    """Points and counts from January to the period's end, by unit, months and rule."""
    keys = (LedgerEntry.unit_id, LedgerEntry.month, LedgerEntry.period, LedgerEntry.rule)
    count = func.sum(case((LedgerEntry.reverses.is_(None), 1), else_=-1))
    rows = session.execute(
        select(*keys, func.sum(LedgerEntry.points), cast(count, Integer))
        .where(LedgerEntry.period.between(period.year_begin, period.last))
        .group_by(*keys)
    )
    return [Sum(*row) for row in rows]


def _rule_titles(session: Session, period: Period) -> dict[str, str]:
    """Heading of each rule posted in the period, as the newest posting has it."""
    rows = session.execute(
        select(LedgerEntry.rule, LedgerEntry.rule_title)
        .where(LedgerEntry.period.between(period.first, period.last))
        .order_by(LedgerEntry.number)
    )
    return {row.rule: row.rule_title for row in rows}


def cursor_of(text: str) -> UUID:
    """The id a cursor stands for. Raises `Invalid`."""
    try:
        return UUID(text)
    except ValueError as error:
        raise Invalid(
            "游标无效，请从第一页重新读取。",
            "The cursor is not one of ours; begin at the first page.",
            pointer="/cursor",
        ) from error
