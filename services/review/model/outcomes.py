"""What higher levels did with reports that were passed upward, as editors recorded it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from contracts.vocabulary import Level, Outcome
from kernel.words import Word
from services.review.model.base import Base


class ReportOutcome(Base):
    """One outcome; never changed."""

    __tablename__ = "outcomes"
    __table_args__ = (Index("outcomes_by_report", "report_id"),)

    outcome_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    report_id: Mapped[UUID] = mapped_column(ForeignKey("desk_items.report_id"))
    level: Mapped[Level] = mapped_column(Word(Level))
    outcome: Mapped[Outcome] = mapped_column(Word(Outcome))
    publication: Mapped[str | None]
    happened_at: Mapped[datetime]
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime]
