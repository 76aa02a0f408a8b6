"""Expand: by whose id an issue was opened; the words of a correction are his."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "review_0016"
down_revision = "review_0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("issues", sa.Column("opened_by_id", sa.Text))
