"""R04: with everything behind the gateway away, a report is accepted all the same, and arrives when it is back."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from clients.client import Client
from clients.problems import ProblemAnswer
from deploy.city import City
from deploy.demo_people import DEMO
from deploy.processes import wait_until
from deploy.seeding import Seeds

BEHIND = ("rabbitmq", "courier", "intake", "review", "scoring", "notify")
PATIENCE = 60.0


@contextmanager
def away(city: City, names: tuple[str, ...]) -> Iterator[None]:
    """These processes answer nobody meanwhile."""
    pids = [city.pid(name) for name in names]
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def urgent_report() -> dict[str, Any]:
    return {
        "content": {
            "kind": "urgent_first",
            "title": "河西区地下管线破裂",
            "body": "今晨管线破裂，已抢修，无人员伤亡。",
            "severity": "general",
            "occurred_at": (datetime.now(UTC) - timedelta(minutes=20)).isoformat(),
        },
        "author_name": "王敏",
        "signer_id": str(DEMO.person("hexi.li").person_id),
    }


@pytest.fixture
def unit(full_city: tuple[City, Seeds]) -> Iterator[Client]:
    city, seeds = full_city
    with Client(city.base_url, seeds.client_token, patience=1.0) as client:
        yield client


def test_R04_a_report_is_accepted_while_everything_behind_is_away_and_arrives_later(
    full_city: tuple[City, Seeds], unit: Client
) -> None:
    city, _ = full_city
    with away(city, BEHIND):
        receipt = unit.submit_report(urgent_report())
        assert unit.get(f"/v1/receipts/{receipt['number']}")["progress"]["state"] == "accepted"
    path = f"/v1/receipts/{receipt['number']}"
    assert wait_until(lambda: unit.get(path)["progress"]["state"] == "on_the_desk", PATIENCE)


def test_R24_what_needs_an_answer_now_says_that_it_cannot_be_had_and_what_to_do(
    full_city: tuple[City, Seeds], unit: Client
) -> None:
    city, _ = full_city
    with away(city, ("intake",)), pytest.raises(ProblemAnswer) as refusal:
        unit.get("/v1/reports")
    assert (refusal.value.status, bool(refusal.value.remedy)) in {(503, True), (504, True)}
