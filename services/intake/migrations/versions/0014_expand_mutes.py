"""Expand: writing rules that a unit has muted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "intake_0014"
down_revision = "intake_0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "writing_rule_mutes",
        sa.Column("unit_id", sa.Uuid, sa.ForeignKey("units.id"), primary_key=True),
        sa.Column("rule_id", sa.Text, primary_key=True),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("by_id", sa.Uuid, nullable=False),
        sa.Column("by_name", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
