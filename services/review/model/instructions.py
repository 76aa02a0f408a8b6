"""Leaders' instructions on published items (notice 五(二)): confirmed at entry, closed once every unit is done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from contracts.vocabulary import AssignmentState, InstructionClass, Kind, Level, UnitClass
from kernel.errors import Conflict, Invalid
from kernel.principal import Principal
from services.review.model.assignments import Assignment
from services.review.model.base import CLOCK_TOLERANCE, Base, Word


class Instruction(Base):
    """An instruction on one item of a published issue; the unit credited is the one that reported it."""

    __tablename__ = "instructions"
    __table_args__ = (
        Index("instructions_newest", "given_at", "instruction_id"),
        Index("instructions_by_issue", "issue_id"),
    )

    instruction_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    issue_id: Mapped[UUID] = mapped_column(ForeignKey("issues.issue_id"))
    report_id: Mapped[UUID] = mapped_column(ForeignKey("desk_items.report_id"))
    report_title: Mapped[str]
    report_kind: Mapped[Kind] = mapped_column(Word(Kind))
    unit_id: Mapped[UUID]
    unit_class: Mapped[UnitClass] = mapped_column(Word(UnitClass))
    leader: Mapped[str]
    text: Mapped[str]
    instruction_class: Mapped[InstructionClass] = mapped_column(Word(InstructionClass))
    level: Mapped[Level] = mapped_column(Word(Level))
    given_at: Mapped[datetime]
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime]
    closed_by: Mapped[str | None]
    closed_at: Mapped[datetime | None]

    def close(self, by: Principal, now: datetime, assignments: Sequence[Assignment]) -> None:
        """Raises `Conflict` when closed already or while assignments are open, naming them."""
        if self.closed_at is not None:
            raise Conflict(
                f"该批示已由{self.closed_by}办结。", f"{self.closed_by} has already closed this instruction."
            )
        still_open = [assignment for assignment in assignments if assignment.state != AssignmentState.ACCEPTED]
        if still_open:
            raise Conflict(
                f"尚有未办结的交办：{'、'.join(a.unit_name for a in still_open)}。",
                f"Assignments not yet accepted: {', '.join(a.unit_name for a in still_open)}.",
                extra={
                    "open": [
                        {"assignment_id": str(a.assignment_id), "unit_name": a.unit_name, "state": a.state.value}
                        for a in still_open
                    ]
                },
            )
        self.closed_by, self.closed_at = by.name, now
        self.version += 1


def check_times(given_at: datetime, due_times: Sequence[datetime], now: datetime) -> None:
    """Raises `Invalid` with the field: an instruction lies in the past, its due times after it."""
    if given_at > now + CLOCK_TOLERANCE:
        raise Invalid("批示时间不能晚于现在。", "An instruction cannot be given in the future.", pointer="/given_at")
    for index, due_at in enumerate(due_times):
        if due_at <= given_at:
            raise Invalid(
                "反馈截止时间必须晚于批示时间。",
                "The due time must be later than the time the instruction was given.",
                pointer=f"/assignments/{index}/due_at",
            )
