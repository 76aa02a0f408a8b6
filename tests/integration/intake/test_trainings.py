"""R14: trainings with those who took part, hours of units, and who may record and see what."""

from __future__ import annotations

import base64
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from contracts.rpc import directory as directory_rpc
from contracts.rpc import plans as plan_rpc
from contracts.rpc import trainings as rpc
from contracts.vocabulary import Role
from kernel.errors import Forbidden, NotFound, Refusal, StaleVersion
from kernel.ids import new_id
from kernel.papers.sheets import read_tables
from tests.factories.intake import HEXI, JINNAN, PersonFactory, UnitFactory
from tests.factories.review import at_once
from tests.integration.intake.conftest import Office

ADMINISTRATOR, OFFICER = PersonFactory.administrator(), PersonFactory.officer()
EDITOR, CHIEF = PersonFactory.of_the_city(Role.EDITOR), PersonFactory.of_the_city(Role.CHIEF_EDITOR)
DAY = date(2026, 5, 12)


def person(office: Office, unit_id: UUID = HEXI, name: str = "王敏") -> UUID:
    recorded: directory_rpc.Person = office.call("record_person", PersonFactory.recorded(unit_id, name), ADMINISTRATOR)
    return recorded.person_id


def record(office: Office, who: Any, *people: UUID, **changes: Any) -> rpc.Training:
    values: dict[str, Any] = {"subject": "信息写作培训", "kind": rpc.TrainingKind.TRAINING, "day": DAY, "hours": "3.5"}
    given = {"training_id": new_id(), "person_ids": people} | values | changes
    recorded: rpc.Training = office.call("record_training", rpc.RecordTraining(**given), who)
    return recorded


def change(office: Office, held: rpc.Training, who: Any, *people: UUID, **changes: Any) -> rpc.Training:
    values = held.model_dump(include={"training_id", "subject", "kind", "day", "hours", "organiser_id", "version"})
    request = rpc.ChangeTraining(**(values | {"person_ids": people} | changes))
    changed: rpc.Training = office.call("change_training", request, who)
    return changed


def listed(office: Office, who: Any, **asked: Any) -> list[tuple[str, int]]:
    page = office.call("list_trainings", rpc.ListTrainings(**asked), who)
    return [(each.subject, each.people) for each in page.items]


def hours(office: Office, who: Any) -> dict[UUID, tuple[int, int, Decimal]]:
    found = office.call("training_hours", rpc.TrainingHoursQuery(year=2026), who).units
    return {unit.unit_id: (unit.trainings, unit.people, unit.hours) for unit in found}


def test_R14_hours_of_a_unit_are_summed_over_its_people_and_each_unit_sees_its_own(office: Office) -> None:
    wang, li, sun = person(office), person(office, name="李娜"), person(office, JINNAN, "孙立")
    record(office, EDITOR, wang, li, sun, organiser_id=JINNAN, subject="全市培训")
    record(office, OFFICER, wang, subject="区内交流", hours="2", kind=rpc.TrainingKind.EXCHANGE)
    record(office, EDITOR, sun, organiser_id=JINNAN, subject="去年", day=date(2025, 12, 31))
    both = {HEXI: (2, 2, Decimal("9.0")), JINNAN: (1, 1, Decimal("3.5"))}
    assert hours(office, CHIEF) == both
    assert hours(office, OFFICER) == {HEXI: both[HEXI]}
    assert listed(office, CHIEF, year=2026) == [("区内交流", 1), ("全市培训", 3)]
    assert listed(office, CHIEF, unit_id=JINNAN, year=2026) == [("全市培训", 3)]
    assert listed(office, OFFICER) == [("区内交流", 1), ("全市培训", 2)]
    assert listed(office, OFFICER, person_id=sun) == listed(office, OFFICER, unit_id=JINNAN) == []
    assert listed(office, OFFICER, person_id=li) == [("全市培训", 2)]


def test_R14_an_officer_records_his_own_unit_and_nobody_elses(office: Office) -> None:
    wang, sun = person(office), person(office, JINNAN, "孙立")
    assert record(office, OFFICER, wang).organiser_id == HEXI
    for people, changes, pointer in (
        ([sun], {}, "/person_ids/0"), ([wang, new_id()], {}, "/person_ids/1"), ([wang, wang], {}, "/person_ids/1"),
        ([wang], {"organiser_id": JINNAN}, "/organiser_id"), ([wang], {"day": date(2026, 11, 25)}, "/day"),
    ):
        with pytest.raises(Refusal) as refused:
            record(office, OFFICER, *people, **changes)
        assert refused.value.pointer == pointer
    with pytest.raises(Forbidden):
        record(office, PersonFactory.leader(), wang)


