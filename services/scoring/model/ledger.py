"""The ledger: what each unit was given or taken, append-only."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.scoring.model.base import Base


class LedgerEntry(Base):
    """One posting, or the reversal of one.

    A cause scores a rule once: postings (even `turn`) and reversals (odd) of one (cause, rule) alternate, so that at
    any time at most one stands. `month` is the month of the cause, `period` the month whose bulletin counts it; they
    differ when the cause's bulletin had been issued (decision 0020).
    """

    __tablename__ = "ledger"
    __table_args__ = (
        UniqueConstraint("cause", "rule", "turn", name="ledger_once_per_cause_and_rule"),
        UniqueConstraint("reverses", name="ledger_reversed_once"),
        CheckConstraint("(turn % 2 = 1) = (reverses IS NOT NULL)", name="ledger_turns_alternate"),
        CheckConstraint("period >= month", name="ledger_never_earlier"),
        Index("ledger_by_unit", "unit_id", "number"),
        Index("ledger_by_period", "period", "unit_id"),
    )

    entry_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(Identity(always=True), unique=True)
    unit_id: Mapped[UUID]
    month: Mapped[str] = mapped_column(Text)
    period: Mapped[str] = mapped_column(Text)
    points: Mapped[Decimal]
    rule: Mapped[str] = mapped_column(Text)
    rule_title: Mapped[str] = mapped_column(Text)
    rules_version: Mapped[str] = mapped_column(Text)
    cause: Mapped[str] = mapped_column(Text)
    turn: Mapped[int]
    reverses: Mapped[UUID | None] = mapped_column(ForeignKey("ledger.entry_id"))
    title: Mapped[str] = mapped_column(Text)
    happened_at: Mapped[datetime]
    posted_at: Mapped[datetime]
    explanation_zh: Mapped[str] = mapped_column(Text)

