"""The load of row accept: every request is sent once and every answer read whole, however it arrives."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator

import pytest

from benchmarks.load import END, NoAnswer, post_all


class Echo:
    """Answers each request with its own body, byte for byte as slowly as TCP may; or closes at once."""

    def __init__(self, closing: bool = False) -> None:
        self.closing = closing
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                line, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(line,), daemon=True).start()

    def _serve(self, line: socket.socket) -> None:
        with line, line.makefile("rb") as reader:
            while (first := reader.readline()) and not self.closing:
                headers = dict(iter(lambda: tuple(reader.readline().decode().strip().partition(": ")[::2]), ("", "")))
                body = reader.read(int(headers["Content-Length"]))
                assert first.startswith(b"POST /v1/reports ")
                answer = f"HTTP/1.1 202 ACCEPTED\r\nContent-Length: {len(body)}\r\nX-Key: {headers['Key']}".encode()
                for piece in (answer, END, body[:1], body[1:]):
                    line.sendall(piece)

    def close(self) -> None:
        self.listener.close()


@pytest.fixture
def echo() -> Iterator[Echo]:
    server = Echo()
    yield server
    server.close()


def test_every_request_is_answered_once(echo: Echo) -> None:
    _, got = post_all(echo.port, 4, [({"Key": str(number)}, {"名": number}) for number in range(50)])

    assert sorted(json.loads(answer.body)["名"] for answer in got) == list(range(50))
    assert {(answer.status, answer.header("x-key")) for answer in got} == {(202, str(number)) for number in range(50)}


def test_a_closed_connection_is_not_taken_for_an_answer() -> None:
    server = Echo(closing=True)

    with pytest.raises(NoAnswer):
        post_all(server.port, 1, [({"Key": "1"}, {})])

    server.close()
