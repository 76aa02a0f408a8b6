"""Expand: reports whose secrecy class was raised."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "review_0005"
down_revision = "review_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "raised_classes",
        sa.Column("report_id", sa.Uuid, primary_key=True),
        sa.Column("secrecy", sa.Text, nullable=False),
    )
