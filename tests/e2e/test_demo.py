"""The demo city lives through its first days; the same code lives through the whole month."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from clients.client import Client
from deploy.city import City, running
from deploy.demo import in_hand
from deploy.demo.filling import begin_clock, fill
from deploy.demo.launcher import SETTINGS
from deploy.demo.month import moment
from deploy.operations.clock import set_clock
from deploy.processes import wait_until
from deploy.seeding import Seeds
from kernel.clock import ShiftedClock

FIRST = date(2026, 9, 1)
"""A Tuesday."""
LIVED = timedelta(days=3, hours=16)
PATIENCE = 90.0


@dataclass
class Demo:
    city: City
    clock: ShiftedClock
    seeds: Seeds

    def items(self, login: str, path: str, **query: str) -> list[dict[str, Any]]:
        with Client(self.city.base_url) as client:
            client.sign_in(login, self.seeds.password(login))
            return list(client.pages(path, limit=200, **query))

    def one(self, login: str, path: str) -> dict[str, Any]:
        with Client(self.city.base_url) as client:
            client.sign_in(login, self.seeds.password(login))
            found: dict[str, Any] = client.get(path)
            return found


@pytest.fixture(scope="module")
def demo(servers_folder: Path) -> Iterator[Demo]:
    root = servers_folder / "demo"
    root.mkdir()
    clock = ShiftedClock(root / "clock")
    clock.path.write_text("0")
    assert begin_clock(clock, date(2026, 10, 12)) == FIRST
    city = City(root, clock_file=clock.path, settings=SETTINGS)
    with running(city):
        yield Demo(city, clock, fill(city, clock, FIRST, moment(FIRST, 0) + LIVED, 2008, lambda _step: None))


def test_an_issue_was_published_each_day(demo: Demo) -> None:
    issues = demo.items("chief", "/v1/issues")
    assert Counter(issue["state"] for issue in issues) == {"published": 5, "composing": 1}
    assert all(issue["items"] for issue in issues)


def test_the_desk_took_every_kind_of_decision(demo: Demo) -> None:
    states = {report["state"] for report in demo.items("editor", "/v1/reports")}
    assert {"adopted", "kept", "not_used"} <= states


def test_instructions_were_given_and_received(demo: Demo) -> None:
    assert "received" in {assignment["state"] for assignment in demo.items("supervisor", "/v1/assignments")}


def test_there_is_something_of_everything_to_look_at(demo: Demo) -> None:
    findings = {(each["kind"], each["state"]) for each in demo.items("chief", "/v1/findings")}
    assert findings == {("omitted", "confirmed"), ("false", "proposed")}
    trainings = demo.items("chief", "/v1/trainings")
    assert {(each["kind"], each["people"]) for each in trainings} == {("training", 16), ("visit", 4), ("exchange", 2)}
    reports = demo.items("editor", "/v1/reports")
    names = {each["name"] for one in reports for each in one["attachments"]}
    assert names == {"充电棚建设进度.png", "儿科床位.xlsx", "供热站检修进度.png"}
    acts = {one["amendment"]["act"] for one in reports if one["amendment"]}
    assert (acts, "水务部门应急水源调度安排" in str(reports)) == ({"correction", "withdrawal"}, False)


def test_the_city_has_work_in_hand(demo: Demo) -> None:
    composing = next(each for each in demo.items("editor", "/v1/issues") if each["state"] == "composing")
    combined = composing["items"][0]
    assert sorted(each["share"] for each in combined["credits"]) == ["0.4", "0.6"]
    pictures = demo.one("editor", f"/v1/issues/{composing['issue_id']}/items/{combined['adoption_id']}/pictures")
    assert [each["caption"] for each in pictures["chosen"]] == ["图1　各街道供热站检修进度"]
    pre_adopted = demo.items("editor", "/v1/queue", decision="pre_adopted")
    assert [each["title"] for each in pre_adopted] == [in_hand.SPARE[1]]
    (extended,) = [each for each in demo.items("supervisor", "/v1/assignments") if each["extensions"]]
    assert [each["state"] for each in extended["extensions"]] == ["granted"]

    def told() -> list[str]:
        late = demo.items("supervisor", "/v1/assignments")
        return [step["level"] for each in late for step in each["escalations"]]

    assert wait_until(lambda: set(told()) >= {"officer", "responsible_leader"}, PATIENCE)  # it is looked for every 30 s


def test_what_the_city_asked_for_is_answered_but_for_one(demo: Demo) -> None:
    (guidance,) = demo.items("editor", "/v1/guidance")
    shown = demo.one("editor", f"/v1/guidance/{guidance['guidance_id']}")
    assert [bool(point["answered_by"]) for point in shown["points"]] == [True, True, True, False]
    small = next(each for each in demo.items("editor", "/v1/commissions") if each["subject"].startswith("供热"))

    def states() -> Counter[str]:
        tasks = demo.items("editor", "/v1/commission-tasks", commission_id=small["commission_id"])
        return Counter(each["state"] for each in tasks)

    assert wait_until(lambda: states() == {"delivered": 2, "missed": 1}, PATIENCE)


def test_a_push_of_the_clock_makes_an_open_assignment_overdue(demo: Demo) -> None:
    before = len([one for one in demo.items("supervisor", "/v1/assignments") if one["deadline"]["outcome"] == "open"])
    set_clock(demo.clock, demo.clock.now() + timedelta(days=20))

    def missed() -> int:
        found = demo.items("supervisor", "/v1/assignments")
        return len([one for one in found if one["deadline"]["outcome"] == "missed"])

    assert wait_until(lambda: missed() >= before > 0, PATIENCE)
