"""How a relay hands events to the bus: many at once, and only what the bus has confirmed counts as sent.

On RabbitMQ that is publisher confirms with a window; on the embedded bus one insert of many rows. An event that no
queue is bound for counts as not sent: RabbitMQ confirms it all the same, so it is published `mandatory` and looked for
among the returned ones. For types nobody consumes the topology has a queue that accepts and forgets.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from time import monotonic
from typing import Any, Generic, Protocol, TypeVar

import amqp
from kombu.connection import Connection
from kombu.exceptions import KombuError
from psycopg.conninfo import conninfo_to_dict

from kernel.bus import entities
from kernel.bus.puts import Outgoing, put
from kernel.bus.schema import postgres_url
from kernel.bus.session import Session
from kernel.bus.topology import EVENTS_EXCHANGE

WINDOW = 500
"""Events on the way unconfirmed at the most; more gains nothing and only lengthens what a cut leaves unknown."""
HEARTBEAT_SECONDS = 10
"""With nameko's 60 a half-open connection hung 31 s."""
CLOSE_SECONDS = 1.0
CONTENT_TYPE = "application/json"
CONTENT_ENCODING = "utf-8"
PERSISTENT = 2

Id = TypeVar("Id")
Events = Sequence[tuple[str, Id, bytes]]
"""Routing key, message id and body of each event."""

_TROUBLE = (amqp.exceptions.AMQPError, KombuError, OSError)


class BusUnavailable(Exception):
    """The bus is away or was lost; what is not in `acknowledged` may or may not have arrived: send it again.

    `acknowledged` are the message ids of this call that were confirmed before.
    """

    def __init__(self, reason: str, acknowledged: set[Any] | frozenset[Any] = frozenset()) -> None:
        super().__init__(reason)
        self.acknowledged = acknowledged


class Publisher(Protocol):
    """Publishes to the exchange of events. For one thread; connects when needed, again after every loss."""

    def publish(self, events: Events[Id], timeout: float) -> set[Id]:
        """Publish and wait for confirms, `timeout` seconds at the most; answers the ids that were acknowledged.

        The rest is refused, bound for no queue, or unknown: send it again with the same id. Raises `BusUnavailable`.
        """
        ...

    def keep_alive(self) -> None:
        """To be called every few seconds while there is nothing to publish. Never raises."""
        ...

    def close(self) -> None:
        """Leave the bus; never raises."""
        ...


def open_publisher(broker_url: str, exchange: str = EVENTS_EXCHANGE) -> Publisher:
    """The publisher for `amqp://`, `amqps://` or `pgbus://`. Does not connect yet."""
    if broker_url.startswith("pgbus://"):
        return PostgresPublisher(broker_url, exchange)
    return RabbitPublisher(broker_url, exchange)


class _Confirms(Generic[Id]):
    """What was published on one channel and what the broker said about it."""

    def __init__(self) -> None:
        self.last_tag = 0
        self.pending: dict[int, Id] = {}
        self.acknowledged: set[Id] = set()
        self._returned: set[str] = set()

    def begin(self) -> None:
        self.acknowledged = set()
        self._returned = set()

    def sent(self, message_id: Id) -> None:
        self.last_tag += 1
        self.pending[self.last_tag] = message_id

    def on_ack(self, tag: int, multiple: bool) -> None:
        self.acknowledged.update(one for one in self._settle(tag, multiple) if str(one) not in self._returned)

    def on_nack(self, tag: int, multiple: bool) -> None:
        self._settle(tag, multiple)

    def on_return(self, *returned: Any) -> None:
        """The broker returns what it could not route just before it acknowledges it; the message comes last."""
        self._returned.add(returned[-1].properties["message_id"])

    def _settle(self, tag: int, multiple: bool) -> list[Id]:
        if not multiple:
            return [self.pending.pop(tag)] if tag in self.pending else []
        tags = []
        for one in self.pending:  # in the order of publishing, so the tags rise
            if one > tag:
                break
            tags.append(one)
        return [self.pending.pop(one) for one in tags]


