"""The bus is down from 2:59 after the occurrence on: no false `deadline.missed`; the receipt alone decides (R04)."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from clients.client import Client
from deploy.city import City, running
from deploy.layout import BUS_DATABASE, database_name
from deploy.processes import wait_until
from deploy.seeding import Seeds, seed
from kernel.clock import ShiftedClock
from tests.faults.oracle import Scene, breaches, settle
from tests.support.city import copy_city

PATIENCE = 90.0
MINUTE = timedelta(minutes=1)


@dataclass
class Limit:
    """Two urgent incidents of one moment: one report signed a minute before the limit, the other a minute after it."""

    city: City
    seeds: Seeds
    clock: ShiftedClock
    receipts: dict[str, dict[str, Any]] = field(default_factory=dict)
    told_while_down: list[str] = field(default_factory=list)

    def run(self) -> None:
        occurred = self.clock.now()
        self.clock.push(MINUTE)
        drafts = {title: self._offer(title, occurred.isoformat()) for title in ("按时", "迟报")}
        with bus_down(self.city):
            self._sign("按时", drafts, occurred + 179 * MINUTE)
            self._sign("迟报", drafts, occurred + 181 * MINUTE)
            self.clock.set_to(occurred + 240 * MINUTE)
            # Reminded at 100 %: intake has looked at both deadlines after the limit, and decided nothing.
            self.until(lambda: self._told().count("deadline.approaching 100") == 2, "the reminders at the limit")
            self.told_while_down = self._told()
        settle(Scene(self.city), PATIENCE)

    def _offer(self, title: str, occurred_at: str) -> dict[str, Any]:
        content = {
            "kind": "urgent_first", "title": title, "body": "突发事件。", "severity": "general",
            "occurred_at": occurred_at, "place": "河西区",
        }  # fmt: skip
        with self._person("hexi.wang") as officer:
            draft = officer.post("/v1/drafts", {"content": content})
            officer.post(f"/v1/drafts/{draft['draft_id']}/offer", {"version": draft["version"]})
        with self._person("hexi.li") as leader:
            seen = leader.get(f"/v1/drafts/{draft['draft_id']}")
        return {"content": seen["content"], "offer_token": seen["offer_token"]}

    def _sign(self, title: str, drafts: dict[str, dict[str, Any]], at: Any) -> None:
        """Nothing behind the gateway is asked."""
        self.clock.set_to(at)
        with self._person("hexi.li") as leader:
            self.receipts[title] = leader.submit_report(drafts[title])

    def _person(self, login: str) -> Client:
        client = Client(self.city.base_url, patience=PATIENCE)
        client.sign_in(login, self.seeds.password(login))
        return client

    def _told(self) -> list[str]:
        rows = Scene(self.city).rows(
            "intake",
            "SELECT concat_ws(' ', type, envelope #>> '{data,threshold_percent}') AS told FROM outbox"
            " WHERE type LIKE 'deadline.%' ORDER BY id",
        )
        return [row["told"] for row in rows]

    def outcomes(self) -> dict[str, str]:
        limits = "SELECT facts ->> 'title' AS title, outcome FROM deadlines WHERE kind = 'urgent_report'"
        rows = Scene(self.city).rows("intake", limits)
        return {row["title"]: row["outcome"] for row in rows}

    def told_at_the_end(self, event_type: str) -> list[str]:
        rows = Scene(self.city).rows(
            "intake", "SELECT type, envelope #>> '{data,title}' AS title FROM outbox ORDER BY id"
        )
        return [row["title"] for row in rows if row["type"] == event_type]

    def until(self, condition: Callable[[], object], what: str) -> None:
        assert wait_until(lambda: bool(condition()), PATIENCE), f"waited {PATIENCE:.0f} s for {what}"


def bus_down(city: City) -> AbstractContextManager[None]:
    """RabbitMQ frozen, or nobody let into the bus' database."""
    return _frozen(city.pid("rabbitmq")) if city.rabbitmq is not None else _locked_out(city)


@contextmanager
def _frozen(pid: int) -> Iterator[None]:
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@contextmanager
def _locked_out(city: City) -> Iterator[None]:
    name = database_name(BUS_DATABASE)
    with psycopg.connect(city.postgres.admin_url, autocommit=True) as admin:
        admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
        try:
            yield
        finally:
            admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")


@pytest.fixture(scope="module", params=["embedded", "full"])
def limit(
    request: pytest.FixtureRequest, seeded_folder: tuple[Path, Seeds], servers_folder: Path
) -> Iterator[Limit]:
    """Each mode's city after it lived through the outage."""
    embedded = request.param == "embedded"
    root = copy_city(seeded_folder[0], servers_folder) if embedded else servers_folder / "limit-full"
    with running(City(root, request.param, clock_file=servers_folder / f"clock-{request.param}")) as city:
        seeds = seeded_folder[1] if embedded else seed(city)
        assert city.clock_file is not None
        lived = Limit(city, seeds, ShiftedClock(city.clock_file))
        lived.run()
        yield lived


def test_R04_while_the_bus_is_down_nothing_is_decided(limit: Limit) -> None:
    assert {told.partition(" ")[0] for told in limit.told_while_down} == {"deadline.approaching"}


def test_R04_afterwards_the_receipts_time_alone_decides(limit: Limit) -> None:
    assert limit.outcomes() == {"按时": "met", "迟报": "missed"}
    assert (limit.told_at_the_end("deadline.met"), limit.told_at_the_end("deadline.missed")) == (["按时"], ["迟报"])
    assert limit.told_at_the_end("deadline.reassessed") == []


def test_R04_nothing_else_was_harmed(limit: Limit) -> None:
    assert breaches(Scene(limit.city, list(limit.receipts.values()))) == []
