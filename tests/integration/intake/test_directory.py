"""R14: units in a tree, people with dated posts, told to all others by events."""

from __future__ import annotations

from datetime import date

import pytest

from contracts.events.intake import PersonRecorded, UnitRecorded
from contracts.rpc import directory as rpc
from contracts.vocabulary import Role, UnitClass
from kernel.errors import Refusal
from kernel.ids import new_id
from kernel.principal import system_principal
from services.intake.directory import republish
from tests.factories.intake import HEXI, JINNAN, PersonFactory, UnitFactory
from tests.integration.intake.conftest import Office

ADMINISTRATOR = PersonFactory.administrator()


def unit_names(office: Office, q: str | None = None) -> list[str]:
    page = office.call("list_units", rpc.ListUnits(q=q), ADMINISTRATOR)
    return [unit.name for unit in page.items]


def test_R14_a_change_counts_the_version_on_and_is_told(office: Office) -> None:
    renamed = office.call("record_unit", UnitFactory.district(name="河西区政府办"), ADMINISTRATOR)
    recorded = [event for event in office.harness.outbox(UnitRecorded) if event.data.unit_id == HEXI]
    told = [(event.version, event.data.name) for event in recorded]
    assert renamed.version == 2
    assert told == [(1, "河西区人民政府办公室"), (2, "河西区政府办")]


def test_R14_recording_what_is_held_already_tells_nothing(office: Office) -> None:
    before = len(office.told(UnitRecorded))
    assert office.call("record_unit", UnitFactory.district(), ADMINISTRATOR).version == 1
    assert len(office.told(UnitRecorded)) == before


def test_R14_units_stay_a_tree(office: Office) -> None:
    office.call("record_unit", UnitFactory.bureau(parent_id=HEXI, unit_class=UnitClass.DISTRICT), ADMINISTRATOR)
    for parent_id in (JINNAN, HEXI, new_id()):
        with pytest.raises(Refusal) as refused:
            office.call("record_unit", UnitFactory.district(parent_id=parent_id), ADMINISTRATOR)
        assert refused.value.pointer == "/parent_id"


def test_R14_a_person_is_recorded_with_posts_and_told(office: Office) -> None:
    person = office.call("record_person", PersonFactory.recorded(), ADMINISTRATOR)
    (told,) = office.told(PersonRecorded)
    assert (told.person_id, told.posts[0].role) == (person.person_id, Role.INFORMATION_OFFICER)


def test_R14_a_post_in_an_unknown_unit_is_refused_with_its_place(office: Office) -> None:
    request = PersonFactory.recorded()
    wrong = request.posts[0].model_copy(update={"unit_id": new_id()})
    with pytest.raises(Refusal) as refused:
        office.call("record_person", request.model_copy(update={"posts": [request.posts[0], wrong]}), ADMINISTRATOR)
    assert refused.value.pointer == "/posts/1/unit_id"


def test_R14_a_period_that_ends_before_it_begins_is_refused(office: Office) -> None:
    with pytest.raises(Refusal) as refused:
        office.call("record_unit", UnitFactory.district(valid_to=date(2000, 1, 1)), ADMINISTRATOR)
    assert refused.value.pointer == "/valid_to"


def test_R14_units_are_listed_by_pinyin_and_found_in_any_script(office: Office) -> None:
    office.call("record_unit", UnitFactory.district(new_id(), "宝坻区人民政府办公室"), ADMINISTRATOR)
    assert unit_names(office) == ["宝坻区人民政府办公室", "河西区人民政府办公室", "市应急管理局"]
    assert unit_names(office, "應急") == ["市应急管理局"]
    assert unit_names(office, "%") == []


def test_R14_pages_of_people_show_everybody_once(office: Office) -> None:
    for name in ("王芳", "李明", "赵强"):
        office.call("record_person", PersonFactory.recorded(name=name), ADMINISTRATOR)
    office.call("record_person", PersonFactory.recorded(JINNAN, "孙立"), ADMINISTRATOR)
    first = office.call("list_people", rpc.ListPeople(unit_id=HEXI, limit=2), ADMINISTRATOR)
    rest = office.call("list_people", rpc.ListPeople(unit_id=HEXI, limit=2, cursor=first.next_cursor), ADMINISTRATOR)
    assert [person.name for person in first.items + rest.items] == ["李明", "王芳", "赵强"]
    assert rest.next_cursor is None


def test_R14_republishing_tells_the_present_state_in_its_versions(office: Office) -> None:
    office.call("record_unit", UnitFactory.district(name="河西区政府办"), ADMINISTRATOR)
    office.call("record_person", PersonFactory.recorded(), ADMINISTRATOR)
    before = len(office.harness.outbox())
    with office.harness.database.work(system_principal("intake")) as work:
        republish(work)
    told = [(event.type, event.version) for event in office.harness.outbox()[before:]]
    assert sorted(told) == [("person.recorded", 1), ("unit.recorded", 1), ("unit.recorded", 2)]
