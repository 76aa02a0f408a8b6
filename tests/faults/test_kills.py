"""A quarter is played while everything dies in turn: the totals come out and nothing is lost, doubled or stuck (F1)."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.city import City
from deploy.layout import PROCESSES
from tests.faults.kills import EVERYTHING, Killer
from tests.faults.replayed import KILLS, LONG, SEED, Outcome, play

SERVERS = {"full": ("rabbitmq", "postgres"), "embedded": ("postgres", EVERYTHING)}
MODES = ("full", "embedded") if LONG else ("full",)


@pytest.fixture(scope="module")
def untouched(servers_folder: Path) -> Outcome:
    """The same table without a fault."""
    return play(servers_folder / "untouched", "embedded")


@pytest.fixture(scope="module", params=MODES)
def under_fire(request: pytest.FixtureRequest, servers_folder: Path) -> Outcome:
    victims = [*(process.name for process in PROCESSES), *SERVERS[request.param]]

    def killer(city: City, steps: int) -> Killer:
        return Killer(city, victims, KILLS, steps, SEED)

    outcome = play(servers_folder / f"fire-{request.param}", request.param, killer)
    print(f"seed {SEED}: killed {'; '.join(outcome.log)}")
    if outcome.traffic is not None:
        beside = outcome.traffic
        print(f"{len(beside.commands)} commands, {beside.queries} queries, {beside.contacts} contacts beside")
    return outcome


def test_F1_the_kills_were_done_under_traffic(under_fire: Outcome) -> None:
    assert len(under_fire.log) == KILLS
    assert under_fire.traffic is not None
    assert under_fire.traffic.commands
    assert under_fire.traffic.receipts
    assert under_fire.traffic.contacts


def test_F1_the_published_totals_come_out(under_fire: Outcome) -> None:
    assert [comparison for comparison in under_fire.comparisons if not comparison.agrees] == []


def test_F1_nothing_is_lost_doubled_or_stuck(under_fire: Outcome) -> None:
    assert under_fire.breaches == []


def test_F1_the_state_of_affairs_is_that_of_the_run_without_faults(under_fire: Outcome, untouched: Outcome) -> None:
    assert under_fire.state == untouched.state
    assert untouched.breaches == []
