"""What waits for the duty officer's acknowledgement, and whose turn it is to be called (R26)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import DateTime, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.notify.model.base import Base


class AcknowledgementWait(Base):
    """One urgent report, from its registration to its acknowledgement.

    The persons of the shift are called one after another, then everybody who holds the post, then the list of the
    shift that is on duty by then from its start; without a shift everybody each time. `report` is what a call tells,
    None where the acknowledgement was heard of before the registration; `next_at` is None once nobody is called.
    """

    __tablename__ = "acknowledgement_waits"
    __table_args__ = (
        Index("acknowledgement_waits_due", "next_at", postgresql_where=text("next_at IS NOT NULL")),
    )

    report_id: Mapped[UUID] = mapped_column(primary_key=True)
    report: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    persons: Mapped[list[str]] = mapped_column(JSONB)
    place: Mapped[int]
    """How many of `persons` have had their turn in this round."""
    calls: Mapped[int]
    next_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    acknowledged_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    def next_turn(self, on_duty: Sequence[UUID]) -> UUID | None:
        """Whose turn it is: a person of the list, or None for everybody, which begins the next round."""
        if self.place < len(self.persons):
            self.place += 1
            return UUID(self.persons[self.place - 1])
        self.persons, self.place = [str(person) for person in on_duty], 0
        return None

    def called(self, next_at: datetime) -> UUID:
        """One more call went out, the next follows then; returns the call's id, by which nobody is called twice."""
        self.calls += 1
        self.next_at = next_at
        return uuid5(self.report_id, f"call {self.calls}")
