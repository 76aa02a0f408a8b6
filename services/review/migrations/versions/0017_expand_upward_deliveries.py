"""Expand: that the city has delivered upward what a commission was for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "review_0017"
down_revision = "review_0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("commissions", sa.Column("delivered_upward_at", sa.DateTime(timezone=True)))
    for name in ("delivered_upward_by", "upward_note"):
        op.add_column("commissions", sa.Column(name, sa.Text))
