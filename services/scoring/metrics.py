"""Scoring's figures, read from ledger and bulletins when scraped."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from kernel.metrics import Figure, Rows
from services.scoring.model.bulletins import IssuedBulletin
from services.scoring.model.ledger import LedgerEntry
from services.scoring.model.periods import Period


def _entries(session: Session, now: datetime) -> Rows:
    kind = case((LedgerEntry.reverses.is_(None), "posting"), else_="reversal")
    rows = session.execute(select(LedgerEntry.rule, kind, func.count()).group_by(LedgerEntry.rule, kind))
    return [((rule, what), count) for rule, what, count in rows]


def _points(session: Session, now: datetime) -> Rows:
    return [((), float(session.scalar(select(func.coalesce(func.sum(LedgerEntry.points), 0))) or 0))]


def _bulletins(session: Session, now: datetime) -> Rows:
    counts = dict.fromkeys(("month", "quarter", "year"), 0)
    for period in session.scalars(select(IssuedBulletin.period)):
        counts[Period.parse(period).kind] += 1
    return [((kind,), count) for kind, count in counts.items()]


FIGURES: tuple[Figure, ...] = (
    Figure(
        "chengbao_ledger_entries",
        "Entries of the scoring ledger by rule, postings and reversals apart.",
        ("rule", "entry"),
        _entries,
    ),
    Figure("chengbao_ledger_points", "Sum of all points in the scoring ledger.", (), _points),
    Figure("chengbao_bulletins_issued", "Scoring bulletins issued, by kind of period.", ("period",), _bulletins),
)
