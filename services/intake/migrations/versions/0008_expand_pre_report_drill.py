"""Expand: a pre-report by phone may be an exercise."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "intake_0008"
down_revision = "intake_0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("pre_reports", sa.Column("drill", sa.Boolean, nullable=False, server_default=sa.false()))
