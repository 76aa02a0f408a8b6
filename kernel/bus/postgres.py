"""The kombu transport of the embedded bus: `pgbus://user:password@host:port/name`, a database made by `create_bus`.

It behaves as RabbitMQ with quorum queues does wherever the product can tell the difference: one contract test runs on
both. Works with threads and under eventlet (monkey-patched, `PSYCOPG_WAIT_FUNC=wait_select`); it makes no call of its
own to either.
"""

from __future__ import annotations

import os
import select
from contextlib import suppress
from time import monotonic
from typing import Any

import psycopg
from amqp import exceptions as amqp_exceptions
from amqp.exceptions import ChannelError, ConsumerCancelled
from kombu.transport import base

from kernel.bus import statements
from kernel.bus.channel import Channel
from kernel.bus.session import BusConnectionLost, Session, amqp_errors, connect
from kernel.bus.sweep import end_sessions, sweep

AMQP_ERRORS = (amqp_exceptions.ConnectionError, ChannelError)
POLL_SECONDS = 0.5
"""Wake-ups come by NOTIFY; the poll finds what a publisher killed between its commit and its NOTIFY left behind."""


class Connection:
    """One connection to the bus: a session for statements, a listener for wake-ups, any number of channels.

    `drain_events` belongs to one thread or greenlet at a time; acknowledging and publishing may happen in others.
    """

    def __init__(self, client: Any, parameters: dict[str, Any]) -> None:
        self.client = client
        self.session = Session(parameters)
        self.channels: list[Channel] = []
        self._listener: psycopg.Connection[Any] | None = None
        self._wake_read = self._wake_write = -1
        self._woken = True
        self._next_poll = 0.0
        self._next_channel = 0
        self._consumers_started = 0

    @property
    def connected(self) -> bool:
        listening = self._listener is None or not self._listener.closed
        return self.client is not None and self.session.alive and listening

    def channel(self) -> Channel:
        if not self.connected:
            raise BusConnectionLost("PostgreSQL bus: the connection is closed")
        channel = Channel(self)
        self.channels.append(channel)
        return channel

    def next_consumer_number(self) -> int:
        self._consumers_started += 1
        return self._consumers_started

    def listen(self, queue_id: int) -> None:
        """Be woken by what is put into this queue from now on."""
        if self._listener is None:
            self._listener = connect(self.session.parameters)
            self._wake_read, self._wake_write = os.pipe()
            self._woken = False
        with amqp_errors(self._listener):
            self._listener.execute(f'LISTEN "bus.{int(queue_id)}"'.encode())

    def wake(self) -> None:
        """Let a `drain_events` that waits look again; called by any thread. Nothing before something is consumed."""
        if not self._woken:
            self._woken = True
            os.write(self._wake_write, b"!")

    def drain_events(self, timeout: float | None = None) -> None:
        """Hand over one message. Raises `TimeoutError`, or amqp's `ConnectionError` when the connection is lost."""
        deadline = None if timeout is None else monotonic() + timeout
        while True:
            self._look_after_itself()
            if self._deliver_one():
                return
            left = POLL_SECONDS if deadline is None else deadline - monotonic()
            if left <= 0:
                raise TimeoutError("nothing came")
            self._wait(min(left, POLL_SECONDS))

    def _deliver_one(self) -> bool:
        channels = list(self.channels)
        for step in range(len(channels)):
            channel = channels[(self._next_channel + step) % len(channels)]
            if channel.deliver_one():
                self._next_channel += step + 1
                return True
        return False

    def _look_after_itself(self) -> None:
        """Twice a second: sweep, look for missed wake-ups, notice deleted queues."""
        if not self.connected:
            raise BusConnectionLost("PostgreSQL bus: the connection is closed")
        if monotonic() < self._next_poll or not self.session.registered:
            return
        self._next_poll = monotonic() + POLL_SECONDS
        sweep(self.session)
        known = {row[0] for row in self.session.rows(statements.OWN_CONSUMERS, (self.session.number,))}
        for channel in self.channels:
            for consumer in list(channel.consumers.values()):
                consumer.perhaps_more = True
                if consumer.number not in known:
                    raise ConsumerCancelled(f"the queue of consumer '{consumer.tag}' was deleted")

    def _wait(self, seconds: float) -> None:
        if self._listener is None:
            select.select([], [], [], seconds)  # no consumer, so nothing can come
            return
        listening = self._listener.fileno()
        ready, _, _ = select.select([self._wake_read, listening], [], [], seconds)
        if self._wake_read in ready:
            os.read(self._wake_read, 1)
            self._woken = False
        if listening in ready:
            self._read_notifications(self._listener)

    def _read_notifications(self, listener: psycopg.Connection[Any]) -> None:
        queues = set()
        with amqp_errors(listener):
            listener.pgconn.consume_input()
            while notification := listener.pgconn.notifies():
                queues.add(int(notification.relname.rpartition(b".")[2]))
        for channel in self.channels:
            channel.wake_consumers(queues)

    def close(self) -> None:
        """End the channels, give back what they hold, leave. Never raises: what is left undone the sweep does."""
        with suppress(*AMQP_ERRORS):
            for channel in list(self.channels):
                channel.close()
            if self.session.registered:
                end_sessions(self.session, [self.session.number])
        self.abandon()

    def abandon(self) -> None:
        """Leave without a word; leases and consumers are ended by the next sweep of anybody."""
        for channel in list(self.channels):
            channel.detach()
        self.session.close()
        if self._listener is not None:
            self._listener.close()
        self._close_wake()

    def _close_wake(self) -> None:
        for descriptor in (self._wake_read, self._wake_write):
            if descriptor >= 0:
                os.close(descriptor)
        self._wake_read = self._wake_write = -1
        self._woken = True


