"""Intake's watermark: up to which time every receipt is known to be registered.

The gateway tells how many documents it accepted up to a time; events keep no order, so intake counts. As nothing can
still come from before a time that was reached, only what lies after it has to be counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.intake.model.base import Base


@dataclass(frozen=True)
class Mark:
    """The gateway's word: so many were accepted up to this time."""

    up_to: datetime
    total: int


class Watermark(Base):
    """The one row. Two marks are kept waiting: the next to reach, which stays fixed so that steady traffic cannot
    push it ahead for ever, and the newest, which is reached in one step when all is quiet."""

    __tablename__ = "watermark"
    __table_args__ = (CheckConstraint("id = 1", name="watermark_is_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    applied_up_to: Mapped[datetime | None]
    applied_total: Mapped[int]
    feedback_total: Mapped[int]
    answer_total: Mapped[int] = mapped_column(server_default="0")
    """Answers to commissions, since Chengbao knows them."""
    next_up_to: Mapped[datetime | None]
    next_total: Mapped[int | None]
    newest_up_to: Mapped[datetime | None]
    newest_total: Mapped[int | None]
    version: Mapped[int]

    @property
    def waiting(self) -> list[Mark]:
        """The marks not reached yet, earlier first."""
        kept = ((self.next_up_to, self.next_total), (self.newest_up_to, self.newest_total))
        return [Mark(up_to, total) for up_to, total in kept if up_to is not None and total is not None]

    def hear(self, mark: Mark) -> None:
        """The gateway's watermark moved; an old word or a double changes nothing."""
        if self.applied_up_to is None or mark.up_to > self.applied_up_to:
            self._keep([*self.waiting, mark])

    def reach(self, mark: Mark, feedback: int, answers: int) -> None:
        """Every document up to `mark` is registered, so many more feedbacks and answers to commissions among them."""
        self.applied_up_to, self.applied_total = mark.up_to, mark.total
        self.feedback_total += feedback
        self.answer_total += answers
        self._keep([each for each in self.waiting if each.up_to > mark.up_to])
        self.version += 1

    def _keep(self, marks: list[Mark]) -> None:
        in_order = sorted(marks, key=lambda mark: mark.up_to)
        first = in_order[0] if in_order else None
        last = in_order[-1] if len(in_order) > 1 and in_order[-1] != first else None
        self.next_up_to, self.next_total = (first.up_to, first.total) if first else (None, None)
        self.newest_up_to, self.newest_total = (last.up_to, last.total) if last else (None, None)
