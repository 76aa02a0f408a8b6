"""What was said about late reports: units' reasons and editors' decisions, kept for ever (R04, R07)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from contracts.vocabulary import LateDecision
from kernel.words import Word
from services.intake.model.base import Base


class LateStatement(Base):
    """A reason of the unit (without `decision`), or an editor's decision with its grounds; the newest one counts."""

    __tablename__ = "late_statements"
    __table_args__ = (Index("late_statements_of_deadline", "deadline_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    """UUIDv7, so in order of time."""
    deadline_id: Mapped[UUID]
    decision: Mapped[LateDecision | None] = mapped_column(Word(LateDecision))
    text: Mapped[str]
    by_id: Mapped[str]
    by_name: Mapped[str]
    at: Mapped[datetime]
