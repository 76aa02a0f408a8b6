"""Expand: what messages are about, and what they may not tell any more. Messages written before say it of nothing."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "notify_0004"
down_revision = "notify_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("messages", sa.Column("about", JSONB, nullable=False, server_default=sa.text("'[]'")))
    op.create_index("messages_about", "messages", ["about"], postgresql_using="gin")
    op.create_table(
        "withheld",
        sa.Column("subject_id", sa.Uuid, primary_key=True),
        sa.Column("report_id", sa.Uuid, nullable=False),
        sa.Column("unit_id", sa.Uuid, nullable=False),
        sa.Column("cancelled", sa.Integer, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
