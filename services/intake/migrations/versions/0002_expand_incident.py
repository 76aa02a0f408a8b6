"""Expand: what a report tells of its incident, the pre-report it makes good, and whether it is a drill."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "intake_0002"
down_revision = "intake_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("reports", sa.Column("incident", JSONB))
    op.add_column("reports", sa.Column("pre_report_id", sa.Uuid))
    op.add_column("reports", sa.Column("drill", sa.Boolean, nullable=False, server_default=sa.false()))
