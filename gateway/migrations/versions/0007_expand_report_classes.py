"""Expand: reports whose secrecy class was raised."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "gateway_0007"
down_revision = "gateway_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "report_classes",
        sa.Column("report_id", sa.Uuid, primary_key=True),
        sa.Column("secrecy", sa.Text, nullable=False),
        sa.Column("rank", sa.SmallInteger, nullable=False),
    )
