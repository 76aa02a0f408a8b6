"""Webhooks of API clients, and what is delivered to them: a row is written in the transaction of the event's effect."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from gateway.model.metadata import metadata

webhooks = Table(
    "webhooks",
    metadata,
    Column("webhook_id", Uuid, primary_key=True),
    Column("client_id", Uuid, ForeignKey("clients.client_id"), nullable=False),
    Column("unit_id", Uuid, nullable=False),  # the client's
    Column("url", Text, nullable=False),
    Column("events", ARRAY(Text), nullable=False),
    Column("secret", LargeBinary, nullable=False),  # sealed
    Column("earlier_secret", LargeBinary),  # signs beside the new one until earlier_until
    Column("earlier_until", DateTime(timezone=True)),
    Column("disabled", Boolean, nullable=False, server_default=text("false")),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("version", Integer, nullable=False, server_default=text("1")),
    Index("ix_webhooks_unit_id", "unit_id"),
    Index("ix_webhooks_client_id", "client_id"),
)

webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    Column("delivery_id", Uuid, primary_key=True),
    Column("webhook_id", Uuid, ForeignKey("webhooks.webhook_id"), nullable=False),
    Column("event_id", Uuid, nullable=False),
    Column("type", Text, nullable=False),
    Column("body", Text, nullable=False),  # to the byte, as signed
    Column("state", Text, nullable=False),  # waiting, sending, delivered, given_up
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("give_up_at", DateTime(timezone=True), nullable=False),
    Column("next_try_at", DateTime(timezone=True), nullable=False),  # while sending: when its lease ends
    Column("tried_at", DateTime(timezone=True)),
    Column("status", SmallInteger),  # what the peer answered last
    Column("error", Text),
    Index("uq_webhook_deliveries_webhook_id_event_id", "webhook_id", "event_id", unique=True),
    Index(
        "ix_webhook_deliveries_next_try_at", "next_try_at", postgresql_where=text("state IN ('waiting', 'sending')")
    ),
)
