"""Expand: which drafts and reports name which files, and when a class was raised."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "gateway_0008"
down_revision = "gateway_0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("report_classes", sa.Column("raised_at", sa.DateTime(timezone=True)))
    op.create_table(
        "attachment_names",
        sa.Column("document_id", sa.Uuid, primary_key=True),
        sa.Column("unit_id", sa.Uuid, primary_key=True),
        sa.Column("digest", sa.Text, primary_key=True),
    )
