"""What a relay may rely on: acknowledged is what the bus has, and nothing else."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import closing
from time import monotonic

import pytest

from deploy.processes import wait_until
from deploy.rabbitmq import OwnRabbitMQ
from kernel.bus.publisher import WINDOW, BusUnavailable, Publisher, RabbitPublisher, open_publisher
from kernel.bus.topology import EVENTS_EXCHANGE
from tests.integration.bus.client import PATIENCE, Client
from tests.integration.bus.proxy import Link


@pytest.fixture
def client(broker_url: str) -> Iterator[Client]:
    with Client(broker_url) as client:
        _declare(client, "desk", "report.accepted")
        yield client


def _declare(client: Client, queue: str, routing_key: str, **arguments: object) -> None:
    client.channel.exchange_declare(EVENTS_EXCHANGE, "topic", durable=True, auto_delete=False)
    client.channel.queue_declare(queue, durable=True, auto_delete=False, arguments=arguments)
    client.channel.queue_bind(queue, EVENTS_EXCHANGE, routing_key)


def events(count: int, first: int = 0) -> list[tuple[str, str, bytes]]:
    return [("report.accepted", f"m{number}", b'{"number":%d}' % number) for number in range(first, first + count)]


def publish(publisher: Publisher, sent: list[tuple[str, str, bytes]], timeout: float) -> set[str]:
    """What is acknowledged, whether or not the link was lost over it."""
    try:
        return publisher.publish(sent, timeout)
    except BusUnavailable as error:
        return set(error.acknowledged)


def test_every_acknowledged_event_is_in_the_queue_in_order(client: Client, broker_url: str) -> None:
    sent = events(3 * WINDOW)
    with closing(open_publisher(broker_url)) as publisher:
        assert publisher.publish(sent, 10) == {message_id for _, message_id, _ in sent}
    client.consume("desk", prefetch=0)
    client.collect(len(sent))
    assert [message.properties["message_id"] for message in client.messages] == [one for _, one, _ in sent]
    assert client.messages[-1].payload == {"number": len(sent) - 1}
    assert client.messages[-1].properties["delivery_mode"] == 2


def test_an_event_without_a_queue_is_not_acknowledged(client: Client, broker_url: str) -> None:
    with closing(open_publisher(broker_url)) as publisher:
        mixed = [("nobody.wants", "m1", b"{}"), ("report.accepted", "m2", b"{}"), ("nobody.wants", "m3", b"{}")]
        assert publisher.publish(mixed, 5) == {"m2"}
        # The next round starts clean: the same id, now bound for a queue, is acknowledged.
        assert publisher.publish([("report.accepted", "m1", b"{}")], 5) == {"m1"}


def test_a_missing_exchange_is_named(broker_url: str) -> None:
    with closing(open_publisher(broker_url)) as publisher, pytest.raises(BusUnavailable, match=r"chengbao\.events"):
        publisher.publish(events(1), 5)


def test_nothing_to_publish_is_no_error(client: Client, broker_url: str) -> None:
    with closing(open_publisher(broker_url)) as publisher:
        publisher.keep_alive()
        assert publisher.publish([], 5) == set()
        publisher.keep_alive()
        assert publisher.publish(events(1), 5) == {"m0"}


def test_F06_a_cut_link_is_told_and_the_next_try_connects_again(client: Client, broker_url: str) -> None:
    with Link(broker_url) as link, closing(open_publisher(link.url)) as publisher:
        assert publisher.publish(events(1), 5) == {"m0"}
        link.cut()
        with pytest.raises(BusUnavailable) as raised:
            publisher.publish(events(10, first=1), 5)
        assert raised.value.acknowledged == set()
        assert len(publisher.publish(events(10, first=1), 5)) == 10


def test_F06_without_confirms_nothing_counts_as_sent_within_the_time_limit(client: Client, broker_url: str) -> None:
    with Link(broker_url) as link, closing(open_publisher(link.url)) as publisher:
        publisher.publish(events(1), 5)
        link.freeze_answers()
        assert publish(publisher, events(20, first=1), 1.0) == set()
    # Unknown is not lost: the broker may well have them.
    client.consume("desk", prefetch=0)
    assert len(client.collect(21)) == 21


def test_F05_an_unreachable_bus_is_told(broker_url: str) -> None:
    with Link(broker_url) as link:
        url = link.url
    with closing(open_publisher(url)) as publisher, pytest.raises(BusUnavailable):
        publisher.publish(events(1), 2)


def test_F06_a_refused_event_is_not_acknowledged(amqp_url: str) -> None:
    with Client(amqp_url) as client, closing(open_publisher(amqp_url)) as publisher:
        _declare(client, "full", "report.accepted", **{"x-max-length": 3, "x-overflow": "reject-publish"})
        acknowledged = publisher.publish(events(50), 5)
        assert 3 <= len(acknowledged) < 50
        assert wait_until(lambda: client.ready("full") == len(acknowledged), PATIENCE)


def test_F06_acknowledgements_of_many_at_once_are_counted(amqp_url: str) -> None:
    with Client(amqp_url) as client, closing(RabbitPublisher(amqp_url, EVENTS_EXCHANGE, window=7)) as publisher:
        _declare(client, "desk", "report.accepted")
        for first in range(0, 300, 100):
            assert len(publisher.publish(events(100, first), 5)) == 100
        assert wait_until(lambda: client.ready("desk") == 300, PATIENCE)


def test_F05_a_frozen_broker_holds_nobody_longer_than_the_time_limit(amqp_url: str, rabbitmq: OwnRabbitMQ) -> None:
    with Client(amqp_url) as client:
        _declare(client, "desk", "report.accepted")
    publisher = open_publisher(amqp_url)
    assert publisher.publish(events(1), 5) == {"m0"}
    os.kill(rabbitmq.pid, signal.SIGSTOP)
    began = monotonic()
    try:
        # More than the sockets' buffers take, so that writing blocks too.
        acknowledged = publish(publisher, [("report.accepted", f"big{n}", b"x" * 100_000) for n in range(200)], 1.0)
    finally:
        os.kill(rabbitmq.pid, signal.SIGCONT)
        publisher.close()
    assert acknowledged == set()
    assert monotonic() - began < 15
