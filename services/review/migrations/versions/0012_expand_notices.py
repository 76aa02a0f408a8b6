"""Expand: notices of supervision as issued, their last numbers; what was told of the office's own delay."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "review_0012"
down_revision = "review_0011"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "notices",
        sa.Column("notice_id", sa.Uuid, primary_key=True),
        sa.Column("assignment_id", sa.Uuid, sa.ForeignKey("assignments.assignment_id"), nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("kind", "number_word", "issued_by", "issued_by_id")),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("serial", sa.Integer, nullable=False),
        sa.Column("issued_at", INSTANT, nullable=False),
        sa.Column("content", JSONB, nullable=False),
        sa.Column("content_hash", sa.Text, nullable=False),
        sa.UniqueConstraint("number_word", "year", "serial", name="notices_one_per_number"),
    )
    op.create_index("notices_of", "notices", ["assignment_id", "issued_at"])
    to_assign = sa.text("kind = 'assignment_notice'")
    op.create_index(
        "notices_one_to_assign", "notices", ["assignment_id"], unique=True, postgresql_where=to_assign
    )
    op.create_table(
        "notice_numbers",
        sa.Column("number_word", sa.Text, primary_key=True),
        sa.Column("year", sa.Integer, primary_key=True),
        sa.Column("last", sa.Integer, nullable=False),
    )
    op.create_table(
        "office_tellings",
        sa.Column("step", sa.Text, primary_key=True),
        sa.Column("subject_id", sa.Uuid, primary_key=True),
        sa.Column("since", INSTANT, primary_key=True),
        sa.Column("told_at", INSTANT, nullable=False),
    )
