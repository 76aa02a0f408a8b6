"""Where an event comes from: who acted originally is signed, and its source is a service that may publish its type.

The broker's logins say the same of the last hop; this holds even when one of them is in wrong hands (access.md 6).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from kernel.envelope import Envelope
from kernel.errors import BadMessage
from kernel.principal import Keyring, Principal, UntrustedPrincipal

REMEMBERED_TOKENS = 4096
"""Checked tokens kept, of some 400 bytes each: the events of one act and one second share theirs."""
SOURCE = "/chengbao/"

Publishes = Mapping[str, Sequence[Any]]
"""Event models by the service that publishes them: `contracts.topology.PUBLISHES`."""


class Provenance:
    """Checks events of one consumer. Without `publishes` any source may publish any type (tests without topology)."""

    def __init__(self, keyring: Keyring, publishes: Publishes | None = None) -> None:
        self._publishers = publishes and {
            (service, model.TYPE) for service, models in publishes.items() for model in models
        }
        self._principal = lru_cache(REMEMBERED_TOKENS)(lambda token: keyring.verify(token, None))

    def check(self, envelope: Envelope) -> None:
        """Raise `BadMessage` unless the event's source may publish it and its principal is signed by a known key.

        A principal of the gateway's key, a person's above all, may stand in any service's events; that of a service
        only in its own.
        """
        service = envelope.source.removeprefix(SOURCE)
        if self._publishers is not None and (service, envelope.type) not in self._publishers:
            raise BadMessage(f"source {envelope.source[:200]!r} does not publish {envelope.type}")
        try:
            principal: Principal = self._principal(envelope.principal)
        except UntrustedPrincipal as error:
            raise BadMessage(f"its principal cannot be trusted: {error}") from error
        if principal.id.startswith("system:") and principal.id not in {"system:gateway", f"system:{service}"}:
            raise BadMessage(f"{principal.id} may not speak in an event of {envelope.source[:200]!r}")
