"""Intake's registration watermark as applied here: up to when every feedback, and every answer to a commission, has
been handled.

*Missed* is decided only behind it (lifecycles.md, "The urgent clock"). Events keep no order, so a mark can come before
feedback it counts: it is then kept pending. Only the newest pending mark matters, older ones say less.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.review.model.base import Base

THE_ROW = 1


class Counts(NamedTuple):
    """How many feedbacks and answers to commissions there were, ever."""

    feedback: int
    answers: int


class RegistrationMark(Base):
    """One row; its lock makes marks and feedback see each other."""

    __tablename__ = "registration_mark"
    __table_args__ = (CheckConstraint("id = 1", name="registration_mark_one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[int]
    applied_up_to: Mapped[datetime | None]
    pending_up_to: Mapped[datetime | None]
    pending_total: Mapped[int | None]
    counted_up_to: Mapped[datetime | None]
    counted_total: Mapped[int | None]
    """How many feedbacks there were up to then: from there on is counted, not from the beginning."""
    pending_answers: Mapped[int | None]
    counted_answers: Mapped[int | None]
    """The same of answers to commissions."""

    def is_news(self, up_to: datetime) -> bool:
        """Whether a mark says more than what is applied."""
        return self.applied_up_to is None or up_to > self.applied_up_to

    def keep_pending(self, up_to: datetime, counts: Counts) -> None:
        """Wait for what it counts, unless a newer mark waits already."""
        if self.pending_up_to is None or up_to > self.pending_up_to:
            self.pending_up_to = up_to
            self.pending_total, self.pending_answers = counts
            self.version += 1

    def apply(self, up_to: datetime, counts: Counts) -> None:
        """Every feedback and answer received up to then, so many, has been handled here."""
        self.applied_up_to = self.counted_up_to = up_to
        self.counted_total, self.counted_answers = counts
        if self.pending_up_to is not None and self.pending_up_to <= up_to:
            self.pending_up_to = self.pending_total = self.pending_answers = None
        self.version += 1
