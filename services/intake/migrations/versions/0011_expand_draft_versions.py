"""Expand: kept versions of drafts; of drafts written before, the version that stands now."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "intake_0011"
down_revision = "intake_0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "draft_versions",
        sa.Column("draft_id", sa.Uuid, sa.ForeignKey("drafts.id"), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("act", sa.Text, nullable=False),
        sa.Column("person_id", sa.Uuid),
        sa.Column("person_name", sa.Text),
        sa.Column("content", JSONB, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.execute(_VERSION_OF_EACH_DRAFT)


_VERSION_OF_EACH_DRAFT = """
INSERT INTO draft_versions (draft_id, version, act, content, at)
SELECT id, version,
    CASE WHEN state IN ('offered', 'returned', 'signed') THEN state ELSE 'saved' END, content, changed_at
FROM drafts
"""
"""Who saved, returned or signed them was not recorded with the draft, and is not guessed."""
