"""Expand: codes, official order and dated names of the directory; yearly plans with targets."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "intake_0009"
down_revision = "intake_0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("units", sa.Column("code", sa.Text))
    op.add_column("units", sa.Column("position", sa.Integer))
    op.add_column("units", sa.Column("named_since", sa.Date))
    # judged at commit: one act may exchange the codes of two
    op.create_unique_constraint("units_code_once", "units", ["code"], deferrable=True, initially="DEFERRED")
    op.create_index("units_of_parent", "units", ["parent_id"])
    op.add_column("people", sa.Column("code", sa.Text))
    op.create_unique_constraint("people_code_once", "people", ["code"], deferrable=True, initially="DEFERRED")
    op.create_table(
        "year_plans",
        sa.Column("year", sa.Integer, primary_key=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("targets", JSONB, nullable=False),
        sa.Column("published_by", sa.Text, nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
