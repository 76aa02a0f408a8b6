"""Expand: corrections and withdrawals, findings, reports whose secrecy class was raised."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "review_0005"
down_revision = "review_0004"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("desk_items", sa.Column("amended_act", sa.Text))
    op.add_column("desk_items", sa.Column("amended_reason", sa.Text))
    op.create_table(
        "amendment_decisions",
        sa.Column("report_id", sa.Uuid, sa.ForeignKey("desk_items.report_id"), primary_key=True),
        sa.Column("report_version", sa.Integer, primary_key=True),
        sa.Column("decision", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("decided_by", sa.Text, nullable=False),
        sa.Column("decided_at", INSTANT, nullable=False),
    )
    _findings()
    op.create_table(
        "raised_classes",
        sa.Column("report_id", sa.Uuid, primary_key=True),
        sa.Column("secrecy", sa.Text, nullable=False),
    )


def _findings() -> None:
    op.create_table(
        "findings",
        sa.Column("finding_id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("kind", "state", "unit_name", "unit_class")),
        sa.Column("unit_id", sa.Uuid, nullable=False),
        sa.Column("report_id", sa.Uuid, sa.ForeignKey("desk_items.report_id")),
        sa.Column("incident_number", sa.Text),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("facts", "grounds", "proposed_by_id", "proposed_by")),
        sa.Column("proposed_at", INSTANT, nullable=False),
        sa.Column("reply_due_at", INSTANT, nullable=False),
        sa.Column("decided_by", sa.Text),
        sa.Column("decided_at", INSTANT),
        sa.Column("reason", sa.Text),
    )
    op.create_index("findings_newest", "findings", ["proposed_at", "finding_id"])
    op.create_index("findings_of_unit", "findings", ["unit_id", "proposed_at", "finding_id"])
    op.create_table(
        "finding_statements",
        sa.Column("statement_id", sa.Uuid, primary_key=True),
        sa.Column("finding_id", sa.Uuid, sa.ForeignKey("findings.finding_id"), nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("by_id", "by_name", "text")),
        sa.Column("at", INSTANT, nullable=False),
    )
    op.create_index("finding_statements_of", "finding_statements", ["finding_id", "at"])
