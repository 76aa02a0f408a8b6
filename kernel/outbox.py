"""The outbox table: events written in the transaction of the state they tell of; the relay is the only reader."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import JSON, Boolean, Column, DateTime, Index, MetaData, Table, Text, Uuid, func, text
from sqlalchemy.orm import Session

from kernel.sent_ahead import Send

kernel_metadata = MetaData()
"""Tables every service has: outbox, inbox, held events, commands, deadlines, evidence."""

outbox = Table(
    "outbox",
    kernel_metadata,
    Column("id", Uuid, primary_key=True),
    Column("type", Text, nullable=False),
    Column("envelope", JSON, nullable=False),
    Column("written_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    Column("sent", Boolean, nullable=False, server_default=text("false")),
    Index("outbox_unsent", "id", postgresql_where=text("NOT sent")),
)

_WRITE = r"""
    INSERT INTO outbox (id, type, envelope)
    SELECT id::uuid, type, envelope::json
    FROM unnest(
      string_to_array(%s, E'\n'), string_to_array(%s, E'\n'), string_to_array(convert_from(%b, 'UTF8'), E'\n')
    ) AS event (id, type, envelope)
"""
"""A line for each event, which no JSON of ours holds; the driver would put arrays together element by element."""


class OutboxRow(NamedTuple):
    """One event waiting to be published."""

    id: str
    """A UUIDv7, as text."""
    type: str
    envelope: bytes
    """As JSON."""


def write(session: Session, rows: Sequence[OutboxRow]) -> None:
    """Write the events in this transaction, in one statement."""
    session.connection().exec_driver_sql(_WRITE, _columns(rows))


def write_ahead(send: Send, rows: Sequence[OutboxRow]) -> None:
    """The same without waiting."""
    send(_WRITE, _columns(rows))


def _columns(rows: Sequence[OutboxRow]) -> tuple[str, str, bytes]:
    ids, types, envelopes = zip(*rows, strict=True)
    return "\n".join(ids), "\n".join(types), b"\n".join(envelopes)
