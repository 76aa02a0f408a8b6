"""The bus is set up from the contracts, and what is missing is named with its remedy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import ClassVar

import pytest

from contracts.topology import CONSUMES, PUBLISHES, VERSION
from kernel.bus import topology
from kernel.bus.publisher import open_publisher
from kernel.bus.topology import EVENTS_EXCHANGE, BusUnreachable, TopologyMismatch, queue_arguments
from tests.integration.bus.client import Client
from tests.integration.bus.proxy import Link


class Accepted:
    TYPE: ClassVar[str] = "report.accepted"


class Met:
    TYPE: ClassVar[str] = "deadline.met"


PUBLISHED = {"gateway": (Accepted,), "intake": (Met,)}
CONSUMED = {"intake": ("report.accepted",), "review": ("report.accepted",)}


@pytest.fixture
def client(broker_url: str) -> Iterator[Client]:
    with Client(broker_url) as client:
        yield client


def faults(broker_url: str, consumed: dict[str, tuple[str, ...]] = CONSUMED, version: int = 1) -> str:
    """What `check` names; each test of it says what it expects."""
    try:
        topology.check(broker_url, PUBLISHED, consumed, version)
    except TopologyMismatch as mismatch:
        return "; ".join(mismatch.faults)
    return ""


def test_an_empty_bus_names_all_that_is_missing(broker_url: str) -> None:
    found = faults(broker_url)
    assert "no version is applied, version 1 is needed" in found
    assert "exchange chengbao.events is missing" in found
    assert "queue chengbao.intake is missing" in found
    assert "queue chengbao.review is missing" in found


def test_applied_twice_it_is_as_the_contracts_say(broker_url: str) -> None:
    topology.apply(broker_url, PUBLISHES, CONSUMES, VERSION)
    topology.apply(broker_url, PUBLISHES, CONSUMES, VERSION)
    topology.check(broker_url, PUBLISHES, CONSUMES, VERSION)


def test_every_consumer_gets_its_types_and_others_are_accepted_and_forgotten(client: Client, broker_url: str) -> None:
    topology.apply(broker_url, PUBLISHED, CONSUMED, 1)
    with closing(open_publisher(broker_url)) as publisher:
        sent = [("report.accepted", "m1", b"{}"), ("deadline.met", "m2", b"{}")]
        assert publisher.publish(sent, 5) == {"m1", "m2"}
    client.consume("chengbao.intake")
    client.consume("chengbao.review")
    client.collect(2)
    assert client.nothing_more_comes(0.3)
    assert {message.properties["message_id"] for message in client.messages} == {"m1"}
    assert client.ready("chengbao.unconsumed") == 0


def test_an_older_version_is_named(broker_url: str) -> None:
    topology.apply(broker_url, PUBLISHED, CONSUMED, 1)
    assert faults(broker_url, version=3) == "version 1 is applied, version 3 is needed"


def test_old_and_new_code_both_run_after_an_upgrade(broker_url: str) -> None:
    newer = {**CONSUMED, "notify": ("deadline.met",)}
    topology.apply(broker_url, PUBLISHED, CONSUMED, 1)
    topology.apply(broker_url, PUBLISHED, newer, 2)
    assert faults(broker_url, newer, version=2) == ""
    if broker_url.startswith("amqp"):
        assert faults(broker_url, version=1) == ""


def test_a_table_changed_without_a_new_version_is_named(broker_url: str) -> None:
    topology.apply(broker_url, PUBLISHED, CONSUMED, 1)
    found = faults(broker_url, {**CONSUMED, "intake": ("report.accepted", "deadline.met")})
    assert "version 1 is applied with other bindings" in found


def test_F07_a_deleted_queue_is_named_and_made_again(client: Client, broker_url: str) -> None:
    topology.apply(broker_url, PUBLISHED, CONSUMED, 1)
    client.channel.queue_delete("chengbao.review")
    assert faults(broker_url) == "queue chengbao.review is missing"
    topology.apply(broker_url, PUBLISHED, CONSUMED, 1)
    assert faults(broker_url) == ""


def test_F07_a_queue_declared_otherwise_is_named(client: Client, broker_url: str) -> None:
    client.channel.queue_declare("chengbao.intake", durable=True, auto_delete=False, arguments={"x-max-priority": 5})
    with pytest.raises(TopologyMismatch, match=r"chengbao\.intake is there, declared otherwise"):
        topology.apply(broker_url, PUBLISHED, CONSUMED, 1)
    assert "queue chengbao.intake is declared otherwise" in faults(broker_url)


def test_F07_a_missing_binding_is_noticed(client: Client, broker_url: str) -> None:
    topology.apply(broker_url, PUBLISHED, CONSUMED, 1)
    for queue in ("chengbao.intake", "chengbao.review"):
        client.channel.queue_unbind(queue, EVENTS_EXCHANGE, "report.accepted")
    if broker_url.startswith("pgbus"):
        assert "chengbao.intake is not bound to report.accepted" in faults(broker_url)
    with closing(open_publisher(broker_url)) as publisher:
        assert publisher.publish([("report.accepted", "m1", b"{}")], 5) == set()


def test_a_type_no_longer_consumed_is_unbound(client: Client, broker_url: str) -> None:
    topology.apply(broker_url, PUBLISHED, {"intake": ("report.accepted", "deadline.met")}, 1)
    topology.apply(broker_url, PUBLISHED, {"intake": ("report.accepted",)}, 2)
    client.publish("x", "deadline.met", exchange=EVENTS_EXCHANGE)
    assert client.ready("chengbao.intake") == 0


def test_F09_a_broker_that_drops_after_some_deliveries_is_named(amqp_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    topology.apply(amqp_url, PUBLISHED, CONSUMED, 1)
    limited = {"x-queue-type": "quorum", "x-delivery-limit": 20}
    monkeypatch.setattr(topology, "queue_arguments", lambda connection: limited)
    assert "the broker drops a message after 21 deliveries" in faults(amqp_url)


def test_rpc_queues_with_the_same_arguments_keep_their_messages(client: Client) -> None:
    client.declare("rpc-intake", arguments=queue_arguments(client.connection))
    client.publish("x", "rpc-intake")
    client.consume("rpc-intake")
    for number in range(25):
        client.collect(number + 1)[number].requeue()
    assert len(client.collect(26)) == 26


def test_F05_an_unreachable_bus_is_told(broker_url: str) -> None:
    with Link(broker_url) as link:
        url = link.url
    with pytest.raises(BusUnreachable):
        topology.check(url, PUBLISHED, CONSUMED, 1)


def test_a_type_consumed_but_published_by_nobody_is_a_mistake_of_the_contracts(pgbus_url: str) -> None:
    with pytest.raises(ValueError, match=r"never\.published"):
        topology.apply(pgbus_url, PUBLISHED, {"intake": ("never.published",)}, 1)
