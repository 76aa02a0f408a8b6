"""The outbox table: events written in the transaction of the state they tell of; the relay is the only reader."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Column, DateTime, Index, MetaData, Table, Text, Uuid, func, text
from sqlalchemy.dialects.postgresql import JSONB

kernel_metadata = MetaData()
"""Tables every service has: outbox, inbox, held events, commands, deadlines, evidence."""

outbox = Table(
    "outbox",
    kernel_metadata,
    Column("id", Uuid, primary_key=True),
    Column("type", Text, nullable=False),
    Column("envelope", JSONB, nullable=False),
    Column("written_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    Column("sent", Boolean, nullable=False, server_default=text("false")),
    Index("outbox_unsent", "id", postgresql_where=text("NOT sent")),
)


@dataclass(frozen=True)
class OutboxRow:
    """One event waiting to be published."""

    id: UUID
    type: str
    envelope: dict[str, Any]

    def values(self) -> dict[str, Any]:
        return {"id": self.id, "type": self.type, "envelope": self.envelope}

    def envelope_text(self) -> str:
        """The envelope as JSON, for a statement written as SQL."""
        return json.dumps(self.envelope, ensure_ascii=False)
