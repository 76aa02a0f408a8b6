"""Reading the ledger: a unit's lines, and the check that it says what causes and rules say."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contracts.rpc import scoring as rpc
from contracts.rpc.secrecy import WITHHELD_TITLE
from contracts.vocabulary import UNIT_ROLES
from kernel.errors import NotFound
from kernel.principal import Principal
from kernel.service import Reading
from services.scoring.model.causes import Cause, WithheldTitle
from services.scoring.model.ledger import LedgerEntry
from services.scoring.model.periods import Month, Period, month_of
from services.scoring.model.points import plain
from services.scoring.model.rules import RecordedRules, RulesInForce
from services.scoring.model.scoring import score
from services.scoring.model.units import Unit
from services.scoring.queries.bulletins import cursor_of

Sums = dict[tuple[UUID, Month], Decimal]
"""Points by unit and month of the cause."""


def list_ledger(reading: Reading, request: rpc.ListLedger) -> rpc.LedgerPage:
    """Newest first. A unit sees its own lines only; another unit's id answers `NotFound`."""
    query = (
        select(LedgerEntry, Unit.name, WithheldTitle.group_key.is_not(None))
        .outerjoin(Unit, Unit.unit_id == LedgerEntry.unit_id)
        .outerjoin(Cause, Cause.cause == LedgerEntry.cause)
        .outerjoin(WithheldTitle, WithheldTitle.group_key == Cause.group_key)
        .order_by(LedgerEntry.entry_id.desc())
        .limit(request.limit + 1)
    )
    unit_id = visible_unit(reading.principal, request.unit_id)
    if unit_id is not None:
        query = query.where(LedgerEntry.unit_id == unit_id)
    if request.period:
        period = Period.parse(request.period)
        query = query.where(LedgerEntry.period.between(period.first, period.last))
    if request.cursor:
        query = query.where(LedgerEntry.entry_id < cursor_of(request.cursor))
    rows = reading.session.execute(query).all()
    page = rows[: request.limit]
    return rpc.LedgerPage(
        items=[_shown(entry, name, withheld=withheld) for entry, name, withheld in page],
        next_cursor=str(page[-1][0].entry_id) if len(rows) > request.limit else None,
    )


def ledger_sums(session: Session) -> Sums:
    """What the ledger says."""
    rows = session.execute(
        select(LedgerEntry.unit_id, LedgerEntry.month, func.sum(LedgerEntry.points)).group_by(
            LedgerEntry.unit_id, LedgerEntry.month
        )
    )
    return {(unit_id, month): plain(points) for unit_id, month, points in rows if points}


def recomputed_sums(session: Session) -> Sums:
    """What causes and rules say, without looking at the ledger; equal to `ledger_sums` at every moment."""
    rules = RulesInForce(session.scalars(select(RecordedRules)).all())
    sums: Sums = {}
    for award in score(rules, session.scalars(select(Cause))).values():
        key = (award.cause.unit_id, month_of(award.cause.happened_at))
        sums[key] = sums.get(key, Decimal(0)) + award.points
    return {key: plain(points) for key, points in sums.items() if points}


def visible_unit(principal: Principal, asked: UUID | None) -> UUID | None:
    """The unit whose ledger this person reads; None for all. Raises `NotFound`, also for another unit's."""
    if not principal.holds(*UNIT_ROLES):
        return asked
    if principal.unit_id is None or (asked is not None and asked != principal.unit_id):
        raise NotFound("未找到该单位的计分记录。", "No ledger of such a unit.")
    return principal.unit_id


def _shown(entry: LedgerEntry, unit_name: str | None, *, withheld: bool) -> rpc.LedgerEntry:
    return rpc.LedgerEntry(
        entry_id=entry.entry_id,
        unit_id=entry.unit_id,
        unit_name=unit_name or "（名称未登记的单位）",
        period=entry.period,
        points=plain(entry.points),
        rule=entry.rule,
        rules_version=entry.rules_version,
        cause=entry.cause,
        title=WITHHELD_TITLE if withheld else entry.title,
        happened_at=entry.happened_at,
        posted_at=entry.posted_at,
        reverses=entry.reverses,
        explanation_zh=_told(entry) if withheld else entry.explanation_zh,
    )


def _told(entry: LedgerEntry) -> str:
    """The sentence without the title it was written with."""
    return entry.explanation_zh.replace(entry.title, WITHHELD_TITLE)
