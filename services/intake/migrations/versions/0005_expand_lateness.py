"""Expand: what units and editors said about late reports."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "intake_0005"
down_revision = "intake_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "late_statements",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("deadline_id", sa.Uuid, nullable=False),
        sa.Column("decision", sa.Text),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("by_id", sa.Text, nullable=False),
        sa.Column("by_name", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("late_statements_of_deadline", "late_statements", ["deadline_id", "id"])
