"""A link to PostgreSQL that loses answers: the statement takes effect, what the server says of it never comes."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import Self
from urllib.parse import urlsplit, urlunsplit

COMMIT = b"COMMIT\x00"
"""The end of a transaction as the driver sends it, a simple query."""


class LossyLink:
    """Forwards from a port of its own to the server of a database address.

    `lose_answers` makes it lose the answer to the next COMMIT: cut, or held for ever (`hold`), after the server has
    answered. `after` are words that must have gone over the same connection before, where many commit.
    """

    def __init__(self, url: str) -> None:
        self._target = urlsplit(url)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._sockets: list[socket.socket] = []
        self._losing, self._hold, self._after = False, False, b""
        self.lost = threading.Event()
        """An answer was lost: what it answered has taken effect."""
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for one in self._sockets:
            _end(one)

    @property
    def url(self) -> str:
        """The database's address over this link."""
        credentials = self._target.netloc.rpartition("@")[0]
        port = self._listener.getsockname()[1]
        return urlunsplit(self._target._replace(netloc=f"{credentials}@127.0.0.1:{port}"))

    def lose_answers(self, *, after: bytes = b"", hold: bool = False) -> None:
        self.lost.clear()
        self._losing, self._hold, self._after = True, hold, after

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection((self._target.hostname or "", self._target.port or 0))
            except OSError:
                client.close()
                continue
            self._sockets += [client, server]
            losing = threading.Event()
            threading.Thread(target=self._to_server, args=(client, server, losing), daemon=True).start()
            threading.Thread(target=self._to_client, args=(server, client, losing), daemon=True).start()

    def _to_server(self, client: socket.socket, server: socket.socket, losing: threading.Event) -> None:
        ready = False
        with suppress(OSError):
            while data := client.recv(65536):
                ready = ready or self._after in data
                if self._losing and ready and COMMIT in data:
                    self._losing = False
                    losing.set()
                server.sendall(data)
        _end(server)

    def _to_client(self, server: socket.socket, client: socket.socket, losing: threading.Event) -> None:
        with suppress(OSError):
            while data := server.recv(65536):
                if losing.is_set():
                    self.lost.set()
                    if self._hold:
                        threading.Event().wait()
                    _end(server)
                    break
                client.sendall(data)
        _end(client)


def _end(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
