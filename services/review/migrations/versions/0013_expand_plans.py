"""Expand: changes of a research plan, milestones that were dropped; due times of guidance and when it was answered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "review_0013"
down_revision = "review_0012"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "research_changes",
        sa.Column("change_id", sa.Uuid, primary_key=True),
        sa.Column("project_id", sa.Uuid, sa.ForeignKey("research_projects.project_id"), nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("what", "by_id", "by_name", "reason")),
        sa.Column("at", INSTANT, nullable=False),
        *(sa.Column(name, sa.Text) for name in ("milestone", "old_plan", "new_plan")),
        *(sa.Column(name, INSTANT) for name in ("old_due_at", "new_due_at")),
    )
    op.create_index("research_changes_of", "research_changes", ["project_id", "at", "change_id"])
    op.add_column("research_milestones", sa.Column("dropped_at", INSTANT))
    for name in ("dropped_by", "dropped_because"):
        op.add_column("research_milestones", sa.Column(name, sa.Text))
    for table, name in (("guidance", "due_at"), ("guidance_points", "due_at"), ("point_answers", "received_at")):
        op.add_column(table, sa.Column(name, INSTANT))
