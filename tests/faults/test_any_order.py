"""F8: a whole scenario's events, shuffled and doubled, end in the same state at every owner of a database."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from contracts.topology import CONSUMES
from kernel.testing import ServiceHarness, SettableClock
from tests.faults.scenario import OCCURRED, SERVICES, SmallCity, end_state, prepare

SEEDS = (1, 2)
NewDatabase = Callable[[str], str]


@pytest.fixture(scope="module")
def calm(module_database: NewDatabase) -> Iterator[SmallCity]:
    """The scenario with nothing doubled."""
    with closing(SmallCity.of(module_database, None)) as city:
        city.live()
        yield city


def test_F8_the_scenario_is_worth_telling(calm: SmallCity) -> None:
    written = {event for harness in calm.harnesses.values() for event, _ in harness.bodies()}
    consumed = {event for types in CONSUMES.values() for event in types}
    untold = {
        "draft.offered", "draft.returned", "report.not_used", "feedback.returned", "chain.closed", "lateness.decided",
        "extension.asked", "extension.granted", "extension.refused", "assignment.escalated", "feedback.flagged",
    }  # fmt: skip
    assert consumed - written == untold | {"outcome.recorded", "deadline.reassessed", "checkpoint.declared"}


@pytest.mark.parametrize("seed", SEEDS)
def test_F8_shuffled_and_doubled_all_services_end_in_the_same_state(
    calm: SmallCity, migrated_database: NewDatabase, seed: int
) -> None:
    with closing(SmallCity.of(migrated_database, seed)) as city:
        city.live()
        for name in SERVICES:
            assert end_state(city.harnesses[name]) == end_state(calm.harnesses[name]), name


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", ["gateway", "scoring", "notify"])
def test_F8_all_events_of_two_weeks_in_one_heap_end_in_the_same_state(
    calm: SmallCity, migrated_database: NewDatabase, name: str, seed: int
) -> None:
    """Those who only listen: later events come before earlier ones, in batches of any size.

    But for whom notify must know before it can tell anybody: who held the post when the news came is the rule itself.
    """
    chance = random.Random(seed)
    heard = [one for harness in calm.harnesses.values() for one in harness.bodies() if one[0] in CONSUMES[name]]
    first = [body for event, body in heard if (name, event) == ("notify", "person.recorded")]
    heap = [body for _, body in heard if body not in first]
    heap += chance.choices(heap, k=len(heap) // 2)
    chance.shuffle(heap)
    with closing(ServiceHarness(SERVICES[name], migrated_database(name), SettableClock(OCCURRED))) as listener:
        prepare(listener)
        listener.deliver_body(*first)
        while heap:
            size = chance.randint(1, 9)
            listener.deliver_body(*heap[:size])
            del heap[:size]
        listener.retry()
        assert end_state(listener) == end_state(calm.harnesses[name])

