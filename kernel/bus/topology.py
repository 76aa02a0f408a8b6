"""Exchange, queues and bindings of the events, made from the contracts' tables on either bus.

They are made for *all* consumers before any relay starts, because a bus confirms an event that nobody is bound for.
Which version was applied is remembered on the bus itself, by durable exchanges that are there for their names alone:
they can be looked for by whoever may read them, as every login may, and nothing is ever published to them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol
from uuid import uuid4

import amqp
import psycopg
from amqp.exceptions import AccessRefused, AMQPError, ChannelError, NotFound, PreconditionFailed
from kombu.connection import Connection
from kombu.exceptions import KombuError
from psycopg import errors

from kernel.bus.schema import create_bus, postgres_url

EVENTS_EXCHANGE = "chengbao.events"
CALLS_EXCHANGE = "nameko-rpc"
"""Calls and their replies; nameko's own name. Made here, because no service's login may make exchanges."""
PROBE = "chengbao.probe."
"""Beginning of the names of what a check makes and takes away again at once."""
UNCONSUMED_QUEUE = "chengbao.unconsumed"
"""Accepts and forgets the event types nobody consumes, so that an event without a queue is always a fault."""
UNCONSUMED_ARGUMENTS: dict[str, Any] = {"x-max-length": 0}
MARKER = "chengbao.topology.v"
PROBE_REQUEUES = 25
"""More than the 20 deliveries after which RabbitMQ 4 drops a message unless it is told otherwise."""
REMEDY = "run 'chengbao topology apply'"


class EventType(Protocol):
    """A type of event: any class that knows its name."""

    TYPE: ClassVar[str]


Publishes = Mapping[str, Iterable[type[EventType]]]
Consumes = Mapping[str, Iterable[str]]


class TopologyMismatch(Exception):
    """The bus is not set up as the contracts say; the message names what is wrong and what to do."""

    def __init__(self, faults: Iterable[str], remedy: str = REMEDY) -> None:
        self.faults = tuple(faults)
        super().__init__("the bus is not set up as the contracts say: " + "; ".join(self.faults) + f" -- {remedy}")


class BusUnreachable(Exception):
    """The bus does not answer; see that it runs and that CHENGBAO_BROKER_URL is right."""


def queue_name(service: str) -> str:
    """The queue of a consuming service."""
    return f"chengbao.{service}"


def queue_arguments(connection: Any) -> dict[str, Any]:
    """Arguments of every queue whose messages must not get lost, RPC request queues too; for kombu's open connection.

    RabbitMQ 4 drops a message after 20 deliveries unless `x-delivery-limit` is -1. RabbitMQ 3 has no limit unless given
    one, accepts -1 as well, and then drops at the *first* requeue (seen on 3.10.8): there it must not be given.
    """
    version = _server_version(connection)
    if version is not None and version < 4:
        return {"x-queue-type": "quorum"}
    return {"x-queue-type": "quorum", "x-delivery-limit": -1}


def _server_version(connection: Any) -> int | None:
    """Major version of RabbitMQ; None for the embedded bus."""
    properties = getattr(connection.connection, "server_properties", None)
    return int(properties["version"].split(".")[0]) if properties else None


@dataclass(frozen=True)
class _Plan:
    """What the contracts ask for."""

    version: int
    bindings: Mapping[str, frozenset[str]]
    """Queue -> event types."""
    types: frozenset[str]
    """All types there are; a binding to one of them that is not planned is taken away."""

    @classmethod
    def of(cls, publishes: Publishes, consumes: Consumes, version: int) -> _Plan:
        published = frozenset(str(event.TYPE) for events in publishes.values() for event in events)
        consumed = {queue_name(service): frozenset(types) for service, types in consumes.items()}
        strangers = frozenset().union(*consumed.values()) - published
        if strangers:
            raise ValueError(f"consumed but published by nobody: {sorted(strangers)}")
        unconsumed = published.difference(*consumed.values())
        return cls(version, {**consumed, UNCONSUMED_QUEUE: unconsumed}, published)

    @property
    def markers(self) -> tuple[str, str]:
        """Exchanges that say: this version is applied, and with exactly these bindings."""
        document = json.dumps({queue: sorted(types) for queue, types in self.bindings.items()}, sort_keys=True)
        name = f"{MARKER}{self.version}"
        return name, f"{name}.{hashlib.sha256(document.encode()).hexdigest()[:12]}"

    def arguments(self, queue: str, connection: Any) -> dict[str, Any]:
        return UNCONSUMED_ARGUMENTS if queue == UNCONSUMED_QUEUE else queue_arguments(connection)


def apply(broker_url: str, publishes: Publishes, consumes: Consumes, version: int) -> None:
    """Make the bus as the contracts say; may be repeated and run twice at once. Nothing that holds messages is deleted.

    Raises `TopologyMismatch` when a queue is there with other arguments or the broker would drop messages,
    `BusUnreachable` when there is no bus.
    """
    plan = _Plan.of(publishes, consumes, version)
    with _connected(broker_url, making=True) as connection:
        channel: Any = connection.channel()
        for exchange in (EVENTS_EXCHANGE, CALLS_EXCHANGE):
            channel.exchange_declare(exchange, "topic", durable=True, auto_delete=False)
        for queue, types in plan.bindings.items():
            _make_queue(channel, queue, plan.arguments(queue, connection))
            for event_type in types:
                channel.queue_bind(queue, EVENTS_EXCHANGE, event_type)
            for event_type in plan.types - types:
                channel.queue_unbind(queue, EVENTS_EXCHANGE, event_type)
        fault = _limit_fault(connection)
        if fault:
            raise TopologyMismatch([fault], "remove the policy or default that limits deliveries on the broker")
        for marker in plan.markers:
            channel.exchange_declare(marker, "fanout", durable=True, auto_delete=False)


def _make_queue(channel: Any, queue: str, arguments: dict[str, Any]) -> None:
    try:
        channel.queue_declare(queue, durable=True, exclusive=False, auto_delete=False, arguments=arguments)
    except PreconditionFailed as error:
        raise TopologyMismatch(
            [f"queue {queue} is there, declared otherwise ({error})"],
            f"let its consumer empty it, delete it, then {REMEDY}",
        ) from error


def check(broker_url: str, publishes: Publishes, consumes: Consumes, version: int) -> None:
    """See that the bus is as the contracts say; changes nothing, every process does it at start.

    Raises `TopologyMismatch` naming every fault, `BusUnreachable` when there is no bus. RabbitMQ shows nobody its
    bindings over AMQP: there the applied version vouches for them, and a relay notices an event that no queue is bound
    for. The embedded bus is asked for its bindings too.
    """
    plan = _Plan.of(publishes, consumes, version)
    with _connected(broker_url) as connection:
        faults = [*_version_faults(connection, plan), *_entity_faults(connection, plan)]
        if broker_url.startswith("pgbus://"):
            faults += _binding_faults(broker_url, plan)
        limit_fault = _limit_fault(connection)
        if limit_fault:
            faults.append(limit_fault)
    if faults:
        raise TopologyMismatch(faults)


def _version_faults(connection: Any, plan: _Plan) -> Iterator[str]:
    version_marker, exact_marker = plan.markers
    if not _has_exchange(connection, version_marker):
        older = (one for one in range(plan.version - 1, 0, -1) if _has_exchange(connection, f"{MARKER}{one}"))
        found = next(older, None)
        present = f"version {found} is applied" if found else "no version is applied"
        yield f"{present}, version {plan.version} is needed"
    elif not _has_exchange(connection, exact_marker):
        yield f"version {plan.version} is applied with other bindings than this program's"


def _entity_faults(connection: Any, plan: _Plan) -> Iterator[str]:
    for exchange in (EVENTS_EXCHANGE, CALLS_EXCHANGE):
        if not _has_exchange(connection, exchange):
            yield f"exchange {exchange} is missing"
    for queue in plan.bindings:
        fault = _queue_fault(connection, queue, plan.arguments(queue, connection))
        if fault:
            yield fault


def _queue_fault(connection: Any, queue: str, arguments: dict[str, Any]) -> str | None:
    try:
        # Since RabbitMQ 4.3 nobody may ask for a queue he has no right to: whose it is looks for it.
        if not _exists(connection, lambda channel: channel.queue_declare(queue, passive=True)):
            return f"queue {queue} is missing"
        channel: Any = connection.channel()
        # It is there, so this declares nothing; it compares.
        channel.queue_declare(queue, durable=True, exclusive=False, auto_delete=False, arguments=arguments)
    except PreconditionFailed as error:
        return f"queue {queue} is declared otherwise ({error})"
    except AccessRefused:
        return None  # a service's login may not declare; the operator's did, and compared
    channel.close()
    return None


def _binding_faults(broker_url: str, plan: _Plan) -> list[str]:
    select = (
        "SELECT q.name, b.routing_key FROM bus.queue q"
        " LEFT JOIN bus.binding b ON b.queue = q.id AND b.exchange = %s"
    )
    try:
        with psycopg.connect(postgres_url(broker_url), connect_timeout=5) as database:
            rows = database.execute(select, (EVENTS_EXCHANGE,)).fetchall()
    except (errors.UndefinedTable, errors.InvalidSchemaName):
        rows = []
    there = {queue for queue, _ in rows}
    planned = {(queue, one) for queue, types in plan.bindings.items() if queue in there for one in types}
    return [f"{queue} is not bound to {event_type}" for queue, event_type in sorted(planned.difference(rows))]


def _limit_fault(connection: Any) -> str | None:
    """Whether the broker drops a message that is returned to a queue like ours again and again; tried on a queue.

    Asking is not enough: a policy or a default of the broker changes what a queue's own arguments say. The probe goes
    through an exchange of its own: the default one would lead into every queue, so no login of ours may use it.
    """
    if _server_version(connection) is None:
        return None
    channel: Any = connection.channel()
    queue = f"{PROBE}{uuid4()}"
    try:
        channel.queue_declare(
            queue, durable=True, exclusive=False, auto_delete=False, arguments=queue_arguments(connection)
        )
    except AccessRefused:
        return None  # a service's login may not declare; `apply` tried it
    try:
        channel.exchange_declare(queue, "fanout", durable=False, auto_delete=True)
        channel.queue_bind(queue, queue)
        return _requeue_often(channel, queue)
    finally:
        channel.queue_delete(queue)  # the exchange goes with its only binding
        channel.close()


def _requeue_often(channel: Any, queue: str) -> str | None:
    channel.confirm_select()
    channel.basic_publish_confirm(amqp.Message("probe", delivery_mode=2), queue, timeout=5)
    for number in range(PROBE_REQUEUES):
        message = channel.basic_get(queue)
        if message is None:
            return f"the broker drops a message after {number} deliveries"
        channel.basic_reject(message.delivery_tag, requeue=True)
    return None


def _has_exchange(connection: Any, name: str) -> bool:
    return _exists(connection, lambda channel: channel.exchange_declare(name, "fanout", passive=True))


def _exists(connection: Any, look: Callable[[Any], object]) -> bool:
    channel: Any = connection.channel()  # a fresh one: what is not found ends the channel
    try:
        look(channel)
    except NotFound:
        return False
    channel.close()
    return True


@contextmanager
def _connected(broker_url: str, making: bool = False) -> Iterator[Any]:
    try:
        if making and broker_url.startswith("pgbus://"):
            create_bus(broker_url)
        client: Any = Connection(broker_url, connect_timeout=5)  # type: ignore[no-untyped-call]
        client._connection = client.transport.establish_connection()  # once, where kombu's own would try again
        with client:
            yield client
    except ChannelError as error:
        raise TopologyMismatch([f"the bus refused: {error}"]) from error
    except (AMQPError, KombuError, OSError, psycopg.Error) as error:
        raise BusUnreachable(f"the bus does not answer: {error}") from error
