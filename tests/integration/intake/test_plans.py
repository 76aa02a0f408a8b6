"""R14: the plan of a year with targets, and what units have reached by now."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from contracts.rpc import plans as rpc
from contracts.vocabulary import Role
from kernel.errors import Refusal, StaleVersion
from kernel.ids import new_id
from tests.factories.intake import HEXI, JINNAN, AcceptedFactory, ContentFactory, PersonFactory
from tests.factories.review import at_once
from tests.integration.intake.conftest import Office

CHIEF, OFFICER = PersonFactory.of_the_city(Role.CHIEF_EDITOR), PersonFactory.officer()


def target(value: int, unit_id: UUID = HEXI, measure: rpc.Measure = rpc.Measure.REPORTS) -> rpc.Target:
    return rpc.Target(unit_id=unit_id, measure=measure, value=Decimal(value))


def record(office: Office, *targets: rpc.Target, **changes: Any) -> rpc.YearPlan:
    request = rpc.RecordPlan(year=2026, targets=list(targets), **({"text": "加强信息报送工作。"} | changes))
    plan: rpc.YearPlan = office.call("record_plan", request, CHIEF)
    return plan


def reached(office: Office, who: Any = CHIEF) -> dict[tuple[UUID, str], Decimal | None]:
    plan = office.call("get_plan", rpc.PlanOfYear(year=2026), who)
    return {(unit.unit_id, each.measure.value): each.reached for unit in plan.units for each in unit.progress}


def test_R14_progress_is_reckoned_from_the_years_reports(office: Office) -> None:
    record(office, target(10), target(90, measure=rpc.Measure.URGENT_IN_TIME), target(2, JINNAN))
    office.accept(AcceptedFactory.development(), AcceptedFactory.urgent_in_time())
    office.accept(AcceptedFactory.feedback())
    drill = ContentFactory.urgent(drill=True)
    office.accept(AcceptedFactory.of(drill, office.clock.at))
    office.watermark(office.clock.at, 4)
    assert reached(office)[HEXI, "reports"] == 2
    assert reached(office)[JINNAN, "reports"] == 0


def test_R14_units_that_are_behind_come_first(office: Office) -> None:
    plan = record(office, target(0), target(20, JINNAN))
    assert [(unit.unit_id, unit.behind) for unit in plan.units] == [(JINNAN, 1), (HEXI, 0)]


def test_R14_a_unit_sees_its_own_targets_only(office: Office) -> None:
    record(office, target(10), target(10, JINNAN))
    assert {unit_id for unit_id, _ in reached(office, OFFICER)} == {HEXI}


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ([target(1, new_id())], "/targets/0/unit_id"),
        ([target(1), target(2)], "/targets/1/measure"),
        ([target(101, measure=rpc.Measure.URGENT_IN_TIME)], "/targets/0/value"),
    ],
)
def test_R14_a_target_that_makes_no_sense_is_named(office: Office, wrong: list[rpc.Target], pointer: str) -> None:
    with pytest.raises(Refusal) as refused:
        record(office, *wrong)
    assert refused.value.pointer == pointer


def test_R14_of_two_changes_of_a_plan_at_once_one_is_told_to_read_again(office: Office) -> None:
    for version in range(3):
        results = at_once(*(partial(record, office, text=f"第{version}-{n}稿", version=version) for n in range(3)))
        assert sum(isinstance(result, rpc.YearPlan) for result in results) == 1
        assert sum(isinstance(result, StaleVersion) for result in results) == 2


def test_R14_a_plan_can_be_taken_along_as_a_spreadsheet(office: Office) -> None:
    record(office, target(10))
    assert office.call("export_plan", rpc.PlanOfYear(year=2026), OFFICER).name == "2026年计划进度.xlsx"
