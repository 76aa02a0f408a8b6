"""A real nameko container under eventlet: `python -m tests.integration.bus.echo_service URL`; says when ready."""

from __future__ import annotations

from kernel.green import patch

patch()

import signal  # noqa: E402
import sys  # noqa: E402
from typing import Any  # noqa: E402

import eventlet  # noqa: E402
from nameko.containers import ServiceContainer  # noqa: E402
from nameko.rpc import RpcProxy, rpc  # noqa: E402

import kernel.bus  # noqa: E402, F401  # makes pgbus:// known to kombu


class EchoService:
    """Answers; asks itself over the bus; takes its time."""

    name = "echo"
    echo_rpc = RpcProxy("echo")

    @rpc
    def echo(self, value: Any) -> Any:
        return value

    @rpc
    def relay(self, value: Any) -> Any:
        return self.echo_rpc.echo(value)

    @rpc
    def nap(self, seconds: float) -> float:
        eventlet.sleep(seconds)
        return seconds


def serve(url: str) -> None:
    container = ServiceContainer(EchoService, {"AMQP_URI": url, "HEARTBEAT": 10})
    signal.signal(signal.SIGTERM, lambda *_: eventlet.spawn_n(container.stop))
    container.start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    container.wait()


if __name__ == "__main__":
    serve(sys.argv[1])
