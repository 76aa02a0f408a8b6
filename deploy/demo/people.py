"""How the demo's people reach their city: API clients of the units, and persons who sign in for one piece of work."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from clients.client import Client
from deploy.city import City
from deploy.seeding import SeedingFailed, Seeds

SETTLE_SECONDS = 60.0
POLL_SECONDS = 0.05


class DemoFailed(SeedingFailed):
    """The demo city could not be filled; the message says which step did not come to its end."""


@dataclass
class People:
    """Everybody of the demo city. `close` ends the units' connections."""

    city: City
    seeds: Seeds
    _clients: dict[str, Client] = field(default_factory=dict)

    def client(self, code: str) -> Client:
        """The API client of the unit with this code."""
        if code not in self._clients:
            self._clients[code] = Client(self.city.base_url, self.seeds.client_tokens[code])
        return self._clients[code]

    @contextmanager
    def person(self, login: str) -> Iterator[Client]:
        """A person signed in; a session does not outlive a push of the clock, so everybody signs in anew."""
        with Client(self.city.base_url) as client:
            client.sign_in(login, self.seeds.password(login))
            yield client

    def close(self) -> None:
        for client in self._clients.values():
            client.close()

    def wait(self, condition: Callable[[], Any], what: str) -> None:
        """Wait until the bus has carried something. Raises `DemoFailed`."""
        deadline = time.monotonic() + SETTLE_SECONDS
        while not condition():
            if time.monotonic() > deadline:
                raise DemoFailed(f"waited {SETTLE_SECONDS:.0f} s for {what}; see the logs under {self.city.root}/log")
            time.sleep(POLL_SECONDS)
