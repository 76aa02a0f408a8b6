"""Expand: instructions recorded before they are confirmed, on paper too; extensions, escalations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "review_0009"
down_revision = "review_0008"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _instructions()
    op.add_column("assignments", sa.Column("part", sa.Text, nullable=False, server_default="lead"))
    op.add_column("assignments", sa.Column("renewed_due_at", INSTANT))
    op.create_table(
        "extensions",
        sa.Column("extension_id", sa.Uuid, primary_key=True),
        sa.Column("assignment_id", sa.Uuid, sa.ForeignKey("assignments.assignment_id"), nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("state", "reason", "progress", "asked_by")),
        sa.Column("wanted_due_at", INSTANT, nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("granted_due_at", INSTANT),
        sa.Column("decided_by", sa.Text),
        sa.Column("decided_at", INSTANT),
        sa.Column("remarks", sa.Text),
    )
    op.create_index("extensions_of", "extensions", ["assignment_id", "asked_at"])
    asked = sa.text("state = 'asked'")
    op.create_index("extensions_one_asked", "extensions", ["assignment_id"], unique=True, postgresql_where=asked)
    op.create_table(
        "escalations",
        sa.Column("assignment_id", sa.Uuid, sa.ForeignKey("assignments.assignment_id"), primary_key=True),
        sa.Column("overdue_since", INSTANT, primary_key=True),
        sa.Column("level", sa.Text, primary_key=True),
        sa.Column("at", INSTANT, nullable=False),
    )


def _instructions() -> None:
    for name in ("issue_id", "report_id", "report_kind", "unit_id", "unit_class"):
        op.alter_column("instructions", name, nullable=True)
    # What the old code records is given at once.
    awaits = sa.Column("awaits_confirmation", sa.Boolean, nullable=False, server_default=sa.false())
    op.add_column("instructions", awaits)
    for name in (
        "recorded_by_id", "confirmation", "confirmed_by", "presented_by", "presented_note", "withdrawn_by",
        "withdrawn_reason",
    ):
        op.add_column("instructions", sa.Column(name, sa.Text))
    for name in ("confirmed_at", "presented_at", "withdrawn_at"):
        op.add_column("instructions", sa.Column(name, INSTANT))
    for name in ("scan", "planned"):
        op.add_column("instructions", sa.Column(name, JSONB))
    op.add_column("instructions", sa.Column("follows", sa.Uuid, sa.ForeignKey("instructions.instruction_id")))
    following = sa.text("follows IS NOT NULL")
    op.create_index("instructions_following", "instructions", ["follows"], postgresql_where=following)
