"""What the gateway knows of the attachments whose bytes it keeps."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, DateTime, Index, Table, Text, Uuid, text

from gateway.model.metadata import metadata

attachments = Table(
    "attachments",
    metadata,
    Column("unit_id", Uuid, primary_key=True),
    Column("digest", Text, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("media_type", Text, primary_key=True),  # the same text may be kept as txt and as csv
    Column("name", Text, nullable=False),  # as it was uploaded; a document may name it otherwise
    Column("verdict", Text, nullable=False),
    Column("uploaded_by", Text, nullable=False),  # account:<id> or client:<id>
    Column("uploader_name", Text, nullable=False),
    Column("uploaded_at", DateTime(timezone=True), nullable=False),
    Column("named_at", DateTime(timezone=True)),
    Column("given_up_at", DateTime(timezone=True)),
    Index("ix_attachments_digest", "digest"),
    Index("ix_attachments_unnamed", "uploaded_at", postgresql_where=text("named_at IS NULL")),
)
"""One row for each unit that uploaded a file. `named_at`: since when a draft or a signed document names it; then it is
kept for ever. `given_up_at`: never named, and no longer to be had; its bytes go next (decision 0083)."""

attachment_names = Table(
    "attachment_names",
    metadata,
    Column("document_id", Uuid, primary_key=True),  # a draft, or the report whose new version it is
    Column("unit_id", Uuid, primary_key=True),
    Column("digest", Text, primary_key=True),
)
"""Files that a unit's drafts named, also those that were never signed: a raised class withholds them too."""
