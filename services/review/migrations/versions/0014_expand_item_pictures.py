"""Expand: pictures of an issue's items, with the copies that are printed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "review_0014"
down_revision = "review_0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("adoptions", sa.Column("pictures", JSONB))
    op.create_table(
        "picture_copies",
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
