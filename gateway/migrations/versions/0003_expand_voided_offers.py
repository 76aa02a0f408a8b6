"""Expand: up to which version what was offered of a draft is void."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "gateway_0003"
down_revision = "gateway_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "voided_offers",
        sa.Column("draft_id", sa.Uuid, primary_key=True),
        sa.Column("offered_version", sa.Integer, nullable=False),
    )
