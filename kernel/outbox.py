"""The outbox table: events written in the transaction of the state they tell of; the relay is the only reader."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import Boolean, Column, DateTime, Index, MetaData, Table, Text, Uuid, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

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

_AT_ONCE = 500
"""Events a statement writes, so that no parameter grows without bound."""
_WRITE = (
    "INSERT INTO outbox (id, type, envelope) SELECT (event->>'id')::uuid, event->>'type', event"
    " FROM jsonb_array_elements(%s::jsonb) AS event"
)


@dataclass(frozen=True)
class OutboxRow:
    """One event waiting to be published."""

    id: UUID
    type: str
    envelope: dict[str, Any]

    def envelope_text(self) -> str:
        """The envelope as JSON, for a statement written as SQL."""
        return json.dumps(self.envelope, ensure_ascii=False)


def write(session: Session, rows: Sequence[OutboxRow]) -> None:
    """Write the events in this transaction: hundreds in one statement, the envelope tells id and type."""
    for first in range(0, len(rows), _AT_ONCE):
        envelopes = [row.envelope for row in rows[first : first + _AT_ONCE]]
        session.connection().exec_driver_sql(_WRITE, (to_json(envelopes, inf_nan_mode="constants").decode(),))
