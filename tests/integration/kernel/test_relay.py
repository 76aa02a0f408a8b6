"""The relay: nothing is marked sent that the bus did not acknowledge."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import psycopg
import pytest

from kernel.bus.publisher import BusUnavailable
from kernel.connections import connect_database
from kernel.ids import new_id
from kernel.pauses import Pauses
from kernel.relay import Relay, Round
from kernel.testing import ServiceHarness
from kernel.waker import CHANNEL, Waker
from tests.support import toy


@dataclass
class KeptPublisher:
    """A bus whose confirms the test decides; keeps what it was given."""

    confirms: Callable[[list[str]], set[str]] = set
    published: list[tuple[str, str, bytes]] = field(default_factory=list)

    def publish(self, events: Any, timeout: float) -> set[Any]:
        self.published += events
        return self.confirms([event[1] for event in events])

    def keep_alive(self) -> None:
        """It never goes away."""

    def close(self) -> None:
        """Nothing to close."""


@pytest.fixture
def connection(harness: ServiceHarness) -> Iterator[psycopg.Connection[Any]]:
    with connect_database(harness.database.url, "test") as made:
        yield made


def _record(harness: ServiceHarness, count: int = 3) -> None:
    for number in range(count):
        harness.call("record_thing", toy.RecordThing(name=f"n{number}"), toy.CLERK)


def _unsent(connection: psycopg.Connection[Any]) -> list[str]:
    return [row[0] for row in connection.execute("SELECT id::text FROM outbox WHERE NOT sent ORDER BY id")]


def test_what_was_acknowledged_is_marked_and_the_body_is_the_envelope(
    harness: ServiceHarness, connection: psycopg.Connection[Any]
) -> None:
    _record(harness)
    publisher = KeptPublisher()

    assert Round(connection, publisher).relay() == 3

    assert _unsent(connection) == []
    assert [json.loads(body)["data"]["name"] for _, _, body in publisher.published] == ["n0", "n1", "n2"]
    assert all(key == "thing.recorded" for key, _, _ in publisher.published)
    assert all(json.loads(body)["id"] == one for _, one, body in publisher.published)


def test_without_confirms_nothing_is_marked_and_the_same_ids_go_out_again(
    harness: ServiceHarness, connection: psycopg.Connection[Any]
) -> None:
    _record(harness)
    before = _unsent(connection)
    silent = KeptPublisher(confirms=lambda ids: set())

    Round(connection, silent).relay()
    Round(connection, silent).relay()

    assert _unsent(connection) == before
    assert [one for _, one, _ in silent.published] == before * 2


def test_of_a_cut_off_batch_only_the_acknowledged_are_marked(
    harness: ServiceHarness, connection: psycopg.Connection[Any]
) -> None:
    _record(harness)
    before = _unsent(connection)

    def cut(ids: list[str]) -> set[str]:
        raise BusUnavailable("cut off", {ids[1]})

    with pytest.raises(BusUnavailable):
        Round(connection, KeptPublisher(cut)).relay()

    assert _unsent(connection) == [before[0], before[2]]


def test_what_the_bus_refuses_waits_while_others_go_ahead(
    harness: ServiceHarness, connection: psycopg.Connection[Any]
) -> None:
    _record(harness, 1)
    refused = _unsent(connection)
    an_hour = Pauses(3600, 3600)
    round_ = Round(connection, KeptPublisher(lambda ids: set(ids) - set(refused)), an_hour)
    round_.relay()
    _record(harness, 2)

    assert round_.relay() == 2
    assert _unsent(connection) == refused


def test_an_event_committed_later_with_a_lower_id_is_sent_too(
    harness: ServiceHarness, connection: psycopg.Connection[Any]
) -> None:
    early = new_id()
    _record(harness, 2)
    round_ = Round(connection, KeptPublisher())
    round_.relay()
    connection.execute("INSERT INTO outbox (id, type, envelope) VALUES (%s, 'thing.recorded', '{}')", (early,))

    assert round_.relay() == 1
    assert _unsent(connection) == []


def test_of_two_replicas_one_relays_and_the_other_takes_over(harness: ServiceHarness) -> None:
    first, second = KeptPublisher(), KeptPublisher()
    stops = [threading.Event(), threading.Event()]
    threads = []
    for publisher, stop in ((first, stops[0]), (second, stops[1])):
        relay = Relay(harness.database.url, "toy", partial(_given, publisher))
        threads.append(threading.Thread(target=relay.run, args=(stop,)))
        threads[-1].start()
        _record(harness, 1)
        _until(lambda: len(first.published) == len(harness.outbox()))
    stops[0].set()
    threads[0].join(30)
    _record(harness, 1)
    _until(lambda: len(second.published) == 1)
    stops[1].set()
    threads[1].join(30)

    assert (len(first.published), len(second.published)) == (2, 1)


def test_the_relay_outlives_its_database_connection(harness: ServiceHarness) -> None:
    publisher, stopping = KeptPublisher(), threading.Event()
    thread = threading.Thread(target=Relay(harness.database.url, "toy", lambda: publisher).run, args=(stopping,))
    thread.start()
    for expected in (1, 2, 3):
        _record(harness, 1)
        _until(partial(_has_published, publisher, expected))
        with psycopg.connect(harness.database.url) as killer:
            killer.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'chengbao-toy-relay'"
            )
    stopping.set()
    thread.join(30)

    assert len({one for _, one, _ in publisher.published}) == 3


def test_a_commit_with_events_wakes_the_relay_by_a_notification_of_its_own(
    harness: ServiceHarness, connection: psycopg.Connection[Any]
) -> None:
    connection.execute(f"LISTEN {CHANNEL}")
    harness.database.wake = Waker(harness.database.url)

    harness.call("count_things", toy.CountThings(), toy.CLERK)
    assert list(connection.notifies(timeout=0.2)) == []
    _record(harness, 1)

    assert [one.channel for one in connection.notifies(timeout=30, stop_after=1)] == [CHANNEL]


def _given(publisher: KeptPublisher) -> KeptPublisher:
    return publisher


def _has_published(publisher: KeptPublisher, count: int) -> bool:
    return len({one for _, one, _ in publisher.published}) == count


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)
