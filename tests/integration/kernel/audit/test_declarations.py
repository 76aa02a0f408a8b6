"""Once a day and service, however many replicas run and whenever they come up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest

from contracts.events.evidence import CheckpointDeclared
from kernel.audit.checkpoints import checkpoint
from kernel.testing import ServiceHarness, SettableClock
from services.review.service import ReviewService
from tests.factories.evidence import PEOPLE

EVENING = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
"""22:00 in China."""
MORNING = EVENING + timedelta(hours=10)


@pytest.fixture
def review(migrated_database: Callable[[str], str]) -> Iterator[ServiceHarness]:
    harness = ServiceHarness(ReviewService, migrated_database("review"), SettableClock(EVENING))
    yield harness
    harness.close()


def act(review: ServiceHarness) -> None:
    with review.database.work(PEOPLE[0]) as work:
        work.audit("report.accepted", "a", 1)
    with review.database.work(PEOPLE[0]) as work:
        checkpoint(work, review.clock, review.keyring)


def declare(review: ServiceHarness, at: datetime) -> None:
    review.clock.at = at
    review.run_job("declare checkpoint")


def declared(review: ServiceHarness) -> list[tuple[str, str, int]]:
    events = review.outbox(CheckpointDeclared)
    return [(event.data.service, event.data.day, event.data.number) for event in events]


def test_each_day_has_one_from_midnight_on(review: ServiceHarness) -> None:
    act(review)
    for minutes in range(0, 28 * 60, 30):
        declare(review, EVENING + timedelta(minutes=minutes))
    assert declared(review) == [("review", "2026-11-24", 1), ("review", "2026-11-25", 1)]


def test_a_service_down_at_midnight_declares_its_newest_later_that_day(review: ServiceHarness) -> None:
    act(review)
    review.clock.at = MORNING
    act(review)
    declare(review, MORNING)
    assert declared(review) == [("review", "2026-11-24", 2)]


def test_days_without_a_running_service_are_not_made_up_for(review: ServiceHarness) -> None:
    act(review)
    declare(review, MORNING + timedelta(days=9))
    assert declared(review) == [("review", "2026-12-03", 1)]


def test_a_clock_set_back_declares_nothing_again(review: ServiceHarness) -> None:
    act(review)
    declare(review, MORNING)
    declare(review, MORNING + timedelta(days=1))
    declare(review, MORNING)
    assert len(declared(review)) == 2


def test_nothing_is_declared_before_the_first_act_and_on_the_day_of_it(review: ServiceHarness) -> None:
    declare(review, EVENING)
    act(review)
    declare(review, EVENING + timedelta(hours=1))
    assert declared(review) == []


def test_two_replicas_at_once_declare_one(review: ServiceHarness) -> None:
    act(review)
    replica = ServiceHarness(ReviewService, review.database.url, SettableClock(MORNING))
    together = Barrier(2)

    def run(harness: ServiceHarness) -> None:
        together.wait(10)
        declare(harness, MORNING)

    with ThreadPoolExecutor(2) as replicas:
        list(replicas.map(run, (review, replica)))
    replica.close()
    assert len(declared(review)) == 1