def test_R14_what_the_city_recorded_of_several_units_an_officer_reads_and_leaves(office: Office) -> None:
    wang, sun = person(office), person(office, JINNAN, "孙立")
    shared = record(office, EDITOR, wang, sun, organiser_id=HEXI)
    seen = office.call("get_training", rpc.TrainingId(training_id=shared.training_id), OFFICER)
    assert [each.name for each in seen.people] == ["王敏"]
    with pytest.raises(Forbidden):
        change(office, shared, OFFICER, wang)
    foreign = record(office, EDITOR, sun, organiser_id=JINNAN)
    for training_id in (foreign.training_id, new_id()):
        with pytest.raises(NotFound):
            office.call("remove_training", rpc.TrainingId(training_id=training_id), OFFICER)


def test_R14_names_and_units_of_those_who_took_part_stay_as_they_were(office: Office) -> None:
    wang = person(office)
    held = record(office, EDITOR, wang, organiser_id=HEXI)
    moved = PersonFactory.recorded(JINNAN, "王敏").model_copy(update={"person_id": wang})
    office.call("record_person", moved, ADMINISTRATOR)
    office.call("record_unit", UnitFactory.district(name="河西区府办", name_since=date(2026, 11, 1)), ADMINISTRATOR)
    changed = change(office, held, EDITOR, wang, person(office, name="李娜"))
    assert [(each.name, each.unit_name) for each in changed.people] == [
        ("李娜", "河西区人民政府办公室"), ("王敏", "河西区人民政府办公室"),
    ]
    assert changed.organiser_name == "河西区人民政府办公室"
    office.call("remove_training", rpc.TrainingId(training_id=held.training_id), EDITOR)
    assert listed(office, EDITOR) == []


def test_R14_of_two_changes_at_once_one_is_told_to_read_again(office: Office) -> None:
    wang = person(office)
    held = record(office, OFFICER, wang)
    acts = [partial(change, office, held, OFFICER, wang, subject=f"改{n}") for n in range(4)]
    results = at_once(*acts)
    assert sum(isinstance(each, rpc.Training) for each in results) == 1
    assert sum(isinstance(each, StaleVersion) for each in results) == 3


def test_R14_hours_of_training_can_be_a_target_of_the_year(office: Office) -> None:
    target = plan_rpc.Target(unit_id=HEXI, measure=plan_rpc.Measure.TRAINING_HOURS, value=Decimal(40))
    record(office, OFFICER, person(office))
    plan = office.call("record_plan", plan_rpc.RecordPlan(year=2026, text="培训", targets=[target]), CHIEF)
    (progress,) = plan.units[0].progress
    assert (progress.reached, progress.behind) == (Decimal("3.5"), True)


def test_R14_a_years_records_are_taken_along_and_formulas_stay_text(office: Office) -> None:
    record(office, OFFICER, person(office), subject="=HYPERLINK(1)")
    record(office, EDITOR, person(office, JINNAN, "孙立"), organiser_id=JINNAN)
    file = office.call("export_trainings", rpc.ExportTrainings(year=2026), OFFICER)
    people, sums = read_tables(base64.b64decode(file.content_base64)).tables
    assert (people.rows[1][1], people.formulas, len(people.rows)) == ("=HYPERLINK(1)", [], 2)
    assert [row[3] for row in sums.rows[1:]] == ["3.5"]


def test_R14_pages_of_trainings_hold_each_once(office: Office) -> None:
    wang = person(office)
    for number in range(5):
        record(office, OFFICER, wang, subject=f"第{number}次")
    seen: list[str] = []
    cursor = None
    for _ in range(3):
        page = office.call("list_trainings", rpc.ListTrainings(limit=2, cursor=cursor), OFFICER)
        seen += [each.subject for each in page.items]
        cursor = page.next_cursor
    assert (sorted(seen), cursor) == ([f"第{number}次" for number in range(5)], None)
    for wrong in ("x", "WyIyMDI2Il0"):
        with pytest.raises(Refusal) as refused:
            office.call("list_trainings", rpc.ListTrainings(cursor=wrong), OFFICER)
        assert refused.value.pointer == "/cursor"