class Transport(base.Transport):
    """What kombu calls for the scheme `pgbus`."""

    default_port = 5432  # type: ignore[assignment]  # None in the base class
    driver_type = "pgbus"
    driver_name = "psycopg"
    # A timeout is an OSError too; kombu and nameko catch it first.
    connection_errors = (amqp_exceptions.ConnectionError, OSError)  # type: ignore[assignment]  # longer than the base's
    recoverable_connection_errors = (amqp_exceptions.ConnectionError, OSError)
    channel_errors = (ChannelError,)
    recoverable_channel_errors = (amqp_exceptions.RecoverableChannelError,)
    implements = base.Transport.implements.extend(exchange_type=frozenset(["direct", "topic", "fanout"]))

    def driver_version(self) -> str:
        return psycopg.__version__

    def establish_connection(self) -> Connection:
        client: Any = self.client
        parameters = {
            "host": client.hostname or "127.0.0.1",
            "port": client.port or self.default_port,
            "user": client.userid,
            "password": client.password,
            "dbname": client.virtual_host,
            "application_name": "chengbao-bus",
        }
        return Connection(client, {name: value for name, value in parameters.items() if value is not None})

    def close_connection(self, connection: Connection) -> None:
        connection.close()
        connection.client = None

    def create_channel(self, connection: Connection) -> Channel:
        return connection.channel()

    def close_channel(self, channel: Channel) -> None:
        channel.close()

    def drain_events(self, connection: Connection, timeout: float | None = None, **_: Any) -> None:
        connection.drain_events(timeout=timeout)

    def verify_connection(self, connection: Connection) -> bool:
        return connection.connected

    def _collect(self, connection: Connection | None) -> None:
        # kombu calls this for a connection it gives up after an error: no farewell, the sweep does the rest.
        if connection is not None:
            connection.abandon()

    @property
    def default_connection_params(self) -> dict[str, Any]:
        return {"port": self.default_port, "hostname": "127.0.0.1"}
