"""Deliveries of the embedded bus: consumers, what they hold, and the messages as kombu wants them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from kombu.transport.base import Message as KombuMessage
from kombu.utils.json import loads

from kernel.bus import statements
from kernel.bus.session import Session

CHUNK = 500
"""Messages leased at once when a consumer set no prefetch limit."""


@dataclass(frozen=True)
class Taken:
    """One message as it was leased."""

    id: int
    deliveries: int
    priority: int
    exchange: str
    routing_key: str
    properties: str
    body: bytes


class Message(KombuMessage):
    """A message as kombu knows it; its properties are those the publisher gave, with AMQP's names."""

    def __init__(self, taken: Taken, delivery_tag: int, consumer_tag: str, channel: Any) -> None:
        properties = loads(taken.properties)  # type: ignore[no-untyped-call]
        headers = properties.setdefault("application_headers", {})
        if taken.deliveries > 1:
            # As quorum queues do: the number of deliveries before this one, absent on the first.
            headers["x-delivery-count"] = taken.deliveries - 1
        super().__init__(  # type: ignore[no-untyped-call]
            body=taken.body,
            channel=channel,
            delivery_tag=delivery_tag,
            content_type=properties.get("content_type"),
            content_encoding=properties.get("content_encoding"),
            headers=headers,
            properties=properties,
            delivery_info={
                "consumer_tag": consumer_tag,
                "delivery_tag": delivery_tag,
                "redelivered": taken.deliveries > 1,
                "exchange": taken.exchange,
                "routing_key": taken.routing_key,
            },
        )


def take(session: Session, queue_id: int, limit: int, no_ack: bool) -> list[Taken]:
    """Lease (or with `no_ack` take away) up to `limit` messages, most urgent and oldest first."""
    parameters: dict[str, Any] = {"queue": queue_id, "limit": limit}
    if not no_ack:
        parameters["holder"] = session.number
    rows = session.rows(statements.TAKE_AWAY if no_ack else statements.TAKE, parameters)
    return sorted((Taken(*row) for row in rows), key=lambda taken: (-taken.priority, taken.id))


@dataclass
class Consumer:
    """One consumer of one queue: what it may still take and what waits to be handed to it."""

    number: int
    tag: str
    queue_id: int
    no_ack: bool
    prefetch: int
    """Most messages held unacknowledged; 0 for no limit."""
    callback: Callable[[Message], None]
    waiting: deque[Taken] = field(default_factory=deque)
    """Leased here, not yet handed over."""
    unacknowledged: int = 0
    perhaps_more: bool = True
    """Whether the queue may hold something to take; cleared by a short take, set by a wake-up."""

    @property
    def room(self) -> int:
        if self.no_ack or self.prefetch == 0:
            return CHUNK
        return self.prefetch - self.unacknowledged - len(self.waiting)

    def refill(self, session: Session) -> None:
        """Lease what there is room for, when nothing waits any more."""
        room = self.room
        if self.waiting or not self.perhaps_more or room <= 0:
            return
        # Cleared before looking: a wake-up that comes meanwhile must not be lost.
        self.perhaps_more = False
        taken = take(session, self.queue_id, room, self.no_ack)
        self.waiting.extend(taken)
        if len(taken) == room:
            self.perhaps_more = True


@dataclass(frozen=True)
class Held:
    """An unacknowledged delivery."""

    message_id: int
    queue_id: int
    consumer: Consumer | None
