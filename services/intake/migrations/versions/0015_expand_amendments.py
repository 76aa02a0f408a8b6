"""Expand: corrections and withdrawals, raisings of secrecy classes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "intake_0015"
down_revision = "intake_0014"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("reports", sa.Column("amendment", JSONB))
    op.create_table(
        "reclassifications",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("report_id", sa.Uuid, sa.ForeignKey("reports.id"), nullable=False),
        sa.Column("secrecy", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("raised_by_id", sa.Text, nullable=False),
        sa.Column("raised_by", sa.Text, nullable=False),
        sa.Column("raised_at", INSTANT, nullable=False),
    )
    op.create_index("reclassifications_of_report", "reclassifications", ["report_id", "raised_at"])
