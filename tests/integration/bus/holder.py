"""A process that takes messages and never acknowledges them: `python -m tests.integration.bus.holder URL QUEUE COUNT`.

It prints one line once it holds them, and then keeps waiting until it is killed.
"""

from __future__ import annotations

import sys

from tests.integration.bus.client import Client


def hold(url: str, queue: str, count: int) -> None:
    with Client(url) as client:
        client.consume(queue, prefetch=count)
        client.collect(count)
        sys.stdout.write(f"holding {len(client.messages)}\n")
        sys.stdout.flush()
        while True:
            client.drain(1)


if __name__ == "__main__":
    hold(sys.argv[1], sys.argv[2], int(sys.argv[3]))
