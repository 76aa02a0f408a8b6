"""The rules of supervision: which is in force, what it gives, and what is wrong with a file (R17)."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from contracts.rpc.instructions import AssignmentPart, NewAssignment, Turn
from contracts.vocabulary import AssignmentState, EscalationLevel, InstructionClass
from kernel.deadlines.calendar import DaysEnd, UnknownYear, WorkingCalendar
from kernel.errors import Invalid
from kernel.rule_files import WrongRules, read_rules
from services.review.model.assignments import Assignment
from services.review.model.supervision_rules import RULES_PATH, SupervisionRules, reckon, supervision_rules
from tests.factories.review import NOW

DAY = timedelta(days=1)
CALENDAR = WorkingCalendar()


def rule_file(**changes: Any) -> dict[str, Any]:
    """The product's rule with changes."""
    rule = yaml.safe_load(RULES_PATH.read_text(encoding="utf-8"))["rules"][0]
    changed: dict[str, Any] = rule | changes
    return changed


def new(**fields: Any) -> NewAssignment:
    return NewAssignment(unit_id=uuid4(), part=AssignmentPart.LEAD, requirement="请反馈", **fields)


def reckoned(assignment: NewAssignment, now: datetime = NOW) -> datetime:
    (found,) = reckon([assignment], NOW - DAY, InstructionClass.FOR_ACTION, now, CALENDAR)
    return found.due.due_at


def test_R17_a_later_rule_counts_from_its_day_on_and_the_old_one_until_then() -> None:
    old, later = rule_file(), rule_file(valid_from="2026-11-25", return_working_days=9)
    rules = SupervisionRules.model_validate({"rules": [old, later]})
    assert [rules.in_force(at).return_working_days for at in (NOW, NOW + DAY)] == [3, 9]
    assert rules.in_force(NOW - 9_999 * DAY).return_working_days == 3


@pytest.mark.parametrize(
    "changes",
    [
        {"default_working_days": {"for_action": 10}},
        {"default_working_days": {"for_action": 0, "for_guidance": 1, "for_reference": 1}},
        {"escalation": []},
        {"escalation": [{"level": "head", "after": "P2D"}, {"level": "officer", "after": "P1D"}]},
        {"escalation": [{"level": "head", "after": "P1D"}, {"level": "head", "after": "P2D"}]},
        {"receipt": "PT0S"},
        {"surprise": 1},
    ],
)
def test_R17_what_is_wrong_with_a_file_is_named(tmp_path: Path, changes: dict[str, Any]) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(yaml.safe_dump({"rules": [rule_file(**changes)]}, default_flow_style=False), encoding="utf-8")
    with pytest.raises(WrongRules, match=r"rules\.yaml: rules"):
        read_rules(path, SupervisionRules)


def test_R17_two_rules_of_one_day_are_refused() -> None:
    with pytest.raises(ValueError, match="same day"):
        SupervisionRules.model_validate({"rules": [rule_file(), rule_file()]})


@given(hours=st.integers(0, 24 * 30))
def test_R17_steps_only_grow_with_time_and_come_in_their_order(hours: int) -> None:
    rule = supervision_rules().in_force(NOW)
    levels = rule.steps_due(NOW, NOW + timedelta(hours=hours))
    assert levels == list(EscalationLevel)[: len(levels)]
    assert set(levels) <= set(rule.steps_due(NOW, NOW + timedelta(hours=hours + 1)))


@given(days=st.integers(1, 20))
def test_R17_working_days_are_counted_from_the_assignment_not_from_the_instruction(days: int) -> None:
    due_at = reckoned(new(working_days=days))
    assert due_at == CALENDAR.end_of_working_day(NOW, days)
    assert due_at > NOW


def test_R17_a_year_nobody_knows_is_refused_at_the_field_but_never_stops_a_return() -> None:
    with pytest.raises(UnknownYear) as refused:
        reckoned(new(working_days=200))
    assert refused.value.pointer == "/assignments/0/working_days"
    december = NOW + 36 * DAY
    rule = supervision_rules().in_force(december)
    assert rule.returned_due(december, CALENDAR) == DaysEnd(december + 6 * DAY, december.year + 1)


@pytest.mark.parametrize("due_at", [NOW - DAY, NOW])
def test_R17_a_time_that_has_passed_is_refused(due_at: datetime) -> None:
    with pytest.raises(Invalid) as refused:
        reckoned(new(due_at=due_at))
    assert refused.value.pointer == "/assignments/0/due_at"


@pytest.mark.parametrize("state", list(AssignmentState))
@pytest.mark.parametrize("presented", [False, True])
def test_R17_it_is_always_somebodys_turn_until_all_is_closed(state: AssignmentState, presented: bool) -> None:
    assignment = Assignment(state=state)
    turn = assignment.turn(presented=presented, closed=False)
    unanswered = state in {AssignmentState.ASSIGNED, AssignmentState.RECEIVED, AssignmentState.RETURNED}
    assert (turn is Turn.UNIT) == unanswered
    assert (turn is Turn.LEADER) == (state is AssignmentState.ACCEPTED and presented)
    assert turn is not Turn.NOBODY
    assert unanswered or assignment.turn(presented=presented, closed=True) is Turn.NOBODY
