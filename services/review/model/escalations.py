"""Who was told that an assignment is overdue; a row is one telling, and its key makes a second one impossible (R17)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from contracts.vocabulary import EscalationLevel
from kernel.words import Word
from services.review.model.base import Base


class Escalation(Base):
    """One step for one time of being overdue: an extension or a return begins a new time."""

    __tablename__ = "escalations"

    assignment_id: Mapped[UUID] = mapped_column(ForeignKey("assignments.assignment_id"), primary_key=True)
    overdue_since: Mapped[datetime] = mapped_column(primary_key=True)
    level: Mapped[EscalationLevel] = mapped_column(Word(EscalationLevel), primary_key=True)
    at: Mapped[datetime]
