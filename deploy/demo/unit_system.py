"""A unit's own system, as far as the demo needs one: takes news on loopback, hesitates or refuses by the path."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from deploy.demo.month import Agenda
from deploy.demo.people import People

HOSTS = "CHENGBAO_WEBHOOK_HOSTS"
LOOPBACK = "127.0.0.1"
TOLD = timedelta(hours=80)
"""So long before the demo stops it is told: after 72 hours the one that always refuses is given up."""
TAKES, HESITATES, REFUSES = "/takes", "/hesitates", "/refuses"
"""Answers 204; 503 the first time and then 204; 503 always."""


class UnitSystem:
    """Listens while the demo runs; nothing outside this machine reaches it. Raises `OSError` when the port is taken."""

    def __init__(self, port: int) -> None:
        self._server = ThreadingHTTPServer((LOOPBACK, port), _handler(set()))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def settings(self) -> dict[str, str]:
        """What the city must permit to be able to call it."""
        return {HOSTS: f"http://{LOOPBACK}:{self._server.server_address[1]},{LOOPBACK}/32"}

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _handler(seen: set[str]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            """Without a body in the answer: only its status counts."""
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            known = self.headers.get("webhook-id", "") in seen
            seen.add(self.headers.get("webhook-id", ""))
            taken = self.path == TAKES or (self.path == HESITATES and known)
            self.send_response(204 if taken else 503)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            """Silent: the launcher speaks to whoever looks around."""

    return Handler


def plan_webhooks(people: People, agenda: Agenda, hosts: str) -> None:
    """A unit has its system told: one delivery arrives, one at the second try, one is given up."""
    origin = hosts.partition(",")[0]

    def register(_at: datetime) -> None:
        client = people.client("hexi")
        for path in (TAKES, HESITATES, REFUSES):
            made = client.post("/v1/webhooks", {"url": f"{origin}{path}", "events": ["instruction.given"]})
            client.post(f"/v1/webhooks/{made['webhook']['webhook_id']}/test")

    agenda.plan(agenda.end - TOLD, register)
