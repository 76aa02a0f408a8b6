"""Each login on a real RabbitMQ: its own road is open, everybody else's is closed (access.md 6)."""

from __future__ import annotations

import re
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any

import amqp
import kombu
import pytest
import yaml
from amqp.exceptions import AccessRefused

from contracts.topology import CONSUMES, PUBLISHES, VERSION
from deploy.layout import KEY_NAMES, ROOT
from deploy.logins import OWNERS, TOPOLOGY
from deploy.preparation import apply_topology
from deploy.rabbitmq import OwnRabbitMQ
from kernel.bus.publisher import BusUnavailable, open_publisher
from kernel.bus.topology import CALLS_EXCHANGE, EVENTS_EXCHANGE, check, queue_arguments, queue_name
from kernel.connections import connect_broker
from kernel.rpc.addresses import reply_queue, request_queue

Enter = Callable[[str], Any]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
_numbers = count(1)


@pytest.fixture(scope="module")
def host(rabbitmq: OwnRabbitMQ) -> Iterator[str]:
    """A virtual host with logins and topology."""
    name = f"logins{next(_numbers)}"
    rabbitmq.add_virtual_host(name)
    rabbitmq.set_logins(name)
    apply_topology(rabbitmq.login_url(TOPOLOGY, name))
    yield name
    rabbitmq.delete_virtual_host(name)


@pytest.fixture
def url(rabbitmq: OwnRabbitMQ, host: str) -> Callable[[str], str]:
    return lambda owner: rabbitmq.login_url(owner, host)


@pytest.fixture
def enter(url: Callable[[str], str]) -> Iterator[Enter]:
    """`enter("intake") -> channel` of a connection with this login."""
    connections: list[Any] = []

    def open_channel(owner: str) -> Any:
        connections.append(connect_broker(url(owner), "test"))
        return connections[-1].channel()

    yield open_channel
    for connection in connections:
        connection.collect(1)


def client_of(channel: Any) -> Any:
    """The channel's connection as kombu's, which `queue_arguments` asks for the broker's version."""
    client: Any = kombu.Connection()  # type: ignore[no-untyped-call]  # kombu carries no types
    client._connection = channel.connection
    return client


def declare_again(channel: Any, queue: str) -> None:
    channel.queue_declare(queue, durable=True, auto_delete=False, arguments=queue_arguments(client_of(channel)))


def take(channel: Any, queue: str) -> str:
    """Consume until a message comes."""
    arrived: list[Any] = []
    channel.basic_consume(queue, callback=arrived.append, no_ack=True)
    while not arrived:
        channel.connection.drain_events(timeout=10)
    return str(arrived[0].body)


each_owner = pytest.mark.parametrize("owner", KEY_NAMES)


@each_owner
def test_access6_a_login_publishes_every_event_type_of_its_own(url: Callable[[str], str], owner: str) -> None:
    events = [(event.TYPE, event.TYPE, b"{}") for event in PUBLISHES[owner]]
    with closing(open_publisher(url(owner))) as publisher:
        assert publisher.publish(events, 10.0) == {event.TYPE for event in PUBLISHES[owner]}


@each_owner
def test_access6_a_login_consumes_its_own_queue_and_sees_the_topology(
    url: Callable[[str], str], enter: Enter, owner: str
) -> None:
    publisher_of, event_type = next(
        (name, event.TYPE) for name, events in PUBLISHES.items() for event in events if event.TYPE in CONSUMES[owner]
    )
    with closing(open_publisher(url(publisher_of))) as publisher:
        assert publisher.publish([(event_type, "1", b"told")], 10.0) == {"1"}
    check(url(owner), PUBLISHES, CONSUMES, VERSION)
    assert take(enter(owner), queue_name(owner)) in ("told", "{}")


def test_access6_a_call_goes_out_and_its_reply_comes_back(enter: Enter) -> None:
    asking, answering = enter("gateway"), enter("intake")
    request_queue("intake", client_of(answering))(answering).declare()
    replies = reply_queue("chengbao_gateway", "0123-abcd")(asking)
    replies.declare()
    _published(asking, CALLS_EXCHANGE, "intake.list_drafts")
    assert take(answering, "rpc-intake") == "x"
    _published(answering, CALLS_EXCHANGE, replies.routing_key)
    assert take(asking, replies.name) == "x"


@each_owner
def test_access6_publishing_the_event_type_of_another_is_refused(url: Callable[[str], str], owner: str) -> None:
    own = {event.TYPE for event in PUBLISHES[owner]}
    foreign = sorted({event.TYPE for events in PUBLISHES.values() for event in events} - own)
    for event_type in foreign:
        with closing(open_publisher(url(owner))) as publisher, pytest.raises(BusUnavailable, match="403"):
            publisher.publish([(event_type, "1", b"{}")], 10.0)


