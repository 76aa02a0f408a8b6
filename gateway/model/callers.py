"""What API clients did: requests a day, and the receipts of trial keys."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    DateTime,
    Index,
    LargeBinary,
    Sequence,
    SmallInteger,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from gateway.model.metadata import metadata

client_usage = Table(
    "client_usage",
    metadata,
    Column("client_id", Uuid, primary_key=True),
    Column("day", Date, primary_key=True),  # in China
    Column("route", Text, primary_key=True),  # verb and rule
    Column("status", SmallInteger, primary_key=True),
    Column("requests", BigInteger, nullable=False),
)
"""One row per client, day, address and status, added to in batches; kept for `gateway.identity.usage.KEPT`."""

trial_numbers = Sequence("trial_numbers", metadata=metadata)

trial_receipts = Table(
    "trial_receipts",
    metadata,
    Column("number", Text, primary_key=True),
    Column("client_id", Uuid, nullable=False),
    Column("key", Text, nullable=False),
    Column("request_hash", Text, nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False),
    Column("document", JSONB, nullable=False),
    Column("response", LargeBinary, nullable=False),
    Index("uq_trial_receipts_client_id_key", "client_id", "key", unique=True),
    Index("ix_trial_receipts_received_at", "received_at"),
)
"""What trial keys were answered; a table of its own, so that no list, count or projection of receipts meets them."""
