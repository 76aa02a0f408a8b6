"""The outbox table: events written in the transaction of the state they tell of; the relay is the only reader."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import Boolean, Column, DateTime, Index, MetaData, Table, Text, Uuid, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from kernel.sent_ahead import Send, sending_ahead

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

AT_ONCE = 100
"""Events a statement writes: the larger the document they come in, the longer PostgreSQL takes for each of them."""
_WRITE = (
    "INSERT INTO outbox (id, type, envelope) SELECT (event->>'id')::uuid, event->>'type', event"
    " FROM jsonb_array_elements(%s) AS event"
)


class OutboxRow(NamedTuple):
    """One event waiting to be published."""

    id: UUID
    type: str
    envelope: bytes
    """As JSON."""


def write(session: Session, rows: Sequence[OutboxRow]) -> None:
    """Write the events in this transaction, many in one statement; the envelope tells id and type."""
    if len(rows) <= AT_ONCE:
        session.connection().exec_driver_sql(_WRITE, _together(rows))
        return
    with sending_ahead(session) as send:
        write_ahead(send, rows)


def write_ahead(send: Send, rows: Sequence[OutboxRow]) -> None:
    """The same without waiting."""
    for first in range(0, len(rows), AT_ONCE):
        send(_WRITE, _together(rows[first : first + AT_ONCE]))


def _together(rows: Sequence[OutboxRow]) -> tuple[Jsonb]:
    return (Jsonb(b"[%s]" % b",".join([row.envelope for row in rows]), dumps=bytes),)
