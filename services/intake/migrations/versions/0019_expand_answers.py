"""Expand: the watermark also counts answers to commissions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "intake_0019"
down_revision = "intake_0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("watermark", sa.Column("answer_total", sa.Integer, nullable=False, server_default="0"))