class RabbitPublisher:
    """Pipelined publisher confirms: a window of events is on its way while the broker writes them to disk."""

    def __init__(self, broker_url: str, exchange: str, window: int = WINDOW) -> None:
        client: Any = Connection(broker_url, heartbeat=HEARTBEAT_SECONDS, connect_timeout=5)  # type: ignore[no-untyped-call]
        # Without these notices the client need not look for them before each event; a blocked broker is found by time.
        client.transport_options = {"client_properties": {"capabilities": {"connection.blocked": False}}}
        self._client = client
        self._exchange = exchange
        self._window = window
        self._connection: Any = None
        self._channel: Any = None
        self._confirms: _Confirms[Any] = _Confirms()
        self._used_at = 0.0

    def publish(self, events: Events[Id], timeout: float) -> set[Id]:
        """See `Publisher.publish`. After a timeout the connection is given up, because late confirms carry old tags."""
        deadline = monotonic() + timeout
        self._confirms.begin()
        try:
            self._connect()
            # The socket's own timeout bounds each write, so that a broker that stops reading cannot hold us.
            with self._connection.transport.having_timeout(timeout):
                for routing_key, message_id, body in events:
                    self._send(routing_key, message_id, body)
                    if len(self._confirms.pending) >= self._window:
                        self._drain(self._window // 2, deadline)
                self._drain(0, deadline)
            self._used_at = monotonic()
        except TimeoutError:
            self._abandon()
        except _TROUBLE as error:
            self._abandon()
            raise BusUnavailable(f"RabbitMQ: {error}", self._confirms.acknowledged) from error
        except BaseException:
            self._abandon()
            raise
        return self._confirms.acknowledged

    def keep_alive(self) -> None:
        if self._connection is None:
            return
        try:
            with suppress(TimeoutError):
                self._connection.drain_events(timeout=0)
            self._connection.heartbeat_tick()
            self._used_at = monotonic()
        except _TROUBLE:
            self._abandon()

    def close(self) -> None:
        if self._connection is None:
            return
        with suppress(*_TROUBLE):
            # Bounded, as a frozen broker would never answer.
            self._connection.transport.sock.settimeout(CLOSE_SECONDS)
            self._connection.close()
        self._abandon()

    def _connect(self) -> None:
        # One that nobody kept alive the broker has ended, or soon will; nothing is on its way, so leave it quietly.
        rested = monotonic() - self._used_at
        if self._connection is not None and self._connection.connected and rested < HEARTBEAT_SECONDS:
            return
        self._abandon()
        self._connection = self._client.transport.establish_connection()
        self._channel = self._connection.channel()
        self._channel.confirm_select()
        confirms: _Confirms[Any] = _Confirms()
        self._confirms = confirms
        self._channel.events["basic_ack"].add(confirms.on_ack)
        self._channel.events["basic_nack"].add(confirms.on_nack)
        self._channel.events["basic_return"].add(confirms.on_return)

    def _send(self, routing_key: str, message_id: Any, body: bytes) -> None:
        message = amqp.Message(
            body,
            message_id=str(message_id),
            content_type=CONTENT_TYPE,
            content_encoding=CONTENT_ENCODING,
            delivery_mode=PERSISTENT,
        )
        self._confirms.sent(message_id)
        self._channel._basic_publish(message, self._exchange, routing_key, mandatory=True)

    def _drain(self, until: int, deadline: float) -> None:
        """Wait for confirms until only so many are missing."""
        while len(self._confirms.pending) > until:
            self._connection.drain_events(timeout=_left(deadline))

    def _abandon(self) -> None:
        """Close the socket without asking the broker."""
        connection, self._connection, self._channel = self._connection, None, None
        if connection is not None:
            connection.collect()


class PostgresPublisher:
    """One statement stores all events in all their queues; its commit is the confirm."""

    def __init__(self, broker_url: str, exchange: str) -> None:
        self._parameters = conninfo_to_dict(postgres_url(broker_url), application_name="chengbao-relay")
        self._exchange = exchange
        self._session: Session | None = None

    def publish(self, events: Events[Id], timeout: float) -> set[Id]:
        """See `Publisher.publish`; all or none of it is stored."""
        if not events:
            return set()
        try:
            session = self._connect()
            session.be_patient(timeout)
            routes = put(session, self._exchange, [(key, _outgoing(name, body)) for key, name, body in events])
            if not routes:
                entities.find_exchange(session, self._exchange)
        except _TROUBLE as error:
            self.close()
            raise BusUnavailable(str(error)) from error
        except BaseException:
            self.close()
            raise
        return {message_id for routing_key, message_id, _ in events if routing_key in routes}

    def keep_alive(self) -> None:
        """Nothing to do: TCP keepalives watch the connection."""

    def close(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None

    def _connect(self) -> Session:
        if self._session is None or not self._session.alive:
            self._session = Session(self._parameters)
        return self._session


def _outgoing(message_id: Any, body: bytes) -> Outgoing:
    properties = {"message_id": str(message_id), "delivery_mode": PERSISTENT}
    return Outgoing.prepare(body, 0, CONTENT_TYPE, CONTENT_ENCODING, None, properties)


def _left(deadline: float) -> float:
    left = deadline - monotonic()
    if left <= 0:
        raise TimeoutError
    return left
