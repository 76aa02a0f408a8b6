"""Reporting units as intake's directory tells of them: a projection, later versions replace earlier ones."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from contracts.vocabulary import UnitClass
from kernel.words import Word
from services.review.model.base import Base


class Unit(Base):
    """A unit; `version` is the directory's own, so a late or doubled older word changes nothing."""

    __tablename__ = "units"

    unit_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    name: Mapped[str]
    unit_class: Mapped[UnitClass] = mapped_column(Word(UnitClass))
    valid_to: Mapped[date | None]
    parent_id: Mapped[UUID | None]
    """Also unknown of a unit that has not been told of since review keeps it."""

    def can_be_assigned(self, today: date) -> bool:
        """Whether the unit still exists on that day; the last day counts."""
        return self.valid_to is None or today <= self.valid_to
