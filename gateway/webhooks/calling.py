"""One POST to one address by httpcore: the connection goes where was looked at, and the whole call has one limit.

A client above it resolves the name again and limits each step, not the whole, so that a peer that sends a byte now and
then is listened to for ever.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any

import httpcore

from gateway.webhooks.targets import Target

CALL_S = 10.0
"""The whole call, from connecting to the head of the answer."""


@dataclass(frozen=True)
class Answer:
    """What the peer said: its status, or why there is none. A redirect is an answer like any other."""

    status: int | None
    error: str | None

    @property
    def taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def post(target: Target, address: str, headers: Mapping[str, str], body: bytes, seconds: float = CALL_S) -> Answer:
    """Never raises for anything the peer or the network does; no body of an answer is read."""
    network = _Pinned(address, monotonic() + seconds)
    sent = {
        "Host": target.authority, "Connection": "close", "Content-Type": "application/json",
        "User-Agent": "chengbao-webhooks/1", "Content-Length": str(len(body)), **headers,
    }  # fmt: skip
    url = f"{target.scheme}://{target.authority}{target.path}"
    try:
        with (
            httpcore.ConnectionPool(ssl.create_default_context(), network_backend=network) as pool,
            pool.stream("POST", url, headers=list(sent.items()), content=body) as answer,
        ):
            return _said(answer.status)
    except httpcore.TimeoutException:
        return Answer(None, f"{seconds:.0f} 秒内没有应答 no answer in {seconds:.0f} s")
    except httpcore.ProtocolError as error:
        return Answer(None, f"应答不是 HTTP 或连接被关闭 the answer is not HTTP, or the peer closed: {error}")
    except httpcore.NetworkError as error:
        return Answer(None, f"连接失败 connection failed: {error}")


def _said(status: int) -> Answer:
    return Answer(status, None if 200 <= status < 300 else f"应答 answered {status}")


class _Pinned(httpcore.NetworkBackend):
    """Connects to the address that was looked at, whatever the name says by now, until the call's time is over."""

    def __init__(self, address: str, ends: float) -> None:
        self._address, self._ends = address, ends
        self._network = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        left = _left(self._ends)
        stream = self._network.connect_tcp(self._address, port, left, local_address, socket_options)
        return _Limited(stream, self._ends)


class _Limited(httpcore.NetworkStream):
    """A stream whose every step has what is left of the call's time."""

    def __init__(self, stream: httpcore.NetworkStream, ends: float) -> None:
        self._stream, self._ends = stream, ends

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._ends))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._ends))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Limited(self._stream.start_tls(ssl_context, server_hostname, _left(self._ends)), self._ends)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(ends: float) -> float:
    left = ends - monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout
    return left
