"""R26: the duty list, a plain list per shift."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from contracts.rpc import notify as rpc
from contracts.vocabulary import Role
from kernel.cursors import cursor_after
from kernel.errors import Conflict, Forbidden, Invalid, NotFound, StaleVersion
from kernel.ids import new_id
from kernel.principal import Principal
from tests.factories.duty import ADMINISTRATOR, HOUR, NOON, OFFICE, DutyOffice
from tests.factories.review import at_once


@pytest.fixture
def office(migrated_database: Callable[[str], str]) -> Iterator[DutyOffice]:
    office = DutyOffice(migrated_database("notify"))
    office.staff()
    yield office
    office.close()


def shifts(office: DutyOffice, **query: Any) -> list[list[str]]:
    page = office.call("list_duty_shifts", rpc.ListDutyShifts(**query))
    return [[person.name for person in shift.persons] for shift in page.items]


def of_the_city(role: Role) -> Principal:
    return Principal(str(new_id()), "马丽", OFFICE, frozenset({role}))


def test_R26_persons_stand_in_the_order_in_which_they_are_called(office: DutyOffice) -> None:
    office.shift(["丙", "甲", "乙"])
    assert shifts(office) == [["丙", "甲", "乙"]]


def test_R26_the_list_shows_the_present_shift_and_those_to_come_page_by_page(office: DutyOffice) -> None:
    office.shift(["丙"], NOON + 12 * HOUR, 12)
    office.shift(["甲"], NOON - 24 * HOUR, 12)
    office.shift(["乙"], NOON - HOUR, 13)
    assert shifts(office) == [["乙"], ["丙"]]
    assert shifts(office, since=NOON - 24 * HOUR) == [["甲"], ["乙"], ["丙"]]
    first = office.call("list_duty_shifts", rpc.ListDutyShifts(limit=1))
    assert shifts(office, cursor=first.next_cursor) == [["丙"]]


@pytest.mark.parametrize("cursor", ["x", "2026-11-24T00:00:00 x", "2026-11-24T00:00:00+00:00"])
def test_R26_a_cursor_that_is_none_is_refused(office: DutyOffice, cursor: str) -> None:
    with pytest.raises(Invalid):
        shifts(office, cursor=cursor)


@pytest.mark.parametrize(
    ("hours", "pointer"), [(0, "/ends_at"), (-1, "/ends_at"), (48.01, "/ends_at")]
)
def test_R26_a_shift_ends_after_it_starts_and_within_48_hours(office: DutyOffice, hours: float, pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        office.shift(["甲"], hours=hours)
    assert refused.value.pointer == pointer


def test_R26_48_hours_are_the_longest(office: DutyOffice) -> None:
    assert office.shift(["甲"], hours=48).version == 1


def test_R26_only_duty_officers_are_put_on_the_list(office: DutyOffice) -> None:
    with pytest.raises(Invalid) as refused:
        office.shift(["甲", "丁"])
    assert refused.value.pointer == "/persons/1"


def test_R26_a_person_nobody_knows_is_refused_by_place(office: DutyOffice) -> None:
    with pytest.raises(Invalid) as refused:
        office.shift(["甲"], persons=[office.people["甲"], office.people["乙"], new_id()])
    assert refused.value.pointer == "/persons/2"


def test_R26_the_post_must_be_held_on_all_days_of_the_shift(office: DutyOffice) -> None:
    office.person("乙", Role.DUTY_OFFICER, valid_to=date(2026, 11, 24))
    office.shift(["乙"], NOON, 12)  # ends at midnight in Shanghai, which is no new day
    with pytest.raises(Invalid) as refused:
        office.shift(["甲", "乙"], NOON + 12 * HOUR - timedelta(minutes=1), 1)
    assert refused.value.pointer == "/persons/1"


def test_R26_nobody_stands_twice_in_a_shift(office: DutyOffice) -> None:
    with pytest.raises(Invalid) as refused:
        office.shift(["甲", "乙", "甲"])
    assert refused.value.pointer == "/persons/2"


def test_R26_shifts_do_not_overlap_but_follow_each_other(office: DutyOffice) -> None:
    office.shift(["甲"], NOON, 12)
    with pytest.raises(Conflict):
        office.shift(["乙"], NOON + 11 * HOUR, 12)
    office.shift(["乙"], NOON + 12 * HOUR, 12)
    assert shifts(office) == [["甲"], ["乙"]]


def test_R26_of_overlapping_shifts_recorded_at_once_one_stands(office: DutyOffice) -> None:
    results = at_once(*(lambda: office.shift(["甲"]) for _ in range(4)))
    assert sorted(isinstance(result, Conflict) for result in results) == [False, True, True, True]


def test_R26_a_shift_is_changed_and_may_overlap_itself(office: DutyOffice) -> None:
    made = office.shift(["甲"])
    changed = office.shift(["乙", "甲"], hours=10, shift_id=made.shift_id)
    assert (changed.version, shifts(office)) == (2, [["乙", "甲"]])


def test_R26_a_shift_is_taken_off_the_list(office: DutyOffice) -> None:
    made = office.shift(["甲"])
    office.call("remove_duty_shift", rpc.RemoveDutyShift(shift_id=made.shift_id))
    assert shifts(office) == []
    with pytest.raises(NotFound):
        office.call("remove_duty_shift", rpc.RemoveDutyShift(shift_id=made.shift_id))


def test_R24_shifts_and_contacts_changed_since_they_were_read_are_not_overwritten(office: DutyOffice) -> None:
    made = office.shift(["甲"])
    for stale in (0, 2):
        with pytest.raises(StaleVersion) as refused:
            office.shift(["乙"], shift_id=made.shift_id, version=stale)
        assert refused.value.extra == {"version": 1}
        with pytest.raises(StaleVersion):
            office.call("remove_duty_shift", rpc.RemoveDutyShift(shift_id=made.shift_id, version=stale))
    assert office.shift(["乙"], shift_id=made.shift_id, version=1).version == 2
    contact = rpc.RecordContact(person_id=office.people["甲"], email="b@city.example", version=0)
    with pytest.raises(StaleVersion) as refused:
        office.harness.call("record_contact", contact, ADMINISTRATOR)
    assert refused.value.extra == {"version": 1}


def test_R24_of_first_addresses_recorded_at_once_one_stands(office: DutyOffice) -> None:
    contact = rpc.RecordContact(person_id=new_id(), email="b@city.example", version=0)
    results = at_once(*(lambda: office.harness.call("record_contact", contact, ADMINISTRATOR) for _ in range(4)))
    assert sorted(isinstance(result, StaleVersion) for result in results) == [False, True, True, True]


def test_R26_a_shift_that_is_over_is_history(office: DutyOffice) -> None:
    made = office.shift(["甲"], NOON - 13 * HOUR, 12)
    with pytest.raises(Conflict):
        office.call("remove_duty_shift", rpc.RemoveDutyShift(shift_id=made.shift_id))
    with pytest.raises(Conflict):
        office.shift(["乙"], shift_id=made.shift_id)


def test_R26_duty_officers_of_a_day_are_those_who_hold_the_post_then(office: DutyOffice) -> None:
    office.person("乙", Role.DUTY_OFFICER, valid_to=date(2026, 11, 24))
    found = [
        [person.name for person in office.call("list_duty_officers", rpc.ListDutyOfficers(on=day)).items]
        for day in (None, date(2026, 11, 25))
    ]
    assert found == [["丙", "乙", "甲"], ["丙", "甲"]]


def test_R24_duty_officers_and_shifts_come_in_pages(office: DutyOffice) -> None:
    for number in range(3):
        office.shift(["甲"], NOON + number * 12 * HOUR)
    names, starts = [], []
    officers = rpc.ListDutyOfficers(limit=1)
    shifts_asked = rpc.ListDutyShifts(limit=1)
    for _page in range(3):
        page = office.call("list_duty_officers", officers)
        listed = office.call("list_duty_shifts", shifts_asked)
        names += [person.name for person in page.items]
        starts += [shift.starts_at for shift in listed.items]
        officers = rpc.ListDutyOfficers(limit=1, cursor=page.next_cursor)
        shifts_asked = rpc.ListDutyShifts(limit=1, cursor=listed.next_cursor)
    assert (names, page.next_cursor) == (["丙", "乙", "甲"], None)
    assert (starts, listed.next_cursor) == ([NOON + number * 12 * HOUR for number in range(3)], None)
    for foreign in (cursor_after(new_id()), "x"):
        with pytest.raises(Invalid):
            office.call("list_duty_officers", rpc.ListDutyOfficers(cursor=foreign))


@pytest.mark.parametrize(
    ("role", "reads", "writes"),
    [
        (Role.DUTY_OFFICER, True, True),
        (Role.CHIEF_EDITOR, True, True),
        (Role.EDITOR, True, False),
        (Role.INFORMATION_OFFICER, False, False),
        (Role.LEADER, False, False),
    ],
)
def test_R26_who_keeps_and_who_reads_the_list(office: DutyOffice, role: Role, reads: bool, writes: bool) -> None:
    who, made = of_the_city(role), office.shift(["甲"])
    change = rpc.RecordDutyShift(**made.model_dump(exclude={"persons", "version"}), persons=[office.people["乙"]])
    for allowed, method, request in (
        (reads, "list_duty_shifts", rpc.ListDutyShifts()),
        (reads, "list_duty_officers", rpc.ListDutyOfficers()),
        (writes, "record_duty_shift", change),
        (writes, "remove_duty_shift", rpc.RemoveDutyShift(shift_id=made.shift_id)),
    ):
        if allowed:
            office.call(method, request, who)
        else:
            with pytest.raises(Forbidden):
                office.call(method, request, who)
