"""Where calls and replies go: nameko's exchange and queue names, so that its tools can be used on a running system.

A caller's login stands in the names of its reply queues, so that the broker can hold each login to its own.
"""

from __future__ import annotations

from typing import Any

from kombu.entity import Exchange, Queue

from kernel.bus.topology import CALLS_EXCHANGE, queue_arguments

EXCHANGE: Any = Exchange(  # type: ignore[no-untyped-call]  # untyped
    CALLS_EXCHANGE, type="topic", durable=True, no_declare=True
)
"""Made with the topology; a service's login may not."""
REPLY_QUEUE_MILLISECONDS = 300_000


def request_queue_name(service: str) -> str:
    return f"rpc-{service}"


def request_queue(service: str, connection: Any) -> Any:
    """The queue of a service's calls, as the broker behind this open connection wants it declared."""
    return Queue(  # type: ignore[no-untyped-call]
        request_queue_name(service),
        exchange=EXCHANGE,
        routing_key=f"{service}.*",
        durable=True,
        queue_arguments=queue_arguments(connection),
    )


def reply_queue_prefix(login: str) -> str:
    """How the names of all reply queues of a login begin."""
    return f"rpc.reply-{login}-"


def reply_address_prefix(login: str) -> str:
    """How the addresses (routing keys) of all replies to a login begin."""
    return f"reply.{login}."


def reply_queue(login: str, name: str) -> Any:
    """The queue of one caller's replies; gone with its connection. Its `routing_key` is the address for replies."""
    arguments: dict[str, Any] = {"x-expires": REPLY_QUEUE_MILLISECONDS}
    return Queue(  # type: ignore[no-untyped-call]
        f"{reply_queue_prefix(login)}{name}",
        exchange=EXCHANGE,
        routing_key=f"{reply_address_prefix(login)}{name}",
        exclusive=True,
        durable=False,
        auto_delete=True,
        queue_arguments=arguments,
    )
