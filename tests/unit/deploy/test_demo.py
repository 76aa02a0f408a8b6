"""The demo's cast and story: complete, believable in its counts, and the same for the same seed."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from itertools import combinations
from random import Random
from uuid import UUID

import pytest

from contracts.rpc.commissions import IssueCommission
from contracts.rpc.guidance import SaveGuidance
from contracts.rpc.research import StartProject
from contracts.vocabulary import Role, UnitClass
from deploy.demo import asking
from deploy.demo.cast import demo_cast
from deploy.demo.month import Agenda, is_working_day, moment, month_before
from deploy.demo.texts import everyday, feedback, final_report, first_report, follow_up, incident
from deploy.demo.units import Reporter, reporters
from deploy.operations.clock import span_of
from deploy.operations.installation import OperationFailed
from services.intake.model.similar import SIMILAR, Shingles, likeness, shingles_of


def test_there_are_sixteen_districts_and_forty_departments() -> None:
    classes = Counter(entry.unit_class for entry in reporters())
    assert classes[UnitClass.DISTRICT] == 16
    assert classes[UnitClass.BUREAU] + classes[UnitClass.AFFILIATED] == 40


def test_every_unit_has_an_officer_and_a_leader_of_another_name() -> None:
    cast = demo_cast(1)
    for code in cast.client_units:
        officer, leader = cast.person(f"{code}.xxy"), cast.person(f"{code}.ld")
        assert (officer.role, leader.role) == (Role.INFORMATION_OFFICER, Role.RESPONSIBLE_LEADER)
        assert officer.name != leader.name


def test_two_units_have_a_head() -> None:
    heads = [person.unit for person in demo_cast(1).people if person.role is Role.UNIT_HEAD]
    assert sorted(heads) == ["hexi", "nankai"]


def test_the_same_seed_tells_the_same_story() -> None:
    assert demo_cast(7) == demo_cast(7)
    assert demo_cast(7) != demo_cast(8)


@pytest.mark.parametrize("entry", reporters(), ids=lambda entry: entry.code)
def test_every_text_has_no_gap_left(entry: Reporter) -> None:
    chance = Random(3)
    for _ in range(20):
        text = everyday(entry, chance)
        happened = incident(entry, chance)
        occurred = moment(date(2026, 10, 9), 9.5)
        written = [text.title, text.body, first_report(happened, occurred), *follow_up(happened, 1)]
        written += [*feedback(entry, text.title, chance), *final_report(happened)[:2]]
        assert not any(mark in part for part in written for mark in "{}")
        assert all(len(part) <= 200 for part in (text.title, happened.title))


def _written(seed: int) -> list[tuple[str, Shingles]]:
    """Unit and shingles of what is written in a month or so."""
    chance = Random(seed)
    everyone = reporters()
    found = []
    for place in range(200):
        entry = everyone[chance.randrange(len(everyone))]
        text = everyday(entry, chance)
        found.append((entry.code, shingles_of(text.title, text.body)))
        if place % 10 == 0:
            happened = incident(everyone[chance.randrange(16)], chance)
            told = first_report(happened, moment(date(2026, 10, 9), 9.5))
            texts = [(happened.title, told), follow_up(happened, 1), follow_up(happened, 2), final_report(happened)[:2]]
            found += [(happened.title, shingles_of(*parts)) for parts in texts]
    return found


@pytest.mark.parametrize("seed", [2008, 7])
def test_reports_of_different_units_are_not_taken_for_each_other(seed: int) -> None:
    pairs = [
        (one, other)
        for (who, one), (whose, other) in combinations(_written(seed), 2)
        if who != whose and likeness(one, other) >= SIMILAR
    ]
    assert len(pairs) <= 8  # two districts' incidents of the same sort are alike now and then


def test_acts_happen_in_the_order_of_time_and_none_after_the_end() -> None:
    start = datetime(2026, 10, 9, tzinfo=moment(date(2026, 10, 9), 0).tzinfo)
    agenda = Agenda(start + timedelta(hours=5))
    happened: list[int] = []
    for hour in (3, 1, 6, 2):
        agenda.plan(start + timedelta(hours=hour), lambda _at, hour=hour: happened.append(hour))
    for at, deed in agenda:
        deed(at)
        agenda.plan(at + timedelta(hours=3), lambda _at: happened.append(0))
    assert happened == [1, 2, 3, 0]


def test_the_month_before_january_is_december() -> None:
    assert month_before(date(2026, 1, 15)) == (date(2025, 12, 1), date(2026, 1, 1))


def test_a_holiday_is_no_working_day_and_a_year_nobody_knows_goes_by_weekdays() -> None:
    assert not is_working_day(date(2026, 10, 1))
    assert is_working_day(date(2099, 1, 1)) == (date(2099, 1, 1).weekday() < 5)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("2h", timedelta(hours=2)),
        ("90m", timedelta(minutes=90)),
        ("1d12h", timedelta(days=1, hours=12)),
        (" 3D ", timedelta(days=3)),
    ],
)
def test_a_span_is_read(text: str, span: timedelta) -> None:
    assert span_of(text) == span


@pytest.mark.parametrize("text", ["", "2", "h", "-2h", "2h1d", "two hours"])
def test_a_span_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(OperationFailed, match="无法识别"):
        span_of(text)


def test_what_the_city_asks_for_is_what_its_services_take() -> None:
    at = moment(date(2026, 11, 30), 9.5)
    IssueCommission(commission_id=UUID(int=1), **asking.commission(at))
    IssueCommission(commission_id=UUID(int=5), **asking.small_commission(at, [str(UUID(int=4))]))
    SaveGuidance(guidance_id=UUID(int=2), **asking.guidance(at.date()))
    StartProject(project_id=UUID(int=3), **asking.project(at, str(UUID(int=4))))
