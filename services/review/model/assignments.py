"""Assignments: what one unit has to do about an instruction, and until when (notice 五(二))."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from contracts.events.review import AssignmentReceived, FeedbackAccepted, FeedbackGiven, FeedbackReturned
from contracts.model import EventData
from contracts.rpc.instructions import AssignmentPart, Turn
from contracts.vocabulary import AssignmentState, UnitClass
from kernel.deadlines.model import Deadline
from kernel.errors import Conflict
from kernel.principal import Principal
from kernel.words import Word
from services.review.model.base import Base

ASSIGNED, RECEIVED, FED_BACK = AssignmentState.ASSIGNED, AssignmentState.RECEIVED, AssignmentState.FED_BACK
RETURNED, ACCEPTED = AssignmentState.RETURNED, AssignmentState.ACCEPTED

UNANSWERED = (ASSIGNED, RECEIVED, RETURNED)
"""The unit's turn."""


@dataclass(frozen=True)
class Move:
    before: frozenset[AssignmentState]
    after: AssignmentState
    who: str
    event: type[EventData]


MOVES: dict[str, Move] = {
    # act              before                                            after     who           event
    "receive":   Move(frozenset({ASSIGNED}),                               RECEIVED, "unit",       AssignmentReceived),
    "feed back": Move(frozenset({ASSIGNED, RECEIVED, FED_BACK, RETURNED}), FED_BACK, "unit",       FeedbackGiven),
    "accept":    Move(frozenset({FED_BACK}),                               ACCEPTED, "supervisor", FeedbackAccepted),
    "return":    Move(frozenset({FED_BACK}),                               RETURNED, "supervisor", FeedbackReturned),
}  # fmt: skip
"""The assignment's states and moves. Feedback is a signed document: it arrives whether or not anybody pressed
"received", and one that arrives after acceptance is kept beside it without changing the state."""


def assignment_id(instruction_id: UUID, place: int) -> UUID:
    """The id of an instruction's assignment at `place` (0 first).

    Made from the instruction's id, so that an instruction recorded again after a restored backup gives its
    assignments the ids that the units' feedback already answers.
    """
    return uuid5(instruction_id, f"assignment/{place}")


class Assignment(Base):
    """One unit's part of an instruction; the unit is named as it was then."""

    __tablename__ = "assignments"
    __table_args__ = (
        Index("assignments_by_unit", "unit_id", "due_at", "assignment_id"),
        Index("assignments_by_due", "due_at", "assignment_id"),
        Index("assignments_by_instruction", "instruction_id", "place"),
    )

    assignment_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    instruction_id: Mapped[UUID] = mapped_column(ForeignKey("instructions.instruction_id"))
    place: Mapped[int]
    unit_id: Mapped[UUID]
    unit_name: Mapped[str]
    unit_class: Mapped[UnitClass] = mapped_column(Word(UnitClass))
    report_title: Mapped[str]
    requirement: Mapped[str]
    due_at: Mapped[datetime]
    """As first stated; see `due_in_force`."""
    state: Mapped[AssignmentState] = mapped_column(Word(AssignmentState))
    received_by: Mapped[str | None]
    received_at: Mapped[datetime | None]
    part: Mapped[AssignmentPart] = mapped_column(
        Word(AssignmentPart), default=AssignmentPart.LEAD, server_default=AssignmentPart.LEAD.value
    )
    renewed_due_at: Mapped[datetime | None]
    """Until when a returned feedback that was late is to be given again; its first time stays missed."""

    def due_in_force(self, deadline: Deadline) -> datetime:
        """Until when the unit answers: what a return gave where its first time had run out, else the deadline's."""
        return max(deadline.due_at, self.renewed_due_at or deadline.due_at)

    def turn(self, *, presented: bool, closed: bool) -> Turn:
        """Whose turn it is; waiting for the leader is nobody's delay."""
        if self.state in UNANSWERED:
            return Turn.UNIT
        if closed:
            return Turn.NOBODY
        return Turn.LEADER if presented and self.state is ACCEPTED else Turn.SUPERVISOR

    def receive(self, by: Principal, now: datetime) -> None:
        """Raises `Conflict` when the unit has received it, or answered it, already."""
        if self.received_at is not None:
            raise Conflict(
                f"{self.received_by}已签收该交办。", f"{self.received_by} has already received this assignment."
            )
        self._go("receive", "该交办已反馈，无需签收。", "Feedback was already given; there is nothing to receive.")
        self.received_by, self.received_at = by.name, now

    def feed_back(self) -> bool:
        """A feedback of the unit arrived; False when an earlier one was accepted already."""
        if self.state not in MOVES["feed back"].before:
            return False
        self.state = MOVES["feed back"].after
        self.version += 1
        return True

    def accept(self) -> None:
        """Raises `Conflict` unless a feedback waits for the decision."""
        self._go("accept", *self._nothing_to_decide())

    def return_feedback(self) -> None:
        """Raises `Conflict` unless a feedback waits for the decision."""
        self._go("return", *self._nothing_to_decide())

    def _nothing_to_decide(self) -> tuple[str, str]:
        return (
            f"没有待审核的反馈（当前状态：{self.state.label}）。",
            f"No feedback waits for a decision (present state: {self.state.value}).",
        )

    def _go(self, act: str, refusal_zh: str, refusal_en: str) -> None:
        if self.state not in MOVES[act].before:
            raise Conflict(refusal_zh, refusal_en, extra={"state": self.state.value})
        self.state = MOVES[act].after
        self.version += 1
