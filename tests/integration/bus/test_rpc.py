"""nameko's own RPC on both buses: a container under eventlet, callers with threads."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from typing import Self

import pytest
from nameko.exceptions import RpcTimeout, UnknownService
from nameko.standalone.rpc import ClusterRpcProxy

import kernel.bus  # noqa: F401  # makes pgbus:// known to kombu
from deploy.processes import stop


class Echo:
    """The service as a process of its own."""

    def __init__(self, url: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.integration.bus.echo_service", url], stdout=subprocess.PIPE
        )

    def __enter__(self) -> Self:
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == b"ready\n"
        return self

    def __exit__(self, *_: object) -> None:
        stop(self.process, patience=5)
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture(scope="module")
def echo_url(bus_url: str) -> Iterator[str]:
    """The address of a bus on which the service runs; one process serves all tests that do not end it."""
    with Echo(bus_url):
        yield bus_url


def call(url: str, method: str, value: object, timeout: float = 8) -> object:
    with ClusterRpcProxy({"AMQP_URI": url}, timeout=timeout) as rpc:
        return getattr(rpc.echo, method)(value)


def test_a_call_is_answered_also_from_service_to_service(echo_url: str) -> None:
    assert call(echo_url, "echo", {"标题": "防汛"}) == {"标题": "防汛"}
    assert call(echo_url, "relay", [1, 2]) == [1, 2]


def test_calls_of_many_threads_run_beside_each_other(echo_url: str) -> None:
    began = monotonic()
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: call(echo_url, "nap", 1.0), range(8)))
    assert answers == [1.0] * 8
    # One after the other would take eight seconds: waiting for the bus blocks no greenlet.
    assert monotonic() - began < 7


def test_an_unknown_service_is_told_at_once(echo_url: str) -> None:
    with ClusterRpcProxy({"AMQP_URI": echo_url}, timeout=5) as rpc, pytest.raises(UnknownService):
        rpc.nobody.echo(1)


def test_a_service_stops_orderly(broker_url: str) -> None:
    with Echo(broker_url) as echo:
        call(broker_url, "echo", 1)
        echo.process.send_signal(signal.SIGTERM)
        assert echo.process.wait(5) == 0


def test_F10_a_call_that_timed_out_is_answered_by_the_next_process(broker_url: str) -> None:
    with Echo(broker_url) as echo:
        call(broker_url, "echo", 1)
        echo.process.kill()
        echo.process.wait()
    with ClusterRpcProxy({"AMQP_URI": broker_url}, timeout=15) as rpc:
        pending = rpc.echo.echo.call_async("still there")
        with Echo(broker_url):
            assert pending.result() == "still there"


def test_a_caller_gives_up_after_its_timeout(echo_url: str) -> None:
    with pytest.raises(RpcTimeout):
        call(echo_url, "nap", 2, timeout=0.5)
