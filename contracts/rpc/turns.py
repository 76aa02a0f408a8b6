"""Whose turn it was with an instruction, and for how long (R17)."""

from __future__ import annotations

from uuid import UUID

from contracts.model import Instant, Method, Strict, query
from contracts.rpc.finished_steps import StepOutcome
from contracts.rpc.instructions import InstructionId, Turn
from contracts.rpc.office_steps import OfficeStep
from contracts.rpc.roles import OVERSIGHT


class TurnTaken(Strict):
    """One stretch of time, counted for one party."""

    turn: Turn
    assignment_id: UUID | None
    """None of what concerns the whole instruction."""
    unit_name: str | None
    step: OfficeStep | None
    """What the office had to do; an extension is decided while the unit's time runs."""
    since: Instant
    until: Instant | None
    """None while it is still this party's turn."""
    seconds: float
    """Until now, where it has not ended."""
    due_at: Instant | None
    """The office's own limit; none is known of what it finished before its limits were kept."""
    late: bool | None
    outcome: StepOutcome | None
    finished_by: str | None


class TurnTable(Strict):
    """By when they began."""

    rows: list[TurnTaken]


METHODS: dict[str, Method] = {"list_turns": query(InstructionId, TurnTable, *OVERSIGHT)}
