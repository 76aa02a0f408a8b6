"""Expand: the step a unit puts before its sign-off, and remarks at places of a returned draft."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "intake_0010"
down_revision = "intake_0009"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "endorsement_rules",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("unit_id", sa.Uuid, sa.ForeignKey("units.id"), nullable=False),
        sa.Column("required", sa.Boolean, nullable=False),
        sa.Column("urgent_too", sa.Boolean, nullable=False),
        sa.Column("endorser_ids", JSONB, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("recorded_by_id", sa.Uuid, nullable=False),
        sa.Column("recorded_by", sa.Text, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
    )
    op.create_index("endorsement_rules_of_unit", "endorsement_rules", ["unit_id", "recorded_at", "id"])
    for name in ("hands", "notes"):
        op.add_column("drafts", sa.Column(name, JSONB, nullable=False, server_default=sa.text("'[]'")))
    op.add_column("drafts", sa.Column("returned_by", sa.Text))
    op.add_column("drafts", sa.Column("endorsed_by_id", sa.Uuid))
    op.add_column("drafts", sa.Column("unendorsed", sa.Text))
    for table in ("drafts", "reports"):
        op.add_column(table, sa.Column("endorsed_by", sa.Text))
        op.add_column(table, sa.Column("endorsed_at", INSTANT))
    op.create_index(
        "drafts_awaiting", "drafts", ["unit_id"], postgresql_where=sa.text("state = 'awaiting_endorsement'")
    )
