"""R04, R26: not acknowledged in five minutes, the next on the duty list is called, until somebody acknowledges."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from random import Random

import pytest

from contracts.vocabulary import Channel, Kind, Role
from kernel.ids import new_id
from services.notify.model.messages import Untold
from services.notify.recipients.audience import DUTY_CALL, Audience, people_to_tell
from services.notify.schedule import CALL_JOB
from tests.factories.duty import NOON, PAUSE, DutyOffice, acknowledged, urgent
from tests.factories.review import at_once

EVERYBODY = "丙乙甲"
"""All duty officers in the order of their names, as one call tells them."""


@pytest.fixture
def office(migrated_database: Callable[[str], str]) -> Iterator[DutyOffice]:
    office = DutyOffice(migrated_database("notify"))
    office.staff()
    yield office
    office.close()


def test_R26_the_first_on_duty_is_called_at_once_by_mail_and_sms(office: DutyOffice) -> None:
    office.shift(["乙", "甲"])
    office.register(report := urgent())
    assert office.calls() == ["乙"]
    (message,) = office.messages(message=DUTY_CALL)
    assert {delivery.channel for delivery in message.deliveries} == {Channel.EMAIL, Channel.SMS}
    assert report.title in message.subject


def test_R26_the_next_is_called_after_the_pause_then_everybody_then_again_from_the_start(office: DutyOffice) -> None:
    office.shift(["乙", "甲"])
    office.register(urgent())
    for _ in range(4):
        office.pass_time()
    assert office.calls() == ["乙", "甲", EVERYBODY, "乙", "甲"]


def test_R26_nobody_is_called_before_the_pause_is_over(office: DutyOffice) -> None:
    office.shift(["乙", "甲"])
    office.register(urgent())
    office.pass_time(PAUSE - timedelta(seconds=1))
    assert office.calls() == ["乙"]


def test_R26_the_second_call_says_so(office: DutyOffice) -> None:
    office.shift(["乙", "甲"])
    office.register(urgent())
    office.pass_time()
    first, second = office.messages(message=DUTY_CALL)
    assert ("催签" in first.body, "第2次催签" in second.body) == (False, True)


def test_R26_an_acknowledgement_ends_the_calls(office: DutyOffice) -> None:
    office.shift(["乙", "甲"])
    office.register(report := urgent())
    office.pass_time()
    office.acknowledge(report)
    for _ in range(3):
        office.pass_time()
    assert office.calls() == ["乙", "甲"]


def test_R26_an_acknowledgement_heard_before_the_registration_calls_nobody(office: DutyOffice) -> None:
    report = urgent()
    office.acknowledge(report)
    office.register(report)
    office.pass_time()
    assert office.calls() == []


def test_R26_without_a_shift_all_duty_officers_are_called_again_and_again(office: DutyOffice) -> None:
    office.register(urgent())
    office.pass_time()
    assert office.calls() == [EVERYBODY, EVERYBODY]


def test_R26_a_shift_that_begins_meanwhile_is_called_in_the_next_round(office: DutyOffice) -> None:
    office.shift(["乙"], hours=1.05)
    office.register(urgent())
    office.shift(["丙"], starts_at=NOON + timedelta(minutes=4))
    for _ in range(2):
        office.pass_time()
    assert office.calls() == ["乙", EVERYBODY, "丙"]


def test_R26_who_no_longer_holds_the_post_is_passed_over(office: DutyOffice) -> None:
    office.shift(["乙", "甲"])
    office.person("乙", Role.DUTY_OFFICER, valid_to=date(2026, 11, 23))
    office.register(urgent())
    assert office.calls() == ["甲"]


def test_R26_a_call_nobody_can_be_given_is_shown_to_the_operator(office: DutyOffice) -> None:
    for name in ("甲", "乙", "丙"):
        office.person(name, Role.DUTY_OFFICER, valid_to=date(2026, 11, 23))
    office.register(urgent())
    with office.harness.database.reading() as session:
        assert [(row.message, row.reason) for row in session.query(Untold)] == [(DUTY_CALL, "nobody holds the post")]


def test_R26_editors_are_told_as_before_and_once(office: DutyOffice) -> None:
    office.register(urgent())
    office.pass_time()
    assert [message.person_name for message in office.messages(message="report.registered")] == ["丁"]


@pytest.mark.parametrize("changes", [{"kind": Kind.DEVELOPMENT, "severity": None}, {"version": 2}])
def test_R26_neither_everyday_reports_nor_revisions_call_anybody(
    office: DutyOffice, changes: dict[str, object]
) -> None:
    office.register(urgent(**changes))
    office.pass_time()
    assert office.calls() == []


def test_R26_calls_go_on_after_a_restart(office: DutyOffice) -> None:
    office.shift(["乙", "甲"])
    office.register(urgent())
    restarted = DutyOffice(office.harness.database.url, office.clock)
    restarted.pass_time()
    restarted.close()
    assert office.calls() == ["乙", "甲"]


def test_R26_a_long_outage_is_followed_by_one_call_not_by_many(office: DutyOffice) -> None:
    office.shift(["乙", "甲"])
    office.register(urgent())
    office.pass_time(timedelta(hours=2))
    office.harness.run_job(CALL_JOB)
    assert office.calls() == ["乙", "甲"]


def test_R26_two_replicas_call_once(office: DutyOffice) -> None:
    office.shift(["乙", "甲"])
    for _ in range(4):
        office.register(urgent())
    replica = DutyOffice(office.harness.database.url, office.clock)
    office.clock.advance(PAUSE)
    at_once(*(partial(one.harness.run_job, CALL_JOB) for one in (office, replica) * 2))
    replica.close()
    assert office.calls() == ["乙"] * 4 + ["甲"] * 4


@pytest.mark.parametrize("seed", range(6))
def test_R26_doubled_events_in_any_order_end_alike(office: DutyOffice, seed: int) -> None:
    chance = Random(seed)
    office.shift(["乙", "甲"])
    report = urgent()
    events = [(report, new_id()), (acknowledged(report, NOON), new_id())] * 3
    chance.shuffle(events)
    for data, event_id in events:
        office.harness.deliver(data, report.report_id, event_id=event_id)
    office.pass_time()
    called_first = events[0][0] is report
    assert office.calls() == (["乙"] if called_first else [])
    assert office.harness.held() == []


def test_R04_a_drill_calls_too_and_says_what_it_is(office: DutyOffice) -> None:
    office.shift(["乙"])
    office.register(urgent(drill=True))
    for message in office.messages():
        assert message.subject.startswith("【演练】")
        assert all(delivery.content.startswith("【演练】") for delivery in message.deliveries)
    assert office.calls() == ["乙"]


def test_R04_leaders_and_secretaries_are_never_told_of_a_drill(office: DutyOffice) -> None:
    office.person("戊", Role.LEADER)
    office.person("己", Role.SECRETARY)
    audience = Audience(city_roles=frozenset({Role.LEADER, Role.SECRETARY, Role.EDITOR}))
    with office.harness.database.reading() as session:
        told = [
            {person.name for person in people_to_tell(session, audience, {"drill": drill}, NOON)}
            for drill in (False, True)
        ]
    assert told == [{"丁", "戊", "己"}, {"丁"}]
