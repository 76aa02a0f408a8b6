"""Expand: files signed with a report."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "intake_0013"
down_revision = "intake_0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("reports", sa.Column("attachments", JSONB, nullable=False, server_default=sa.text("'[]'")))
