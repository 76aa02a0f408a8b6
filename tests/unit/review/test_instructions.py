"""The instruction: its times, and when it may be closed (notice 五(二))."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from contracts.vocabulary import AssignmentState
from kernel.errors import Conflict, Invalid
from services.review.model.assignments import Assignment
from services.review.model.instructions import Instruction, check_given
from tests.factories.review import NOW, SUPERVISOR


def test_R17_an_instruction_is_not_given_in_the_future() -> None:
    with pytest.raises(Invalid) as refused:
        check_given(NOW + timedelta(minutes=3), NOW)
    assert refused.value.pointer == "/given_at"


def test_R17_closing_names_the_units_that_are_not_done() -> None:
    done = Assignment(assignment_id=uuid4(), state=AssignmentState.ACCEPTED, unit_name="市水务局")
    open_one = Assignment(assignment_id=uuid4(), state=AssignmentState.FED_BACK, unit_name="和平区")
    with pytest.raises(Conflict, match="和平区") as refused:
        Instruction(version=1).close(SUPERVISOR, NOW, [done, open_one])
    assert [one["assignment_id"] for one in refused.value.extra["open"]] == [str(open_one.assignment_id)]


def test_R17_an_instruction_is_closed_once() -> None:
    instruction = Instruction(version=1)
    instruction.close(SUPERVISOR, NOW, [])
    with pytest.raises(Conflict, match=SUPERVISOR.name):
        instruction.close(SUPERVISOR, NOW, [])
