"""Expand: what intake keeps of a chain as a whole, and of each of its steps."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "intake_0004"
down_revision = "intake_0002"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "chains",
        sa.Column("first_report_id", sa.Uuid, primary_key=True),
        sa.Column("closed_at", INSTANT),
        sa.Column("closed_by", sa.Text),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_table(
        "chain_steps",
        sa.Column("report_id", sa.Uuid, primary_key=True),
        sa.Column("first_report_id", sa.Uuid, nullable=False),
        sa.Column("flags", JSONB, nullable=False),
        sa.Column("after_closing", sa.Boolean, nullable=False),
    )
    op.create_index("chain_steps_of", "chain_steps", ["first_report_id"])
