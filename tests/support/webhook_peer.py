"""A real HTTP peer on loopback that keeps what it is sent and answers as its path says."""

from __future__ import annotations

import ssl
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Received:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Peer:
    """/ok 204, /hints 204 after an early hint, /busy 503, /elsewhere redirects to /ok, /closes hangs up, /noise answers
    no HTTP, /waits until released, /drips sends its status line byte by byte until released."""

    tls: ssl.SSLContext | None = None
    received: list[Received] = field(default_factory=list)
    release: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        peer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                peer.received.append(Received(self.path, dict(self.headers.items()), body))
                peer._answer(self)

            def log_message(self, *arguments: Any) -> None:
                """Silent."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        if self.tls:
            self._server.socket = self.tls.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def close(self) -> None:
        self.release.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        handler.close_connection = True
        if handler.path == "/noise":
            handler.wfile.write(b"SSH-2.0-OpenSSH\r\n")
        elif handler.path == "/waits":
            self.release.wait(10)
        elif handler.path == "/drips":
            self._drip(handler)
        elif handler.path == "/hints":
            handler.wfile.write(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n")
        elif handler.path != "/closes":
            status = {"/ok": 204, "/busy": 503, "/elsewhere": 307}[handler.path]
            handler.send_response(status)
            if status == 307:
                handler.send_header("Location", self.url("/ok"))
            handler.end_headers()

    def _drip(self, handler: BaseHTTPRequestHandler) -> None:
        try:
            while not self.release.wait(0.05):
                handler.wfile.write(b"H")
        except OSError:
            return
