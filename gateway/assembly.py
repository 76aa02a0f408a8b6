"""What a gateway process is made of, put together once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeVar, cast
from uuid import UUID

from flask import current_app
from pydantic import BaseModel

from gateway.attachments.scanning import Scanner
from gateway.attachments.storage import Storage
from gateway.receipts.durability import Durability
from kernel.audit.evidence import Evidence
from kernel.clock import Clock
from kernel.database import Database
from kernel.principal import Keyring
from kernel.settings import Settings

Reply = TypeVar("Reply", bound=BaseModel)
EXTENSION = "chengbao"


class Calls(Protocol):
    """How the gateway asks a service; `kernel.rpc`'s Caller in production."""

    def call(
        self,
        service: str,
        method: str,
        request: BaseModel,
        *,
        token: str,
        command_id: UUID | None,
        correlation_id: UUID,
        timeout: float | None = None,
        reply: type[Reply],
    ) -> Reply: ...


@dataclass
class Gateway:
    """The parts every request may use."""

    settings: Settings
    clock: Clock
    keyring: Keyring
    database: Database
    evidence: Evidence
    calls: Calls
    durability: Durability
    storage: Storage
    scanner: Scanner
    key_id: str
    """Names the key that signs receipts; published at /v1/keys."""


def gateway() -> Gateway:
    """The gateway of the running application."""
    return cast(Gateway, current_app.extensions[EXTENSION])
