"""Connections whose dead peer is noticed in seconds, to the bus and to PostgreSQL."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import psycopg
from amqp.exceptions import AMQPError
from kombu.connection import Connection
from kombu.exceptions import KombuError
from kombu.messaging import Consumer, Producer

import kernel.bus  # noqa: F401  # makes pgbus:// known to kombu
from kernel.database import LOCK_TIMEOUT, STATEMENT_TIMEOUT, TCP_USER_TIMEOUT_MS

HEARTBEAT_SECONDS = 10
"""With nameko's default of 60 a half-open link went unnoticed for 31 s."""
CONNECT_SECONDS = 5
READ_AHEAD_BYTES = 16_384
ANSWER_SECONDS = 5.0
"""How long the broker may take to answer a declaration; one just restarted has been seen to never answer."""

BROKER_ERRORS = (AMQPError, KombuError, OSError)
"""Everything a lost or refusing broker shows itself by; kombu's OperationalError is neither of the other two."""

_SOCKET_SETTINGS = {
    socket.TCP_NODELAY: 1,
    socket.TCP_USER_TIMEOUT: TCP_USER_TIMEOUT_MS,
    socket.TCP_KEEPIDLE: 5,
    socket.TCP_KEEPINTVL: 2,
    socket.TCP_KEEPCNT: 3,
}


def connect_broker(url: str, name: str, *, confirms: bool = False, heartbeat: int = 0) -> Any:
    """An open connection to the bus, `amqp://` or `pgbus://`. Blocks 5 s at most; raises `BROKER_ERRORS`.

    `heartbeat` is for a connection whose owner reads it all the time; others rely on TCP's own signs of life.
    """
    options: dict[str, Any] = {}
    if url.startswith("amqp"):
        options = {
            "socket_settings": _SOCKET_SETTINGS,
            "write_timeout": 10,
            "client_properties": {"connection_name": name},
            "confirm_publish": confirms,
        }
    connection: Any = Connection(  # type: ignore[no-untyped-call]  # kombu carries no types
        url, connect_timeout=CONNECT_SECONDS, heartbeat=heartbeat, transport_options=options
    )
    try:
        connection.connect()
        if url.startswith("amqp"):
            connection.connection.transport.sock.settimeout(ANSWER_SECONDS)
        if url.startswith("amqp://"):
            _read_ahead(connection.connection.transport)
    except BaseException:
        connection.collect(CONNECT_SECONDS)
        raise
    return connection


def _read_ahead(transport: Any) -> None:
    """Let py-amqp take off the socket what is there: by itself it asks nine times for each message.

    Its buffer is made for more than was asked for; only the question is changed.
    """
    receive = transport.sock.recv
    transport._quick_recv = lambda wanted: receive(max(wanted, READ_AHEAD_BYTES))


def consume(channel: Any, queue: Any, on_message: Callable[[Any], None], *, no_ack: bool = False) -> None:
    """Have a queue's messages handed to `on_message` by the connection's `drain_events`."""
    consumer: Any = Consumer  # kombu carries no types
    consumer(channel, [queue], on_message=on_message, no_ack=no_ack, auto_declare=False).consume()


def permitted_key(message: Any) -> str:
    """The routing key the broker let the publisher use; empty for a dead letter, whose key a queue's owner chose.

    A login is held to its routing keys, not to what a body says, and before RabbitMQ 4.0.3 not to the further keys that
    headers CC and BCC name; so whoever acts on a message compares what it says with this.
    """
    if "x-death" in (message.headers or {}):
        return ""
    return str((message.delivery_info or {}).get("routing_key"))


def publish(channel: Any, body: bytes, **properties: Any) -> None:
    """Publish a JSON body; on a connection with confirms this returns when the bus has taken it."""
    producer: Any = Producer
    producer(channel, auto_declare=False).publish(
        body, content_type="application/json", content_encoding="utf-8", **properties
    )


def drain(connection: Any, timeout: float) -> bool:
    """Hand over what comes within `timeout` seconds, one frame; keeps heartbeats going. False if nothing came."""
    if connection.supports_heartbeats and connection.heartbeat:
        connection.heartbeat_check()
    try:
        connection.drain_events(timeout=timeout)
    except TimeoutError:
        return False
    return True


def drain_arrived(connection: Any, enough: Callable[[], bool]) -> None:
    """Hand over what has arrived already, without waiting, until it is `enough`."""
    with suppress(TimeoutError):
        while not enough():
            connection.drain_events(timeout=0)


def connect_database(url: str, name: str) -> psycopg.Connection[Any]:
    """A connection outside the pool, every statement its own transaction; for session locks and notifications.

    Raises `psycopg.Error`.
    """
    return psycopg.connect(
        url.replace("postgresql+psycopg://", "postgresql://"),
        autocommit=True,
        application_name=name,
        connect_timeout=CONNECT_SECONDS,
        keepalives_idle=5,
        keepalives_interval=2,
        keepalives_count=3,
        tcp_user_timeout=TCP_USER_TIMEOUT_MS,
        # The server's side too: the lock of a holder whose link is half-open must be free in seconds.
        options=f"-c statement_timeout={STATEMENT_TIMEOUT} -c lock_timeout={LOCK_TIMEOUT} -c timezone=UTC"
        f" -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3"
        f" -c tcp_user_timeout={TCP_USER_TIMEOUT_MS}",
    )
