"""Whose turn it was: a unit's time and the office's follow each other without gap or overlap (R17)."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from contracts.rpc.finished_steps import StepOutcome
from contracts.rpc.instructions import Turn
from contracts.rpc.office_steps import OfficeStep
from contracts.vocabulary import AssignmentState
from services.review.model.assignments import Assignment
from services.review.model.feedback import Feedback, FeedbackState
from services.review.model.instructions import Instruction
from services.review.model.turns import Stretch, stretches
from tests.factories.review import NOW

DAY = timedelta(days=1)
ONE = UUID(int=1)


def given_feedback(received_at: datetime, decided_at: datetime, state: FeedbackState) -> Feedback:
    """Decided on before finished steps were kept."""
    return Feedback(
        assignment_id=ONE, received_at=received_at, decided_at=decided_at, decided_by="周督办", state=state
    )


def told(instruction: Instruction, state: AssignmentState, *feedback: Feedback) -> list[Stretch]:
    assignment = Assignment(assignment_id=ONE, unit_name="和平区", state=state)
    return stretches(instruction, [assignment], feedback, [], [], NOW + 99 * DAY)


def test_R17_what_was_done_before_steps_were_kept_is_told_from_the_decisions_without_a_limit() -> None:
    instruction = Instruction(
        recorded_at=NOW, confirmed_at=NOW + DAY, confirmed_by="陈副市长", presented_at=NOW + 9 * DAY,
        presented_by="周督办",
    )  # fmt: skip
    found = told(
        instruction, AssignmentState.ACCEPTED,
        given_feedback(NOW + 3 * DAY, NOW + 4 * DAY, FeedbackState.RETURNED),
        given_feedback(NOW + 6 * DAY, NOW + 8 * DAY, FeedbackState.ACCEPTED),
    )  # fmt: skip
    days = [(one.turn, one.step, (one.since - NOW).days, one.until and (one.until - NOW).days) for one in found]
    assert days == [
        (Turn.SUPERVISOR, OfficeStep.ASSIGN, 0, 1),
        (Turn.UNIT, None, 1, 3),
        (Turn.SUPERVISOR, OfficeStep.DECIDE_FEEDBACK, 3, 4),
        (Turn.UNIT, None, 4, 6),
        (Turn.SUPERVISOR, OfficeStep.DECIDE_FEEDBACK, 6, 8),
        (Turn.SUPERVISOR, OfficeStep.PRESENT, 8, 9),
        (Turn.LEADER, None, 9, None),
    ]
    assert {(one.due_at, one.late) for one in found} == {(None, None)}
    assert [one.outcome for one in found if one.step is OfficeStep.DECIDE_FEEDBACK] == [
        StepOutcome.RETURNED, StepOutcome.ACCEPTED,
    ]  # fmt: skip


@given(st.lists(st.tuples(st.integers(1, 50), st.integers(0, 50)), max_size=6))
def test_R17_every_hour_from_the_assignment_on_counts_for_the_unit_or_for_the_office(
    rounds: list[tuple[int, int]],
) -> None:
    """Each round: so many hours until the unit answers, so many until it is returned."""
    at, feedback = NOW, []
    for unit, office in rounds:
        received = at + timedelta(hours=unit)
        at = received + timedelta(hours=office)
        feedback.append(given_feedback(received, at, FeedbackState.RETURNED))
    found = told(Instruction(recorded_at=NOW, confirmed_at=NOW), AssignmentState.RETURNED, *feedback)
    assert found[-1].turn is Turn.UNIT
    assert [one.until for one in found[:-1]] == [one.since for one in found[1:]]
    hours = sum(one.seconds(NOW + 99 * DAY) for one in found) / 3600
    assert hours == 99 * 24
    assert sum(one.turn is Turn.UNIT for one in found) == len(rounds) + 1
