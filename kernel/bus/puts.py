"""Putting messages on the embedded bus: one statement for any number of them, then a wake-up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kombu.utils.json import dumps

from kernel.bus import statements
from kernel.bus.session import Session

TRANSIENT = 1
LEAST_PRIORITY, MOST_PRIORITY = 0, 255


@dataclass(frozen=True)
class Outgoing:
    """A message ready to be stored."""

    body: bytes
    properties: str
    """AMQP's message properties as JSON, headers under `application_headers`."""
    priority: int
    lifetime_ms: int | None
    persistent: bool = True
    """False for delivery mode 1: for what is asked again when lost, such as a reply; it may not survive a crash."""

    @classmethod
    def prepare(
        cls,
        body: Any,
        priority: int | None,
        content_type: str | None,
        content_encoding: str | None,
        headers: dict[str, Any] | None,
        properties: dict[str, Any] | None,
    ) -> Outgoing:
        """Gather what kombu's producer gives."""
        known = dict(properties or {})
        known["content_type"] = content_type
        known["content_encoding"] = content_encoding
        known["priority"] = priority
        known["application_headers"] = headers or {}
        expiration = known.get("expiration")
        return cls(
            body.encode() if isinstance(body, str) else bytes(body),
            str(dumps({name: value for name, value in known.items() if value is not None})),  # type: ignore[no-untyped-call]
            min(max(priority or 0, LEAST_PRIORITY), MOST_PRIORITY),
            int(expiration) if expiration is not None else None,
            known.get("delivery_mode") != TRANSIENT,
        )


def put(session: Session, exchange: str, messages: Sequence[tuple[str, Outgoing]]) -> dict[str, list[int]]:
    """Store messages, given with their routing keys, in every queue bound for them; all or none.

    Answers for each routing key the queues it led to; one that led nowhere is absent. When this returns they are on
    disk, unless all of them are transient. Raises amqp's `ConnectionError`; then it is unknown whether they are stored.
    """
    statement = statements.PUT_THROUGH_EXCHANGE if exchange else statements.PUT_INTO_QUEUE
    rows = session.rows(
        statement,
        {
            "exchange": exchange,
            "flush": None if any(message.persistent for _, message in messages) else "off",
            "routing_keys": [routing_key for routing_key, _ in messages],
            "priorities": [message.priority for _, message in messages],
            "lifetimes": [message.lifetime_ms for _, message in messages],
            "properties": [message.properties for _, message in messages],
            "bodies": [message.body for _, message in messages],
        },
    )
    routes: dict[str, list[int]] = {}
    for routing_key, queue_id in rows:
        routes.setdefault(routing_key, []).append(queue_id)
    if rows:
        session.rows(statements.WAKE, (sorted({queue_id for _, queue_id in rows}),))
    return routes
