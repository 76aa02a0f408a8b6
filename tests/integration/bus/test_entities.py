"""What declaring and routing promise: exchanges, queues, bindings, and the properties that travel."""

from __future__ import annotations

from typing import Any

import pytest
from amqp.exceptions import ChannelError, NotFound, PreconditionFailed

from deploy.processes import wait_until
from kernel.bus.topology import queue_arguments
from tests.integration.bus.client import EXCHANGE, PATIENCE, Client


@pytest.mark.parametrize(
    ("binding", "matching", "other"),
    [
        ("report.accepted", ["report.accepted"], ["report", "report.accepted.again", "reportxaccepted"]),
        ("report.*", ["report.accepted", "report.x"], ["report", "report.a.b", "issue.published"]),
        ("report.#", ["report", "report.a", "report.a.b"], ["reports.a", "a.report"]),
        ("#.late", ["late", "a.late", "a.b.late"], ["latex", "late.a"]),
        ("*.a+b.#", ["x.a+b", "x.a+b.c.d"], ["a+b", "x.aab"]),
        ("#", ["a", "a.b.c"], []),
    ],
)
def test_topics_match_as_amqp_says(client: Client, binding: str, matching: list[str], other: list[str]) -> None:
    client.declare("desk", binding)
    for routing_key in [*other, *matching]:
        client.publish(routing_key, routing_key)
    client.consume("desk")
    client.collect(len(matching))
    assert client.bodies() == matching
    assert client.nothing_more_comes(0.1)


def test_a_message_comes_once_to_each_queue_however_many_bindings_match(client: Client) -> None:
    client.declare("one", "a.*", "a.b", "#")
    client.declare("two", "a.b")
    client.publish("x", "a.b")
    client.consume("one")
    client.consume("two")
    client.collect(2)
    assert client.nothing_more_comes(0.3)
    assert client.bodies() == ["x", "x"]


def test_direct_and_fanout_exchanges_route(client: Client) -> None:
    client.declare("desk", "unused")
    for name, kind in (("test.direct", "direct"), ("test.fanout", "fanout")):
        client.channel.exchange_declare(name, kind, durable=True, auto_delete=False)
        client.channel.queue_bind("desk", name, "a.*")
    client.publish("no pattern here", "a.b", exchange="test.direct")
    client.publish("direct", "a.*", exchange="test.direct")
    client.publish("fanout", "whatever", exchange="test.fanout")
    client.publish("queue by name", "desk", exchange="")
    client.consume("desk")
    client.collect(3)
    assert client.bodies() == ["direct", "fanout", "queue by name"]


def test_an_unbound_queue_gets_nothing_more(client: Client) -> None:
    client.declare("desk", "a", "b")
    client.channel.queue_unbind("desk", EXCHANGE.name, "a")
    client.channel.queue_unbind("desk", EXCHANGE.name, "never.bound")
    client.publish("a", "a")
    client.publish("b", "b")
    client.consume("desk")
    client.collect(1)
    assert client.bodies() == ["b"]


def test_properties_survive(client: Client) -> None:
    client.declare("desk")
    properties: dict[str, Any] = {
        "correlation_id": "c-1",
        "reply_to": "somebody",
        "message_id": "m-1",
        "type": "t",
        "headers": {"nameko.call_id": "甲", "number": 7},
    }
    client.publish({"标题": "防汛"}, "desk", **properties)
    client.consume("desk")
    message = client.collect(1)[0]
    assert message.payload == {"标题": "防汛"}
    assert (message.content_type, message.content_encoding) == ("application/json", "utf-8")
    assert message.properties["content_type"] == "application/json"
    assert message.headers == properties.pop("headers")
    assert {name: message.properties[name] for name in properties} == properties
    assert message.delivery_info["exchange"] == EXCHANGE.name
    assert message.delivery_info["routing_key"] == "desk"


def test_any_bytes_survive_as_body(client: Client) -> None:
    client.declare("desk")
    body = bytes(range(256)) * 1200
    client.publish(body, "desk", content_type="application/octet-stream", content_encoding="binary")
    client.consume("desk")
    assert bytes(client.collect(1)[0].body) == body


def test_mandatory_returns_what_no_queue_is_bound_for(client: Client) -> None:
    client.declare("desk", "bound")
    client.publish("x", "bound", mandatory=True)
    client.publish("x", "unbound")
    with pytest.raises(ChannelError, match="NO_ROUTE"):
        client.publish("x", "unbound", mandatory=True)


def test_a_missing_exchange_is_an_error(client: Client) -> None:
    with pytest.raises(NotFound):
        client.channel.exchange_declare("nowhere", "topic", passive=True)
    with pytest.raises(NotFound):
        client.connection.channel().queue_declare("nowhere", passive=True)
    client.channel = client.connection.channel()
    with pytest.raises(NotFound):
        client.publish("x", "y", exchange="nowhere")


def test_declaring_again_must_say_the_same(client: Client) -> None:
    client.declare("desk")
    client.declare("desk")
    other = {**queue_arguments(client.connection), "x-expires": 60000}
    with pytest.raises(PreconditionFailed):
        client.channel.queue_declare("desk", durable=True, auto_delete=False, arguments=other)


def test_an_unused_queue_expires_and_a_used_one_does_not(client: Client, bus_url: str) -> None:
    for name in ("left", "used"):
        client.channel.queue_declare(name, durable=True, auto_delete=False, arguments={"x-expires": 900})
    client.consume("used")

    def left_is_gone() -> bool:
        client.drain(0.1)
        return client.leads_nowhere("left", exchange="")

    assert wait_until(left_is_gone, PATIENCE)
    assert client.connection.channel().queue_declare("used", passive=True).consumer_count == 1


def test_an_exclusive_queue_ends_with_its_connection(client: Client, bus_url: str) -> None:
    with Client(bus_url) as another:
        another.channel.queue_declare("mine", exclusive=True, auto_delete=False)
        with pytest.raises(ChannelError):
            client.channel.queue_declare("mine", exclusive=True, auto_delete=False)
    with pytest.raises(NotFound):
        client.connection.channel().queue_declare("mine", passive=True)


def test_an_auto_delete_queue_ends_with_its_last_consumer(client: Client) -> None:
    client.channel.queue_declare("brief", durable=False, exclusive=False, auto_delete=True)
    client.consume("brief").cancel()
    with pytest.raises(NotFound):
        client.connection.channel().queue_declare("brief", passive=True)


def test_a_purged_queue_is_empty(client: Client) -> None:
    client.declare("desk")
    for number in range(3):
        client.publish(number, "desk")
    assert wait_until(lambda: client.ready("desk") == 3, PATIENCE)
    assert client.channel.queue_purge("desk") == 3
    assert client.ready("desk") == 0
