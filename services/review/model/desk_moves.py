"""The desk item's states and moves: a table to be read at a glance (lifecycles.md)."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.events.review import (
    DecisionUndone,
    ReadingRequested,
    ReportAdopted,
    ReportHandedOver,
    ReportKept,
    ReportNotUsed,
    ReportPassedUp,
    ReportPreAdopted,
    ReportQueued,
    ReportReturned,
)
from contracts.model import EventData
from contracts.vocabulary import DeskState, ReportState

WAITING, CLAIMED, DECIDED = DeskState.WAITING, DeskState.CLAIMED, DeskState.DECIDED
PRE_ADOPTED, PASSED_UP, FOR_READING = ReportState.PRE_ADOPTED, ReportState.PASSED_UP, ReportState.FOR_READING


@dataclass(frozen=True)
class Move:
    """One row of the table below. `decision` is what a decided item was decided to be; `follows` names the decisions
    upon which the act may follow without their being undone."""

    before: frozenset[DeskState]
    after: DeskState
    who: str
    event: type[EventData] | None
    decision: ReportState | None = None
    follows: frozenset[ReportState] = frozenset()


def _move(
    before: tuple[DeskState, ...],
    after: DeskState,
    who: str,
    event: type[EventData] | None,
    decision: ReportState | None = None,
    follows: tuple[ReportState, ...] = (),
) -> Move:
    return Move(frozenset(before), after, who, event, decision, frozenset(follows))


OPEN = (WAITING, CLAIMED)
LATER = (PRE_ADOPTED, PASSED_UP, FOR_READING)
"""Decisions that leave open what else becomes of the report."""

MOVES: dict[str, Move] = {
    # act         before               after    who                      event             decision, it may follow
    "queue":     _move((WAITING, DECIDED), WAITING, "system",            ReportQueued),
    "claim":     _move(OPEN,           CLAIMED, "any editor",            None),
    "hand_over": _move((CLAIMED,),     CLAIMED, "claimer, chief editor", ReportHandedOver),
    "release":   _move((CLAIMED,),     WAITING, "claimer, chief editor", None),
    "return":    _move(OPEN,           DECIDED, "claimer",               ReportReturned,   ReportState.RETURNED),
    "keep":      _move(OPEN,           DECIDED, "claimer",               ReportKept,       ReportState.KEPT),
    "decline":   _move(OPEN,           DECIDED, "claimer",               ReportNotUsed,    ReportState.NOT_USED),
    "pre_adopt": _move(OPEN,           DECIDED, "claimer",               ReportPreAdopted, PRE_ADOPTED),
    "pass_up":   _move(OPEN,           DECIDED, "claimer",               ReportPassedUp,   PASSED_UP,   LATER),
    "send":      _move(OPEN,           DECIDED, "claimer",               ReadingRequested, FOR_READING, LATER),
    "adopt":     _move(OPEN,           DECIDED, "claimer",               ReportAdopted, ReportState.ADOPTED, LATER),
    "undo":      _move((DECIDED,),     CLAIMED, "decider, 10 minutes",   DecisionUndone),
    "reopen":    _move((DECIDED,),     WAITING, "any editor",            DecisionUndone),
    "withdraw":  _move((DECIDED,),     WAITING, "any editor",            None),
    "take back": _move((*OPEN, DECIDED), DECIDED, "unit",                None),
}  # fmt: skip
"""Whoever decides on a waiting item claims it in the same act; an act that follows upon a decision needs no claim. Only
an adopted item's decision can be withdrawn. Opening is no move: it tells `report.seen` the first time, in any state."""

REOPENED = frozenset({ReportState.KEPT, *LATER})
"""Decisions that any editor may take back at any time: nobody outside the desk has acted upon them."""