FORBIDDEN: dict[str, Callable[[Any], Any]] = {
    "consuming another's queue": lambda channel: channel.basic_consume("chengbao.review"),
    "taking from another's queue": lambda channel: channel.basic_get("chengbao.review"),
    "emptying another's queue": lambda channel: channel.queue_purge("chengbao.review"),
    "deleting another's queue": lambda channel: channel.queue_delete("chengbao.review"),
    "deleting its own queue": lambda channel: channel.queue_delete("chengbao.scoring"),
    "declaring its own queue": lambda channel: declare_again(channel, "chengbao.scoring"),
    "a queue of any name": lambda channel: channel.queue_declare("mine"),
    "consuming another's calls": lambda channel: channel.basic_consume("rpc-intake"),
    "the calls' queue of another": lambda channel: declare_again(channel, "rpc-review"),
    "binding its calls' queue to another's calls": lambda channel: (
        declare_again(channel, "rpc-scoring"),
        channel.queue_bind("rpc-scoring", CALLS_EXCHANGE, "review.*"),
    ),
    "binding its calls' queue to all calls": lambda channel: (
        declare_again(channel, "rpc-scoring"),
        channel.queue_bind("rpc-scoring", CALLS_EXCHANGE, "#"),
    ),
    "binding its queue to more events": lambda channel: channel.queue_bind(
        "chengbao.scoring", EVENTS_EXCHANGE, "report.seen"
    ),
    "unbinding its queue": lambda channel: channel.queue_unbind("chengbao.scoring", EVENTS_EXCHANGE, "unit.recorded"),
    "a reply queue of the gateway": lambda channel: reply_queue("chengbao_gateway", "00")(channel).declare(),
    "deleting the exchange": lambda channel: channel.exchange_delete(EVENTS_EXCHANGE),
    "making an exchange": lambda channel: channel.exchange_declare("mine", "fanout"),
    "a call": lambda channel: _published(channel, CALLS_EXCHANGE, "review.list_queue"),
    "publishing straight into a queue": lambda channel: _published(channel, "", "chengbao.review"),
}


def _published(channel: Any, exchange: str, routing_key: str) -> None:
    channel.basic_publish_confirm(amqp.Message("x"), exchange, routing_key)


@pytest.mark.parametrize("what", FORBIDDEN)
def test_access6_a_service_is_refused(enter: Enter, what: str) -> None:
    channel = enter("scoring")
    with pytest.raises(AccessRefused):
        FORBIDDEN[what](channel)


def test_access6_the_topology_login_neither_publishes_events_nor_takes_them(enter: Enter) -> None:
    with pytest.raises(AccessRefused):
        _published(enter(TOPOLOGY), EVENTS_EXCHANGE, "report.accepted")
    with pytest.raises(AccessRefused):
        enter(TOPOLOGY).basic_consume("chengbao.intake")
    with pytest.raises(AccessRefused):
        _published(enter(TOPOLOGY), "", "rpc-intake")


def test_logins_may_be_set_again_and_their_files_are_readable_by_us_alone(rabbitmq: OwnRabbitMQ, host: str) -> None:
    rabbitmq.set_logins(host)
    check(rabbitmq.login_url("intake", host), PUBLISHES, CONSUMES, VERSION)
    kept = [rabbitmq.folder / "definitions.json", *(rabbitmq.folder / f"chengbao_{owner}.secret" for owner in OWNERS)]
    assert {stat.S_IMODE(path.stat().st_mode) for path in kept} == {0o600}


def test_the_definitions_of_the_containers_are_taken_by_a_broker(servers_folder: Path) -> None:
    text = COMPOSE["configs"]["broker-logins"]["content"].replace("$$", "$")
    broker = OwnRabbitMQ(servers_folder / "broker-of-containers")
    broker.start()
    try:
        file = broker.folder / "compose.json"
        file.write_text(re.sub(r"\$\{([A-Z]+)_BROKER_PASSWORD[^}]*\}", r"\1", text))
        broker.control("import_definitions", str(file))
        apply_topology(f"amqp://chengbao_topology:TOPOLOGY@127.0.0.1:{broker.port}/%2F")
        check(f"amqp://chengbao_intake:INTAKE@127.0.0.1:{broker.port}/%2F", PUBLISHES, CONSUMES, VERSION)
    finally:
        broker.kill()
