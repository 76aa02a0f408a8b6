"""The kernel's tables beside the outbox: handled events, held events, suspects and answered commands."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, DateTime, Index, Integer, LargeBinary, Table, Text, Uuid, func, text
from sqlalchemy.dialects.postgresql import JSONB

from kernel.outbox import kernel_metadata

inbox = Table(
    "inbox",
    kernel_metadata,
    Column("event_id", Uuid, primary_key=True),
    Column("type", Text, nullable=False),
    Column("handled_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
)
"""Events whose effect is in this database. A row lives as long as the data it protects: it is never pruned, but
for events that are superseded (`kernel.superseded`)."""

held = Table(
    "held",
    kernel_metadata,
    Column("id", Uuid, primary_key=True),
    Column("key", Text, nullable=False, unique=True, comment="event id, or digest of a body that has none"),
    Column("event_id", Uuid),
    Column("type", Text, nullable=False, server_default=""),
    Column("subject", Text, nullable=False, server_default=""),
    Column("state", Text, nullable=False),
    Column("body", LargeBinary, nullable=False, comment="as it came from the bus, to the byte"),
    Column("reason", Text, nullable=False, comment="for the operator; holds no content"),
    Column("error", Text, nullable=False, server_default=""),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("tries", Integer, nullable=False, server_default="0", comment="in this state, that ended without failure"),
    Column(
        "deaths", Integer, nullable=False, server_default="0", comment="tries begun and not ended: the process died"
    ),
    Column("held_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    Column("next_try_at", DateTime(timezone=True)),
    CheckConstraint("state IN ('failing', 'waiting', 'parked', 'discarded')", name="held_state"),
    Index("held_due", "next_try_at", postgresql_where=text("state IN ('failing', 'waiting')")),
)
"""Events taken off the bus that have no effect yet: failing, waiting for an earlier one, parked, or discarded."""

suspects = Table(
    "suspects",
    kernel_metadata,
    Column("key", Text, primary_key=True),
    Column("deaths", Integer, nullable=False),
)
"""Redelivered events being handled alone right now; a row that is still there was in hand when a process died."""

commands = Table(
    "commands",
    kernel_metadata,
    Column("id", Uuid, primary_key=True),
    Column("method", Text, nullable=False),
    Column("digest", Text, nullable=False, comment="SHA-256 over who asked and the canonical request"),
    Column("reply", JSONB),
    Column("answered_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
)
"""Commands with their stored replies, so that a repeat has no second effect."""
