"""Exchanges, queues and bindings of the embedded bus: declared as in AMQP, compared as in AMQP."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from amqp.exceptions import NotFound, PreconditionFailed, ResourceLocked
from amqp.protocol import queue_declare_ok_t

from kernel.bus import statements
from kernel.bus.session import Session

KNOWN_ARGUMENTS = frozenset(
    {"x-queue-type", "x-delivery-limit", "x-max-priority", "x-expires", "x-message-ttl", "x-max-length"}
)
"""Queue arguments this bus keeps to. Every queue here is durable, honours priority and has no delivery limit."""


@dataclass(frozen=True)
class QueueDeclaration:
    """What a queue was declared with; declaring it again must say the same."""

    durable: bool
    exclusive: bool
    auto_delete: bool
    arguments: Mapping[str, Any]

    def __post_init__(self) -> None:
        unknown = self.arguments.keys() - KNOWN_ARGUMENTS
        if unknown:
            raise PreconditionFailed(f"the PostgreSQL bus does not know the queue arguments {sorted(unknown)}")
        if self.arguments.get("x-delivery-limit", -1) != -1:
            raise PreconditionFailed("the PostgreSQL bus drops no message; x-delivery-limit must be -1")
        if self.arguments.get("x-max-length", 0) != 0:
            raise PreconditionFailed("of x-max-length the PostgreSQL bus knows 0 only: accept and forget")

    def canonical(self) -> str:
        return json.dumps([self.durable, self.exclusive, self.auto_delete, dict(self.arguments)], sort_keys=True)


def pattern_of(exchange_type: str, routing_key: str) -> str | None:
    """The regular expression over `.word.word` that a binding matches by; None where equality says all.

    In a topic binding `*` stands for one word and `#` for any number of them.
    """
    if exchange_type == "fanout":
        return ""
    if exchange_type == "direct" or not re.search(r"(^|\.)[*#](\.|$)", routing_key):
        return None
    words = {"*": r"\.[^.]*", "#": r"(\.[^.]*)*"}
    return "^" + "".join(words.get(word, r"\." + re.escape(word)) for word in routing_key.split(".")) + "$"


def declare_exchange(session: Session, name: str, exchange_type: str, durable: bool, auto_delete: bool) -> None:
    """Make an exchange. Raises `PreconditionFailed` when it is there and different."""
    session.run(statements.DECLARE_EXCHANGE, (name, exchange_type, durable, auto_delete))
    found = find_exchange(session, name)
    if found != (exchange_type, durable, auto_delete):
        raise PreconditionFailed(f"exchange '{name}' is there with type, durable, auto_delete {found}")


def find_exchange(session: Session, name: str) -> tuple[str, bool, bool]:
    """Type, durable and auto_delete. Raises `NotFound`."""
    rows = session.rows(statements.FIND_EXCHANGE, (name,))
    if not rows:
        raise NotFound(f"no exchange '{name}'")
    return rows[0][0], rows[0][1], rows[0][2]


def declare_queue(session: Session, name: str, declaration: QueueDeclaration) -> queue_declare_ok_t:
    """Make a queue, or find it equal. Raises `PreconditionFailed` when it is there and different."""
    name = name or f"amq.gen-{uuid4()}"
    arguments = declaration.arguments
    owner = session.number if declaration.exclusive else None
    rows = session.rows(
        statements.DECLARE_QUEUE,
        {
            "name": name,
            "declaration": declaration.canonical(),
            "auto_delete": declaration.auto_delete,
            "owner": owner,
            "expires_ms": arguments.get("x-expires"),
            "message_ttl_ms": arguments.get("x-message-ttl"),
            "stores": arguments.get("x-max-length") != 0,
        },
    )
    queue_id, declared, found_owner = rows[0]
    if found_owner is not None and found_owner != owner:
        raise ResourceLocked(f"queue '{name}' belongs to another connection")
    if declared != declaration.canonical():
        raise PreconditionFailed(
            f"queue '{name}' is there, declared with [durable, exclusive, auto_delete, arguments] {declared}"
        )
    return _declared(session, name, queue_id)


def find_queue(session: Session, name: str) -> int:
    """The queue's id. Raises `NotFound`."""
    rows = session.rows(statements.FIND_QUEUE, (name,))
    if not rows:
        raise NotFound(f"no queue '{name}'")
    return int(rows[0][0])


def inspect_queue(session: Session, name: str) -> queue_declare_ok_t:
    """Messages ready and consumers of a queue (a passive declare). Raises `NotFound`."""
    return _declared(session, name, find_queue(session, name))


def _declared(session: Session, name: str, queue_id: int) -> queue_declare_ok_t:
    ready, consumers = session.rows(statements.QUEUE_SIZE, {"queue": queue_id})[0]
    return queue_declare_ok_t(name, ready, consumers)


def delete_queue(session: Session, name: str, if_unused: bool, if_empty: bool) -> int:
    """Remove a queue with its messages; answers how many were ready. A queue that is not there is no error."""
    try:
        found = inspect_queue(session, name)
    except NotFound:
        return 0
    if (if_unused and found.consumer_count) or (if_empty and found.message_count):
        raise PreconditionFailed(f"queue '{name}' is in use or not empty")
    session.run(statements.DELETE_QUEUES, ([find_queue(session, name)],))
    return int(found.message_count)


def bind(session: Session, queue: str, exchange: str, routing_key: str) -> None:
    """Let a queue have what is published to `exchange` under `routing_key`. Raises `NotFound`."""
    exchange_type, _, _ = find_exchange(session, exchange)
    pattern = pattern_of(exchange_type, routing_key)
    session.run(statements.BIND, (exchange, routing_key, find_queue(session, queue), pattern))


def unbind(session: Session, queue: str, exchange: str, routing_key: str) -> None:
    """Take a binding away; one that is not there is no error. Raises `NotFound` for the queue."""
    session.run(statements.UNBIND, (exchange, routing_key, find_queue(session, queue)))
