"""The batch consumer: takes what has arrived in the service's queue, hands it to the inbox, then acknowledges it."""

from __future__ import annotations

import threading
from typing import Any

import structlog
from prometheus_client import Gauge

from kernel.bus.topology import queue_name
from kernel.connections import HEARTBEAT_SECONDS, connect_broker, drain, drain_arrived, permitted_key
from kernel.inbox import Inbox, Incoming
from kernel.pauses import Pauses

log = structlog.get_logger(__name__)

IDLE_SECONDS = 0.5
CONNECTED = Gauge(
    "chengbao_consumer_connected", "1 while events are taken off the bus; 0 while bus or database is away."
)


class BatchConsumer:
    """Consumes the queue of one service.

    What the inbox does not take (the database is away) is neither acknowledged nor dropped: the connection is closed,
    the broker keeps the messages, and consuming begins again after a growing pause.
    """

    def __init__(self, broker_url: str, inbox: Inbox) -> None:
        self.broker_url = broker_url
        self.inbox = inbox
        self.prefetch = inbox.service.settings.prefetch
        self._arrived: list[Any] = []

    def run(self, stopping: threading.Event) -> None:
        """Consume until `stopping`; never raises."""
        pauses = Pauses()
        while not stopping.is_set():
            try:
                self._consume(stopping, pauses)
            except Exception as error:  # noqa: BLE001  # whatever it is, consuming goes on
                CONNECTED.set(0)
                log.warning("consuming begins anew", error=repr(error))
                stopping.wait(pauses.next())

    def _consume(self, stopping: threading.Event, pauses: Pauses) -> None:
        name = self.inbox.service.name
        self._arrived = []
        self.inbox.reachable()
        with connect_broker(self.broker_url, f"chengbao-{name}-events", heartbeat=HEARTBEAT_SECONDS) as connection:
            channel = connection.channel()
            channel.auto_decode = False  # the inbox reads bytes
            channel.basic_qos(0, self.prefetch, False)
            channel.basic_consume(queue_name(name), callback=self._arrived.append)
            CONNECTED.set(1)
            while not stopping.is_set():
                if self._collect(connection):
                    self._take_in(channel)
                    pauses.reset()

    def _collect(self, connection: Any) -> bool:
        """Wait for a message, then take what has arrived with it, without waiting for more."""
        if drain(connection, IDLE_SECONDS):
            drain_arrived(connection, lambda: len(self._arrived) >= self.prefetch)
        return bool(self._arrived)

    def _take_in(self, channel: Any) -> None:
        messages, self._arrived[:] = list(self._arrived), []
        self.inbox.receive([_incoming(message) for message in messages])
        # All of this channel up to the last one: nothing else is in hand.
        channel.basic_ack(messages[-1].delivery_tag, multiple=True)


def _incoming(message: Any) -> Incoming:
    body = message.body if isinstance(message.body, bytes) else str(message.body).encode()
    deliveries = int((message.headers or {}).get("x-delivery-count", 0))
    redelivered = bool((message.delivery_info or {}).get("redelivered"))
    return Incoming(body, max(deliveries, int(redelivered)), permitted_key(message))
