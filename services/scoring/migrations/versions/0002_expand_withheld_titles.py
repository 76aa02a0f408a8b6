"""Expand: reports and deadlines whose titles are told no more."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "scoring_0002"
down_revision = "scoring_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("withheld_titles", sa.Column("group_key", sa.Text, primary_key=True))
