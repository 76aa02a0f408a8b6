"""A load of HTTP requests that costs little itself: plain sockets, each sending its next request on an answer."""

from __future__ import annotations

import json
import selectors
import socket
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

END = b"\r\n\r\n"
READ_BYTES = 65_536
PATIENCE_SECONDS = 30.0


class NoAnswer(Exception):
    """The server closed a connection, or was silent for `PATIENCE_SECONDS`."""


@dataclass(frozen=True)
class Answer:
    status: int
    head: str
    body: bytes

    def header(self, name: str) -> str:
        """A header's value; empty when it is not there."""
        for line in self.head.split("\r\n")[1:]:
            key, _, value = line.partition(":")
            if key.lower() == name:
                return value.strip()
        return ""


def post_all(
    port: int, connections: int, requests: Iterable[tuple[Mapping[str, str], Any]], path: str = "/v1/reports"
) -> tuple[float, list[Answer]]:
    """Post all, headers and JSON body each, over so many connections; seconds from the first to the last answer.

    Raises `NoAnswer`.
    """
    waiting = iter([request_bytes(path, headers, body) for headers, body in requests])
    got: list[Answer] = []
    with selectors.DefaultSelector() as selector, ExitStack() as open_lines:
        lines = [Line(port) for _ in range(connections)]
        for line in lines:
            open_lines.callback(line.socket.close)
            selector.register(line.socket, selectors.EVENT_READ, line)
        began = time.perf_counter()
        busy = sum(line.send_next(waiting) for line in lines)
        while busy:
            ready = selector.select(PATIENCE_SECONDS)
            if not ready:
                raise NoAnswer(f"no answer for {PATIENCE_SECONDS:.0f} s")
            for key, _ in ready:
                answer = key.data.read()
                if answer is not None:
                    got.append(answer)
                    busy -= not key.data.send_next(waiting)
        seconds = time.perf_counter() - began
    return seconds, got


def request_bytes(path: str, headers: Mapping[str, str], body: Any) -> bytes:
    """One request as it goes over the wire."""
    content = json.dumps(body, ensure_ascii=False).encode()
    fields = {"Host": "127.0.0.1", "Content-Type": "application/json", "Content-Length": str(len(content)), **headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"POST {path} HTTP/1.1\r\n{head}\r\n".encode() + content


class Line:
    """One connection, kept open, with one request under way at the most."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._received = b""

    def send_next(self, waiting: Iterator[bytes]) -> bool:
        """Send the next request; False when there is none left."""
        request = next(waiting, None)
        if request is not None:
            self.socket.sendall(request)
        return request is not None

    def read(self) -> Answer | None:
        """The answer, once all of it is here. Raises `NoAnswer`."""
        piece = self.socket.recv(READ_BYTES)
        if not piece:
            raise NoAnswer("the server closed a connection")
        self._received += piece
        head, end, body = self._received.partition(END)
        if not end:
            return None
        answer = Answer(int(head.split(b" ", 2)[1]), head.decode(), body)
        if len(body) < int(answer.header("content-length")):
            return None
        self._received = b""
        return answer
