"""Who is told: of an issue those on its list alone (R23), of what is overdue one after the other (R17, R26)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from contracts.vocabulary import DeadlineKind, EscalationLevel, Role
from services.notify.recipients.audience import AUDIENCES, concerns

NOBODY: dict[str, list[str]] = {"reader_ids": [], "unit_ids": [], "reader_roles": []}
SOMEBODY = str(UUID(int=7))


@pytest.mark.parametrize("event_type", ["issue.published", "issue.withdrawn", "issue_item.withdrawn"])
@pytest.mark.parametrize(
    ("named", "told"),
    [
        ({}, False), ({"reader_ids": [SOMEBODY]}, True), ({"unit_ids": [SOMEBODY]}, True),
        ({"reader_roles": ["leader"]}, True),
    ],
)  # fmt: skip
def test_R23_an_issue_is_told_by_email_only_to_those_on_its_list(
    event_type: str, named: dict[str, Any], told: bool
) -> None:
    assert concerns(AUDIENCES[event_type], NOBODY | named) is told


@pytest.mark.parametrize("level", list(EscalationLevel))
def test_R17_every_step_of_escalation_tells_somebody(level: EscalationLevel) -> None:
    assert concerns(AUDIENCES["assignment.escalated"], {"level": level.value})


@pytest.mark.parametrize(
    ("kind", "told"),
    [("feedback", False), ("assignment_receipt", True), ("urgent_report", True), ("follow_up", True)],
)
def test_R17_a_miss_of_feedback_is_told_by_its_steps_alone(kind: str, told: bool) -> None:
    assert concerns(AUDIENCES["deadline.missed"], {"kind": kind}) is told


@pytest.mark.parametrize("event_type", ["deadline.approaching", "deadline.missed", "deadline.reassessed"])
def test_R18_the_desk_alone_is_told_of_the_citys_own_due_time_and_of_no_units(event_type: str) -> None:
    audience = AUDIENCES[event_type]
    told = dict(audience.city_roles_for)
    assert told["commission_upward"] == {Role.EDITOR, Role.CHIEF_EDITOR}
    assert "commission" not in told
    assert (audience.unit_roles, dict(audience.unit_roles_for).get("commission_upward")) == (frozenset(), None)


@pytest.mark.parametrize("event_type", ["deadline.approaching", "deadline.reassessed"])
@pytest.mark.parametrize("kind", [kind for kind in DeadlineKind if kind is not DeadlineKind.COMMISSION_UPWARD])
def test_R26_a_unit_is_told_of_every_due_time_of_its_own(event_type: str, kind: DeadlineKind) -> None:
    told = dict(AUDIENCES[event_type].unit_roles_for)
    assert told[kind.value] == {Role.INFORMATION_OFFICER, Role.RESPONSIBLE_LEADER}
