"""Expand: what intake keeps of a chain as a whole, and of each of its steps; incidents of several units."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "intake_0004"
down_revision = "intake_0003"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "chains",
        sa.Column("first_report_id", sa.Uuid, primary_key=True),
        sa.Column("closed_at", INSTANT),
        sa.Column("closed_by", sa.Text),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_table(
        "chain_steps",
        sa.Column("report_id", sa.Uuid, primary_key=True),
        sa.Column("first_report_id", sa.Uuid, nullable=False),
        sa.Column("flags", JSONB, nullable=False),
        sa.Column("after_closing", sa.Boolean, nullable=False),
    )
    op.create_index("chain_steps_of", "chain_steps", ["first_report_id"])
    op.create_table(
        "incident_numbers",
        sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("last", sa.Integer, nullable=False),
    )
    op.create_table(
        "incidents",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("number", sa.Text, nullable=False, unique=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("category", sa.Text),
        sa.Column("place", sa.Text),
        sa.Column("occurred_at", INSTANT),
        sa.Column("drill", sa.Boolean, nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("opened_by", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_index("incidents_newest", "incidents", ["opened_at", "id"])
    op.create_table(
        "incident_reports",
        sa.Column("first_report_id", sa.Uuid, sa.ForeignKey("reports.id"), primary_key=True),
        sa.Column("incident_id", sa.Uuid, sa.ForeignKey("incidents.id"), nullable=False),
        sa.Column("joined_by", sa.Text, nullable=False),
        sa.Column("joined_at", INSTANT, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_index("incident_reports_of", "incident_reports", ["incident_id"])
