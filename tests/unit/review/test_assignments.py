"""The assignment's states and moves (notice 五(二))."""

from __future__ import annotations

from uuid import uuid4

import pytest

from contracts.vocabulary import AssignmentState
from kernel.errors import Conflict
from services.review.model.assignments import MOVES, Assignment, assignment_id
from tests.factories.review import NOW, OFFICER


def assignment(state: AssignmentState = AssignmentState.ASSIGNED) -> Assignment:
    return Assignment(assignment_id=uuid4(), version=1, state=state, unit_name="和平区")


def test_R17_every_state_but_the_first_is_reached_and_accepted_is_final() -> None:
    assert {move.after for move in MOVES.values()} == set(AssignmentState) - {AssignmentState.ASSIGNED}
    assert not any(AssignmentState.ACCEPTED in move.before for move in MOVES.values())


def test_R17_receiving_notes_who_and_when() -> None:
    received = assignment()
    received.receive(OFFICER, NOW)
    assert (received.state, received.received_by, received.received_at) == (
        AssignmentState.RECEIVED, OFFICER.name, NOW,
    )  # fmt: skip


def test_R17_receiving_twice_names_the_first() -> None:
    received = assignment()
    received.receive(OFFICER, NOW)
    with pytest.raises(Conflict, match=OFFICER.name):
        received.receive(OFFICER, NOW)


@pytest.mark.parametrize("state", [state for state in AssignmentState if state != AssignmentState.ACCEPTED])
def test_R17_feedback_counts_in_every_state_before_acceptance(state: AssignmentState) -> None:
    answered = assignment(state)
    assert answered.feed_back()
    assert answered.state == AssignmentState.FED_BACK


def test_R17_feedback_after_acceptance_changes_nothing() -> None:
    accepted = assignment(AssignmentState.ACCEPTED)
    assert not accepted.feed_back()
    assert accepted.version == 1


@pytest.mark.parametrize("state", [state for state in AssignmentState if state != AssignmentState.FED_BACK])
def test_R17_only_given_feedback_is_accepted_or_returned(state: AssignmentState) -> None:
    with pytest.raises(Conflict):
        assignment(state).accept()
    with pytest.raises(Conflict):
        assignment(state).return_feedback()


def test_R17_an_instruction_recorded_again_gives_its_assignments_the_same_ids() -> None:
    instruction_id = uuid4()
    assert assignment_id(instruction_id, 0) == assignment_id(instruction_id, 0) != assignment_id(instruction_id, 1)
