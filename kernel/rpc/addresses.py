"""Where calls and replies go: nameko's own names, so that its tools can be used on a running system."""

from __future__ import annotations

from typing import Any

from kombu.entity import Exchange, Queue

from kernel.bus.topology import queue_arguments

EXCHANGE: Any = Exchange("nameko-rpc", type="topic", durable=True)  # type: ignore[no-untyped-call]  # untyped
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


def reply_queue(name: str) -> Any:
    """The queue of one caller's replies; gone with its connection."""
    arguments: dict[str, Any] = {"x-expires": REPLY_QUEUE_MILLISECONDS}
    return Queue(  # type: ignore[no-untyped-call]
        f"rpc.reply-{name}",
        exchange=EXCHANGE,
        routing_key=name,
        exclusive=True,
        durable=False,
        auto_delete=True,
        queue_arguments=arguments,
    )
