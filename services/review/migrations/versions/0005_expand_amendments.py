"""Expand: corrections and withdrawals, reports whose secrecy class was raised."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "review_0005"
down_revision = "review_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("desk_items", sa.Column("amended_act", sa.Text))
    op.add_column("desk_items", sa.Column("amended_reason", sa.Text))
    op.create_table(
        "amendment_decisions",
        sa.Column("report_id", sa.Uuid, sa.ForeignKey("desk_items.report_id"), primary_key=True),
        sa.Column("report_version", sa.Integer, primary_key=True),
        sa.Column("decision", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("decided_by", sa.Text, nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "raised_classes",
        sa.Column("report_id", sa.Uuid, primary_key=True),
        sa.Column("secrecy", sa.Text, nullable=False),
    )
