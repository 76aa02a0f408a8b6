"""A small peer that speaks as much of clamd's protocol as scanning a stream needs."""

from __future__ import annotations

import struct
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread
from typing import Self

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class _Session(StreamRequestHandler):
    def handle(self) -> None:
        if self.rfile.readline() != b"nINSTREAM\n":
            self.wfile.write(b"UNKNOWN COMMAND\n")
            return
        data = b""
        while length := struct.unpack("!L", self.rfile.read(4))[0]:
            data += self.rfile.read(length)
        self.wfile.write(b"stream: Eicar-Test-Signature FOUND\n" if EICAR in data else b"stream: OK\n")


class _Server(ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


class ScannerPeer:
    """Listens while the context lasts."""

    def __enter__(self) -> Self:
        self._server = _Server(("127.0.0.1", 0), _Session)
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def address(self) -> str:
        return f"tcp://127.0.0.1:{self._server.server_address[1]}"
