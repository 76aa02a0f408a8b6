"""Reports passed upward to higher levels: when, by whom; what became of them there are `outcomes`."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from contracts.vocabulary import Level
from kernel.words import Word
from services.review.model.base import Base


class Passing(Base):
    """The report was passed upward once; kept also when that was undone."""

    __tablename__ = "passings"
    __table_args__ = (Index("passings_by_report", "report_id", "passed_at"),)

    passing_id: Mapped[UUID] = mapped_column(primary_key=True)
    report_id: Mapped[UUID] = mapped_column(ForeignKey("desk_items.report_id"))
    level: Mapped[Level] = mapped_column(Word(Level))
    note: Mapped[str | None]
    passed_by: Mapped[str]
    passed_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
