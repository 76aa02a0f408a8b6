"""R14: the rules of the directory as a whole, names by day, who is missing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.rpc.directory import Post, RecordPerson, RecordUnit, StaffingGap
from contracts.vocabulary import Role, UnitClass
from services.intake.model.directory import Directory
from services.intake.model.people import staffing_gaps
from services.intake.model.units import UnitVersion, former_names, namings, official_key, version_on
from tests.factories.intake import HEXI, JINNAN, UnitFactory

TODAY = date(2026, 11, 24)
CITY, SUB, SUBSUB, MAN = (UUID(int=number) for number in (3, 4, 5, 6))


def city() -> RecordUnit:
    return UnitFactory.district(CITY, "市政府办公厅", unit_class=UnitClass.CITY_OFFICE)


def sub(**changes: Any) -> RecordUnit:
    return UnitFactory.district(SUB, "河西区应急局", **({"parent_id": HEXI} | changes))


def person(*posts: Post) -> RecordPerson:
    return RecordPerson(person_id=MAN, name="李明", unit_id=HEXI, posts=list(posts))


def post(unit_id: UUID = HEXI, role: Role = Role.RESPONSIBLE_LEADER, **changes: Any) -> Post:
    return Post(**({"unit_id": unit_id, "role": role, "title": "副主任", "valid_from": date(2020, 1, 1)} | changes))


def pointers(directory: Directory, *units: RecordUnit, people: tuple[RecordPerson, ...] = ()) -> list[str]:
    return [fault.pointer for fault in directory.take(units, people, today=TODAY).faults]


def test_R14_a_unit_under_the_city_has_a_class_of_its_own_and_a_subunit_its_parents() -> None:
    directory = Directory([city()])
    assert pointers(directory, UnitFactory.district(parent_id=CITY), sub()) == []
    assert pointers(directory, sub(unit_class=UnitClass.BUREAU)) == ["/unit_class"]


def test_R14_a_changed_class_reaches_every_subunit() -> None:
    below = UnitFactory.district(SUBSUB, "科", parent_id=SUB)
    directory = Directory([UnitFactory.district(), sub(), below])
    taken = directory.take([UnitFactory.district(unit_class=UnitClass.BUREAU)], today=TODAY)
    assert [unit.unit_class for unit in taken.units] == [UnitClass.BUREAU] * 3
    assert [unit.unit_id for unit in taken.units] == [HEXI, SUB, SUBSUB]


def test_R14_the_order_of_changes_in_one_act_is_all_one() -> None:
    ends = TODAY - timedelta(days=1)
    changes = [sub(valid_to=ends), UnitFactory.district(valid_to=ends)]
    for order in (changes, changes[::-1]):
        assert pointers(Directory([UnitFactory.district(), sub()]), *order) == []


def test_R14_a_unit_cannot_end_before_its_subunits() -> None:
    directory = Directory([UnitFactory.district(), sub()])
    assert pointers(directory, UnitFactory.district(valid_to=TODAY)) == ["/valid_to"]


@pytest.mark.parametrize("swapped", [False, True])
def test_R14_two_units_below_each_other_are_refused(swapped: bool) -> None:
    units = [UnitFactory.district(parent_id=SUB), sub()]
    assert set(pointers(Directory([]), *(units[::-1] if swapped else units))) == {"/parent_id"}


def test_R14_two_units_may_exchange_their_codes_but_not_share_one() -> None:
    held = [UnitFactory.district(code="A"), UnitFactory.bureau(code="B")]
    assert pointers(Directory(held), UnitFactory.district(code="B"), UnitFactory.bureau(code="A")) == []
    assert pointers(Directory(held), UnitFactory.district(code="B")) == ["/code"]


def test_R14_open_posts_end_with_the_unit_and_those_not_begun_fall_away() -> None:
    later = post(valid_from=TODAY + timedelta(days=9))
    elsewhere = post(JINNAN)
    directory = Directory([UnitFactory.district(), UnitFactory.bureau()], [person(post(), later, elsewhere)])
    (changed,) = directory.take([UnitFactory.district(valid_to=TODAY)], today=TODAY).people
    assert changed.posts == [post(valid_to=TODAY), elsewhere]


def test_R14_a_post_beyond_the_end_of_its_unit_is_refused_with_its_place() -> None:
    directory = Directory([UnitFactory.district(valid_to=TODAY), UnitFactory.bureau()])
    assert pointers(directory, people=(person(post(JINNAN), post()),)) == ["/posts/1/valid_to"]


def test_R14_full_or_part_time_is_said_of_information_officers_only() -> None:
    directory = Directory([UnitFactory.district()])
    assert pointers(directory, people=(person(post(full_time=True)),)) == ["/posts/0/full_time"]


def test_R14_a_new_name_holds_from_today_or_from_the_day_stated() -> None:
    for since, expected in ((None, TODAY), (date(2024, 5, 1), date(2024, 5, 1))):
        directory = Directory([UnitFactory.district(name_since=date(2008, 10, 24))])
        (renamed,) = directory.take([UnitFactory.district(name="新名", name_since=since)], today=TODAY).units
        assert renamed.name_since == expected


def test_R14_a_name_cannot_hold_from_a_day_to_come() -> None:
    directory = Directory([UnitFactory.district()])
    renamed = UnitFactory.district(name="新名", name_since=TODAY + timedelta(days=1))
    assert pointers(directory, renamed) == ["/name_since"]


VERSIONS = st.lists(st.tuples(st.sampled_from("甲乙丙"), st.integers(0, 12)), min_size=1, max_size=8)


@given(VERSIONS, st.integers(0, 14))
def test_R14_the_names_by_day_are_those_that_reports_of_the_day_bear(recorded: list[tuple[str, int]], day: int) -> None:
    first = date(2020, 1, 1)
    versions = [
        UnitVersion(version=number, name=name, valid_from=first + timedelta(days=since))
        for number, (name, since) in enumerate(recorded, 1)
    ]
    asked = first + timedelta(days=day)
    in_force = [naming for naming in namings(versions) if naming.since <= asked]
    found = version_on(versions, asked)
    if in_force and found is not None:
        assert in_force[-1].name == found.name
    assert all(former.since <= former.until for former in former_names(versions))


@given(st.lists(st.tuples(st.one_of(st.none(), st.integers(1, 99_999)), st.sampled_from(["安", "北", "1号", "Z"]))))
def test_R14_units_with_a_place_in_the_official_order_come_first(units: list[tuple[int | None, str]]) -> None:
    places = [place for place, _ in sorted(units, key=lambda unit: official_key(*unit))]
    stated = [place for place in places if place is not None]
    assert places == sorted(stated) + [None] * (len(places) - len(stated))


def test_R14_a_fully_staffed_unit_lacks_nobody() -> None:
    officer = post(role=Role.INFORMATION_OFFICER, full_time=True)
    assert staffing_gaps([post(), post(deputy=True), officer], TODAY) == []


def test_R14_what_a_unit_lacks_is_named() -> None:
    ended = post(valid_to=TODAY - timedelta(days=1))
    part_time = post(role=Role.INFORMATION_OFFICER, full_time=False)
    assert staffing_gaps([ended, part_time], TODAY) == [
        StaffingGap.NO_LEADER, StaffingGap.NO_DEPUTY, StaffingGap.NO_FULL_TIME_OFFICER,
    ]
    assert StaffingGap.SEVERAL_LEADERS in staffing_gaps([post(), post()], TODAY)
