"""F7: queues come from the contracts before anybody publishes, so services may start in any order."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations
from typing import Any

import psycopg
import pytest
from kombu import Connection

from contracts.topology import CONSUMES, PUBLISHES, VERSION
from kernel.bus.publisher import open_publisher
from kernel.bus.schema import postgres_url
from kernel.bus.topology import apply, check, queue_name
from kernel.ids import new_id
from kernel.rpc import Caller
from tests.support import toy
from tests.support.toy_city import ToyCity

SERVICES = ("intake", "review", "scoring", "notify")


@pytest.fixture
def bus(pgbus_url: str) -> Iterator[psycopg.Connection[Any]]:
    """The embedded bus with the city's topology, and its tables."""
    apply(pgbus_url, PUBLISHES, CONSUMES, VERSION)
    with psycopg.connect(postgres_url(pgbus_url), autocommit=True) as connection:
        yield connection


def test_F7_in_each_of_24_orders_of_start_every_consumer_finds_its_events(
    pgbus_url: str, bus: psycopg.Connection[Any]
) -> None:
    """Who starts first publishes while the others have never been there."""
    expected = {
        queue_name(consumer): sum(
            1 for name in SERVICES for event in PUBLISHES[name] if event.TYPE in CONSUMES[consumer]
        )
        for consumer in CONSUMES
    }
    orders = list(permutations(SERVICES))
    assert len(orders) == 24
    for order in orders:
        bus.execute("DELETE FROM bus.message")
        for name in order:
            check(pgbus_url, PUBLISHES, CONSUMES, VERSION)
            publisher = open_publisher(pgbus_url)
            events = [(event.TYPE, str(new_id()), b"{}") for event in PUBLISHES[name]]
            assert publisher.publish(events, 10.0) == {message_id for _, message_id, _ in events}
            publisher.close()
        found = bus.execute(
            "SELECT q.name, count(m.id) FROM bus.queue q LEFT JOIN bus.message m ON m.queue = q.id"
            " WHERE q.name = ANY(%s) GROUP BY 1",
            (sorted(expected),),
        ).fetchall()
        assert dict(found) == expected, order


def test_F7_a_service_whose_bus_lacks_a_queue_publishes_nothing_until_it_is_made_again(
    toy_city: ToyCity, caller: Caller
) -> None:
    """The broker would confirm what nobody is bound for: the event would be lost and marked as sent."""
    _unbind(toy_city.broker_url)
    process = toy_city.start(wait=False)
    with psycopg.connect(toy_city.database_url) as connection:
        connection.execute(
            "INSERT INTO outbox (id, type, envelope) VALUES (%s, 'thing.recorded', '{}')", (new_id(),)
        )
    toy_city.wait_until(lambda: "the bus is not ready" in toy_city.log(), "the topology was not checked")
    assert toy_city.query("SELECT sent FROM outbox") == [(False,)]
    assert process.poll() is None

    apply(toy_city.broker_url, toy.PUBLISHES, toy.CONSUMES, toy.VERSION)
    toy_city.wait_until(lambda: toy_city.query("SELECT sent FROM outbox") == [(True,)], "nothing was published")
    toy_city.wait_until(lambda: "listening for calls" in toy_city.log(), "no calls are answered")
    assert toy_city.call(caller, "count_things", toy.CountThings()).count == 0


def _unbind(broker_url: str) -> None:
    """Delete the toy service's queue by hand."""
    with Connection(broker_url) as connection:
        connection.default_channel.queue_delete(queue_name("toy"))
