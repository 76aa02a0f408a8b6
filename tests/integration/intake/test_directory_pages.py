"""R14: the tree, a unit's page, former names, people by post and day, and who sees whose people."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from contracts.events.intake import PersonRecorded, UnitRecorded
from contracts.rpc import directory as rpc
from contracts.vocabulary import Role, UnitClass
from kernel.errors import Conflict, NotFound, Refusal, StaleVersion
from kernel.ids import new_id
from tests.factories.intake import HEXI, JINNAN, ContentFactory, PersonFactory, UnitFactory
from tests.factories.review import at_once
from tests.integration.intake.conftest import Office

ADMINISTRATOR, EDITOR = PersonFactory.administrator(), PersonFactory.of_the_city(Role.EDITOR)
TODAY = date(2026, 11, 24)


def record(office: Office, unit: rpc.RecordUnit) -> rpc.Unit:
    recorded: rpc.Unit = office.call("record_unit", unit, ADMINISTRATOR)
    return recorded


def page_of(office: Office, unit_id: UUID, who: Any = ADMINISTRATOR, at: date | None = None) -> rpc.UnitRecord:
    answer: rpc.UnitRecord = office.call("get_unit", rpc.GetUnit(unit_id=unit_id, at=at), who)
    return answer


def subunit(name: str = "河西区应急管理局", **changes: Any) -> rpc.RecordUnit:
    return UnitFactory.district(new_id(), name, parent_id=HEXI, **changes)


def leader(unit_id: UUID = HEXI, name: str = "李强", **changes: Any) -> rpc.RecordPerson:
    post = rpc.Post(
        unit_id=unit_id, role=Role.RESPONSIBLE_LEADER, title="副主任", valid_from=date(2020, 1, 1), **changes
    )
    return rpc.RecordPerson(person_id=new_id(), name=name, unit_id=unit_id, posts=[post])


def test_R14_the_tree_follows_the_official_order(office: Office) -> None:
    record(office, UnitFactory.bureau(position=1))
    record(office, subunit("河西区卫生健康委", position=2))
    record(office, subunit("河西区应急管理局", position=1))
    tree = office.call("unit_tree", rpc.UnitTreeQuery(), EDITOR).items
    shown = [(unit.name, unit.depth) for unit in tree]
    assert shown == [
        ("市应急管理局", 0), ("河西区人民政府办公室", 0), ("河西区应急管理局", 1), ("河西区卫生健康委", 1),
    ]


def test_R14_a_former_name_is_shown_with_its_days_and_found(office: Office) -> None:
    record(office, UnitFactory.district(name="河西区委办公室", name_since=date(2020, 3, 1)))
    (former,) = page_of(office, HEXI).former_names
    assert (former.name, former.until) == ("河西区人民政府办公室", date(2020, 2, 29))
    found = office.call("list_units", rpc.ListUnits(q="人民政府办"), EDITOR).items
    assert [unit.unit_id for unit in found] == [HEXI]


def test_R14_a_changed_class_goes_down_the_tree_and_is_told(office: Office) -> None:
    below = record(office, subunit())
    record(office, UnitFactory.district(unit_class=UnitClass.AFFILIATED))
    told = [event.data for event in office.harness.outbox(UnitRecorded) if event.data.unit_id == below.unit_id]
    assert [data.unit_class for data in told] == [UnitClass.DISTRICT, UnitClass.AFFILIATED]


def test_R14_a_unit_that_ended_takes_no_new_draft_but_finishes_the_old(office: Office) -> None:
    officer = PersonFactory.officer()
    draft = office.save(ContentFactory.development(), officer)
    record(office, UnitFactory.district(valid_to=date(2026, 11, 23)))
    with pytest.raises(Conflict) as refused:
        office.save(ContentFactory.development(), officer)
    assert "2026-11-23" in refused.value.detail_zh
    assert office.save(ContentFactory.development("改过"), officer, draft.draft_id, draft.version).version == 2


def test_R14_posts_end_with_their_unit_and_are_told(office: Office) -> None:
    person = office.call("record_person", leader(), ADMINISTRATOR)
    record(office, UnitFactory.district(valid_to=TODAY))
    told = [data for data in office.told(PersonRecorded) if data.person_id == person.person_id]
    assert told[-1].posts[0].valid_to == TODAY
    with pytest.raises(Refusal) as refused:
        office.call("record_person", leader(), ADMINISTRATOR)
    assert refused.value.pointer == "/posts/0/valid_to"


def test_R14_a_change_on_an_older_version_is_refused(office: Office) -> None:
    record(office, UnitFactory.district(name="河西区政府办", version=1))
    with pytest.raises(StaleVersion):
        record(office, UnitFactory.district(name="河西区府办", version=1))


def test_R14_two_units_moved_below_each_other_at_once_stay_a_tree(office: Office) -> None:
    for _ in range(4):
        one, two = (record(office, UnitFactory.district(new_id(), name)) for name in ("甲办", "乙办"))
        pairs = ((one, two), (two, one))
        moves = [UnitFactory.district(low.unit_id, low.name, parent_id=high.unit_id) for low, high in pairs]
        results = at_once(*(partial(record, office, move) for move in moves))
        assert sorted(isinstance(result, Refusal) for result in results) == [False, True]


def test_R14_the_unit_page_shows_who_holds_which_post_on_a_day(office: Office) -> None:
    office.call("record_person", leader(name="李强", valid_to=date(2026, 6, 30)), ADMINISTRATOR)
    office.call("record_person", leader(name="赵刚"), ADMINISTRATOR)
    pages = [page_of(office, HEXI, at=day) for day in (date(2026, 6, 1), TODAY)]
    assert [[person.name for person in page.people or []] for page in pages] == [["李强", "赵刚"], ["赵刚"]]


def test_R14_a_unit_sees_its_own_people_and_nobody_elses(office: Office) -> None:
    own = office.call("record_person", leader(), ADMINISTRATOR)
    other = office.call("record_person", leader(JINNAN, "孙立"), ADMINISTRATOR)
    officer = PersonFactory.officer()
    listed = office.call("list_people", rpc.ListPeople(), officer).items
    assert [person.person_id for person in listed] == [own.person_id]
    assert page_of(office, JINNAN, officer).people is None
    with pytest.raises(NotFound):
        office.call("get_person", rpc.GetPerson(person_id=other.person_id), officer)
    assert len(office.call("list_people", rpc.ListPeople(), EDITOR).items) == 2


def test_R14_a_unit_sees_of_a_guest_only_the_post_with_itself(office: Office) -> None:
    guest = leader(JINNAN, "孙立")
    here = rpc.Post(unit_id=HEXI, role=Role.INFORMATION_OFFICER, title="挂职", valid_from=date(2026, 1, 1))
    office.call("record_person", guest.model_copy(update={"posts": [*guest.posts, here]}), ADMINISTRATOR)
    (seen,) = office.call("list_people", rpc.ListPeople(), PersonFactory.officer()).items
    assert [post.unit_id for post in seen.posts] == [HEXI]


def test_R14_people_are_found_by_unit_role_and_day_of_one_post(office: Office) -> None:
    office.call("record_person", leader(valid_to=date(2026, 1, 1)), ADMINISTRATOR)
    office.call("record_person", PersonFactory.recorded(name="王芳"), ADMINISTRATOR)

    def found(**asked: Any) -> list[str]:
        page = office.call("list_people", rpc.ListPeople(unit_id=HEXI, **asked), EDITOR)
        return [person.name for person in page.items]

    assert found(role=Role.RESPONSIBLE_LEADER) == ["李强"]
    assert found(role=Role.RESPONSIBLE_LEADER, at=TODAY) == []
    assert found(at=TODAY) == ["王芳"]


@pytest.mark.parametrize(
    ("q", "names"), [("强", ["李强"]), ("強", ["李强"]), ("p-7", ["李强"]), ("%", []), (" 王", ["王芳"])]
)
def test_R14_people_are_found_by_part_of_the_name_or_by_code(office: Office, q: str, names: list[str]) -> None:
    office.call("record_person", leader().model_copy(update={"code": "P-7"}), ADMINISTRATOR)
    office.call("record_person", PersonFactory.recorded(name="王芳"), ADMINISTRATOR)
    found = office.call("list_people", rpc.ListPeople(q=q), EDITOR).items
    assert [person.name for person in found] == names


def test_R14_the_city_sees_which_units_lack_somebody(office: Office) -> None:
    office.call("record_person", leader(), ADMINISTRATOR)
    gaps = {unit.unit_id: unit.gaps for unit in office.call("list_staffing", rpc.StaffingQuery(), EDITOR).items}
    assert gaps[HEXI] == [rpc.StaffingGap.NO_DEPUTY, rpc.StaffingGap.NO_OFFICER]
    assert rpc.StaffingGap.NO_LEADER in gaps[JINNAN]
