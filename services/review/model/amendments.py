"""What the editors decided about published items whose reports were amended afterwards; append-only (R07)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from contracts.rpc.amendments import AmendedDecision
from kernel.words import Word
from services.review.model.base import Base


class AmendmentDecision(Base):
    """One decision for one version of a report: a later amendment asks anew."""

    __tablename__ = "amendment_decisions"

    report_id: Mapped[UUID] = mapped_column(ForeignKey("desk_items.report_id"), primary_key=True)
    report_version: Mapped[int] = mapped_column(primary_key=True)
    decision: Mapped[AmendedDecision] = mapped_column(Word(AmendedDecision))
    note: Mapped[str]
    decided_by: Mapped[str]
    decided_at: Mapped[datetime]
