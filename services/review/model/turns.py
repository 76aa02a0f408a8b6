"""Whose turn it was with an instruction: stretches of time, each counted for one party (R17)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from contracts.rpc.finished_steps import StepOutcome
from contracts.rpc.instructions import Turn
from contracts.rpc.office_steps import OfficeStep
from services.review.model.assignments import UNANSWERED, Assignment
from services.review.model.feedback import Feedback, FeedbackState
from services.review.model.finished_steps import FinishedStep
from services.review.model.instructions import Instruction
from services.review.model.office_steps import Case


@dataclass(frozen=True)
class Stretch:
    """From `since` until `until`, or still going on."""

    turn: Turn
    since: datetime
    until: datetime | None
    assignment_id: UUID | None = None
    unit_name: str | None = None
    step: OfficeStep | None = None
    due_at: datetime | None = None
    late: bool | None = None
    outcome: StepOutcome | None = None
    finished_by: str | None = None

    def seconds(self, now: datetime) -> float:
        return max(0.0, ((self.until or now) - self.since).total_seconds())


def stretches(
    instruction: Instruction, assignments: Sequence[Assignment], feedback: Sequence[Feedback],
    finished: Sequence[FinishedStep], open_cases: Sequence[Case], now: datetime,
) -> list[Stretch]:
    """All of an instruction, by when they began.

    What the office finished before that was kept is told from the decisions themselves, without a limit.
    """
    office = [*map(_ended, finished), *(_going_on(case, now) for case in open_cases)]
    office += _before_they_were_kept(instruction, feedback, office)
    names = {one.assignment_id: one.unit_name for one in assignments}
    found = [
        *(replace(one, unit_name=names.get(one.assignment_id) if one.assignment_id else None) for one in office),
        *(stretch for one in assignments for stretch in _of_unit(instruction, one, office)),
        *_of_leader(instruction),
    ]
    return sorted(found, key=_place)


def _place(one: Stretch) -> tuple[datetime, bool, int, str]:
    """What took no time stands before what began when it ended."""
    return one.since, one.until != one.since, list(Turn).index(one.turn), one.unit_name or ""


def _ended(step: FinishedStep) -> Stretch:
    return Stretch(
        Turn.SUPERVISOR, step.since, step.finished_at, step.assignment_id, step=step.step, due_at=step.due_at,
        late=step.late, outcome=step.outcome, finished_by=step.finished_by,
    )  # fmt: skip


def _going_on(case: Case, now: datetime) -> Stretch:
    waiting = case.waiting
    return Stretch(
        Turn.SUPERVISOR, waiting.since, None, waiting.assignment_id, step=waiting.step, due_at=case.due_at,
        late=case.late(now),
    )  # fmt: skip


def _before_they_were_kept(
    instruction: Instruction, feedback: Iterable[Feedback], kept: Sequence[Stretch]
) -> Iterator[Stretch]:
    ends = {(one.step, one.assignment_id, one.until) for one in kept}
    outcomes = {FeedbackState.ACCEPTED: StepOutcome.ACCEPTED, FeedbackState.RETURNED: StepOutcome.RETURNED}
    for one in feedback:
        end = OfficeStep.DECIDE_FEEDBACK, one.assignment_id, one.decided_at
        if one.decided_at is not None and end not in ends:
            yield Stretch(
                Turn.SUPERVISOR, one.received_at, one.decided_at, one.assignment_id, step=OfficeStep.DECIDE_FEEDBACK,
                outcome=outcomes.get(one.state), finished_by=one.decided_by,
            )  # fmt: skip
    confirmed_at = instruction.confirmed_at
    steps = {one.step for one in kept}
    if confirmed_at is not None and confirmed_at > instruction.recorded_at and OfficeStep.ASSIGN not in steps:
        yield Stretch(
            Turn.SUPERVISOR, instruction.recorded_at, confirmed_at, step=OfficeStep.ASSIGN,
            finished_by=instruction.confirmed_by,
        )  # fmt: skip
    accepted = [one.decided_at for one in feedback if one.state is FeedbackState.ACCEPTED and one.decided_at]
    if instruction.presented_at is not None and accepted and OfficeStep.PRESENT not in steps:
        yield Stretch(
            Turn.SUPERVISOR, max(accepted), instruction.presented_at, step=OfficeStep.PRESENT,
            outcome=StepOutcome.PRESENTED, finished_by=instruction.presented_by,
        )  # fmt: skip


def _of_unit(instruction: Instruction, assignment: Assignment, office: Iterable[Stretch]) -> Iterator[Stretch]:
    """Between the office's decisions it is the unit's turn; waiting for an extension to be decided stops no time."""
    begun = instruction.confirmed_at or instruction.recorded_at
    own = Stretch(Turn.UNIT, begun, None, assignment.assignment_id, assignment.unit_name)
    decisions = [
        one for one in office
        if one.step is OfficeStep.DECIDE_FEEDBACK and one.assignment_id == assignment.assignment_id
    ]  # fmt: skip
    for one in sorted(decisions, key=lambda one: one.since):
        if one.since > own.since:
            yield replace(own, until=one.since)
        if one.until is not None:
            own = replace(own, since=one.until)
    if assignment.state in UNANSWERED:
        yield own


def _of_leader(instruction: Instruction) -> Iterator[Stretch]:
    if instruction.presented_at is not None:
        yield Stretch(Turn.LEADER, instruction.presented_at, instruction.closed_at)
