"""One POST to one address, over a socket of our own: a general HTTP client resolves the name again, follows what it is
told, and has no limit for the whole of a call."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic

from gateway.webhooks.targets import Target

CALL_S = 10.0
"""The whole call, from connecting to the status line."""
MOST_BYTES = 16_384
STATUS = re.compile(rb"HTTP/1\.[01] ([1-5][0-9]{2})[ \r\n]")


@dataclass(frozen=True)
class Answer:
    """What the peer said: its status, or why there is none. A redirect is an answer like any other."""

    status: int | None
    error: str | None

    @property
    def taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def post(target: Target, address: str, headers: Mapping[str, str], body: bytes, seconds: float = CALL_S) -> Answer:
    """Never raises for anything the peer or the network does."""
    ends = monotonic() + seconds
    try:
        with _connected(target, address, seconds) as connection:
            connection.sendall(_request(target, headers, body))
            return _read_status(connection, ends)
    except TimeoutError:
        return Answer(None, f"{seconds:.0f} 秒内没有应答 no answer in {seconds:.0f} s")
    except ssl.SSLError as error:
        return Answer(None, f"TLS 失败 TLS failed: {error.reason or type(error).__name__}")
    except OSError as error:
        return Answer(None, f"连接失败 connection failed: {type(error).__name__}")


def _connected(target: Target, address: str, seconds: float) -> socket.socket:
    connection = socket.create_connection((address, target.port), timeout=seconds)
    if target.scheme == "http":
        return connection
    try:
        return ssl.create_default_context().wrap_socket(connection, server_hostname=target.host)
    except BaseException:
        connection.close()
        raise


def _request(target: Target, headers: Mapping[str, str], body: bytes) -> bytes:
    lines = [
        f"POST {target.path} HTTP/1.1", f"Host: {target.authority}", "Connection: close",
        "Content-Type: application/json", "User-Agent: chengbao-webhooks/1", f"Content-Length: {len(body)}",
        *(f"{name}: {value}" for name, value in headers.items()), "", "",
    ]
    return "\r\n".join(lines).encode("ascii") + body


def _read_status(connection: socket.socket, ends: float) -> Answer:
    received = b""
    while b"\n" not in received and len(received) < MOST_BYTES:
        left = ends - monotonic()
        if left <= 0:
            raise TimeoutError
        connection.settimeout(left)
        part = connection.recv(4096)
        if not part:
            return Answer(None, "连接被对方关闭 the peer closed the connection")
        received += part
    found = STATUS.match(received)
    if found is None:
        return Answer(None, "应答不是 HTTP the answer is not HTTP")
    status = int(found[1])
    return Answer(status, None if 200 <= status < 300 else f"应答 answered {status}")
