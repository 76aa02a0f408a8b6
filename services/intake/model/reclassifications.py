"""Raisings of secrecy classes: who judged so, when and why; append-only (R07)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from contracts.vocabulary import Secrecy
from kernel.words import Word
from services.intake.model.base import Base


class Reclassification(Base):
    """One raising. The report's own class is the newest of them."""

    __tablename__ = "reclassifications"
    __table_args__ = (Index("reclassifications_of_report", "report_id", "raised_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    report_id: Mapped[UUID] = mapped_column(ForeignKey("reports.id"))
    secrecy: Mapped[Secrecy] = mapped_column(Word(Secrecy))
    reason: Mapped[str]
    raised_by_id: Mapped[str]
    raised_by: Mapped[str]
    raised_at: Mapped[datetime]
