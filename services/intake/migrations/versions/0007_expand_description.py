"""Expand: what a report says of itself: leaning, source channel, the document it answers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "intake_0007"
down_revision = "intake_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("reports", sa.Column("leaning", sa.Text))
    op.add_column("reports", sa.Column("source_channel", sa.Text))
    op.add_column("reports", sa.Column("reference", JSONB(none_as_null=True)))
