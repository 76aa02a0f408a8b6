"""Writing rules that a unit has muted, each with its reason, who did it and when (R10)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.intake.model.base import Base


class Mute(Base):
    """While the row stands, the rule's findings are counted for the unit, not shown; the audit keeps the history."""

    __tablename__ = "writing_rule_mutes"

    unit_id: Mapped[UUID] = mapped_column(ForeignKey("units.id"), primary_key=True)
    rule_id: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str]
    by_id: Mapped[UUID]
    by_name: Mapped[str]
    at: Mapped[datetime]
