"""Receipts, what the city did with them, idempotency keys, and the watermark."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    Sequence,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from gateway.model.metadata import metadata

receipt_numbers = Sequence("receipt_numbers", metadata=metadata)

receipts = Table(
    "receipts",
    metadata,
    Column("number", Text, primary_key=True),
    Column("report_id", Uuid, nullable=False),
    Column("version", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("unit_id", Uuid, nullable=False),
    Column("title", Text, nullable=False),
    Column("severity", Text),
    Column("received_at", DateTime(timezone=True), nullable=False),
    Column("clock_held", Boolean, nullable=False),  # the clock stood behind an earlier receipt or watermark
    Column("content", JSONB, nullable=False),
    Column("content_hash", Text, nullable=False),
    Column("sign_off", JSONB, nullable=False),
    Column("draft_id", Uuid),
    Column("draft_version", Integer),
    Column("accepted_for", Text, nullable=False),  # account:<id> or client:<id>
    Column("event_id", Uuid, nullable=False),
    Column("document", JSONB, nullable=False),  # the receipt as it was given
    Index("uq_receipts_report_id_version", "report_id", "version", unique=True),
    # A draft is signed once; a revision of a returned report may come from the same draft, changed.
    Index("uq_receipts_draft_id", "draft_id", unique=True, postgresql_where=text("version = 1")),
    Index("uq_receipts_draft_id_draft_version", "draft_id", "draft_version", unique=True),
    Index("ix_receipts_received_at", "received_at"),
    Index("ix_receipts_unit_id_number", "unit_id", "number"),
    Index("ix_receipts_event_id", "event_id", unique=True),
)
"""Written once and never changed; what happens later stands in `receipt_progress`."""

receipt_progress = Table(
    "receipt_progress",
    metadata,
    Column("number", Text, primary_key=True),
    Column("registered_at", DateTime(timezone=True)),
    Column("queued_at", DateTime(timezone=True)),
    Column("seen_by", Text),
    Column("seen_at", DateTime(timezone=True)),
    Column("decision", Text),
    Column("decided_at", DateTime(timezone=True)),
    Column("decision_version", Integer, nullable=False, server_default=text("0")),
    Column("remarks", Text),
)
"""Projection of the report's events, one row per receipt; it can be rebuilt."""

report_acknowledgements = Table(
    "report_acknowledgements",
    metadata,
    Column("report_id", Uuid, primary_key=True),
    Column("acknowledged_by", Text, nullable=False),
    Column("acknowledged_at", DateTime(timezone=True), nullable=False),
)
"""Projection: which duty officer took note of an urgent report, and when; it holds for all versions of the report."""

voided_offers = Table(
    "voided_offers",
    metadata,
    Column("draft_id", Uuid, primary_key=True),
    Column("offered_version", Integer, nullable=False),
)
"""Projection: up to which version what was offered of a draft may not be signed any more."""

report_classes = Table(
    "report_classes",
    metadata,
    Column("report_id", Uuid, primary_key=True),
    Column("secrecy", Text, nullable=False),
    Column("rank", SmallInteger, nullable=False),
    Column("raised_at", DateTime(timezone=True)),  # None: before it was kept
)
"""Projection: reports whose secrecy class was raised, and their drafts; receipts show nothing of them to those who are
not cleared, and their files are given to nobody else either."""

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("scope", Text, primary_key=True),  # client and route
    Column("key", Text, primary_key=True),
    Column("request_hash", Text, nullable=False),
    Column("response", LargeBinary, nullable=False),
    Column("number", Text, nullable=False),
)
"""Lives as long as the report: a repeat years later still gets the first answer."""

watermark = Table(
    "watermark",
    metadata,
    Column("one", SmallInteger, CheckConstraint("one = 1", name="watermark_one_row"), primary_key=True),
    Column("up_to", DateTime(timezone=True), nullable=False),
    Column("accepted_total", BigInteger, nullable=False),
    Column("version", Integer, nullable=False),
)
"""One row: what the gateway has announced. No receipt may bear a time at or before `up_to` any more."""
