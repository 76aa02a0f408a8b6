"""The bus is killed and comes back: what was confirmed is there, and whoever used it goes on by himself (F2, F5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from kombu.exceptions import OperationalError
from nameko.exceptions import RpcTimeout

from deploy.postgres import EmbeddedPostgres
from deploy.processes import wait_until
from deploy.rabbitmq import OwnRabbitMQ
from kernel.bus import topology
from kernel.bus.publisher import BusUnavailable, open_publisher
from tests.integration.bus.client import Client
from tests.integration.bus.test_rpc import Echo, call
from tests.integration.bus.test_topology import CONSUMED, PUBLISHED

RECOVERY_SECONDS = 25.0


@dataclass
class Bus:
    """A bus whose server the test may kill."""

    url: str
    kill: Callable[[], None]
    start: Callable[[], None]
    flush: Callable[[], object]
    """Brings what was declared to the disk: RabbitMQ confirms messages only when they are there, exchanges before."""

    def crash(self) -> None:
        self.flush()
        self.kill()
        self.start()


@pytest.fixture(params=["pgbus", "amqp"])
def bus(request: pytest.FixtureRequest, servers_folder: Path) -> Iterator[Bus]:
    if request.param == "pgbus":
        # A server of its own: tests of other folders keep connections to the common one.
        server = EmbeddedPostgres(servers_folder / f"bus-{request.node.name[:20]}")
        server.start()
        url = server.create_database("bus", owner="bus").replace("postgresql://", "pgbus://", 1)
        yield Bus(url, server.kill, server.start, lambda: None)
        server.stop()
    else:
        broker: OwnRabbitMQ = request.getfixturevalue("rabbitmq")
        flush = partial(broker.control, "eval", "mnesia:sync_log().")
        yield Bus(request.getfixturevalue("amqp_url"), broker.kill, broker.start, flush)


def test_what_was_acknowledged_survives_a_kill_of_the_server(bus: Bus) -> None:
    topology.apply(bus.url, PUBLISHED, CONSUMED, 1)
    sent = [("report.accepted", f"m{number}", b"{}") for number in range(300)]
    with closing(open_publisher(bus.url)) as publisher:
        assert len(publisher.publish(sent, 10)) == 300
        bus.crash()
        assert wait_until(lambda: _published(publisher, ("report.accepted", "after", b"{}")), RECOVERY_SECONDS)
    topology.check(bus.url, PUBLISHED, CONSUMED, 1)
    with Client(bus.url) as client:
        client.consume("chengbao.review", prefetch=0)
        client.collect(301)
        assert {message.properties["message_id"] for message in client.messages} >= {one for _, one, _ in sent}


def _published(publisher: object, event: tuple[str, str, bytes]) -> bool:
    try:
        return publisher.publish([event], 5) == {event[1]}  # type: ignore[attr-defined]
    except BusUnavailable:
        return False


def test_a_consuming_service_recovers_by_itself(bus: Bus) -> None:
    topology.apply(bus.url, PUBLISHED, CONSUMED, 1)
    with Echo(bus.url):
        assert call(bus.url, "echo", "before") == "before"
        bus.crash()
        assert wait_until(lambda: _answers(bus.url), RECOVERY_SECONDS)


def _answers(url: str) -> bool:
    try:
        return call(url, "relay", "after", timeout=3) == "after"
    except (OperationalError, RpcTimeout, OSError):
        return False
