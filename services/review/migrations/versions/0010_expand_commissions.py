"""Expand: commissions with units' parts and answers, which the mark counts too; guidance; research."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "review_0010"
down_revision = "review_0009"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("units", sa.Column("parent_id", sa.Uuid))
    for name in ("pending_answers", "counted_answers"):
        op.add_column("registration_mark", sa.Column(name, sa.Integer))
    _commissions()
    _tasks()
    _answers()
    _guidance()
    _research()


def _commissions() -> None:
    op.create_table(
        "commissions",
        sa.Column("commission_id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("state", "subject", "requirements", "origin")),
        sa.Column("length", sa.Integer),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("template", sa.Text),
        sa.Column("upward_due_at", INSTANT),
        sa.Column("from_report_id", sa.Uuid),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("issued_by_id", "issued_by")),
        sa.Column("issued_at", INSTANT, nullable=False),
        sa.Column("ended_by", sa.Text),
        sa.Column("ended_at", INSTANT),
        sa.Column("withdrawn_because", sa.Text),
    )
    op.create_index("commissions_newest", "commissions", ["issued_at", "commission_id"])


def _tasks() -> None:
    op.create_table(
        "commission_tasks",
        sa.Column("task_id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("commission_id", sa.Uuid, sa.ForeignKey("commissions.commission_id"), nullable=False),
        sa.Column("unit_id", sa.Uuid, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("unit_name", "unit_class")),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("answered_at", INSTANT),
        *(
            sa.Column(name, sa.Text)
            for name in ("excused_by", "excused_because", "quality", "quality_remark", "marked_by")
        ),
    )
    op.create_index("commission_tasks_of", "commission_tasks", ["commission_id"])
    op.create_index("commission_tasks_of_unit", "commission_tasks", ["unit_id", "due_at", "task_id"])
    op.create_index("commission_tasks_due", "commission_tasks", ["due_at", "task_id"])


def _answers() -> None:
    op.create_table(
        "commission_answers",
        sa.Column("receipt_number", sa.Text, primary_key=True),
        sa.Column("report_id", sa.Uuid, nullable=False),
        sa.Column("report_version", sa.Integer, nullable=False),
        sa.Column("commission_id", sa.Uuid, nullable=False),
        sa.Column("unit_id", sa.Uuid, nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
    )
    op.create_index("commission_answers_of", "commission_answers", ["commission_id", "unit_id", "received_at"])
    op.create_index("commission_answers_by_time", "commission_answers", ["received_at"])


def _guidance() -> None:
    op.create_table(
        "guidance",
        sa.Column("guidance_id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("state", "period", "title", "saved_by")),
        *(sa.Column(name, JSONB, nullable=False) for name in ("unit_ids", "unit_classes")),
        sa.Column("issued_by", sa.Text),
        sa.Column("issued_at", INSTANT),
    )
    op.create_index("guidance_newest", "guidance", ["period", "guidance_id"])
    op.create_table(
        "guidance_points",
        sa.Column("point_id", sa.Uuid, primary_key=True),
        sa.Column("guidance_id", sa.Uuid, sa.ForeignKey("guidance.guidance_id"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("topic", sa.Text),
        sa.Column("carried_from", sa.Uuid),
    )
    op.create_index("guidance_points_of", "guidance_points", ["guidance_id", "number"])
    op.create_table(
        "guidance_units",
        sa.Column("guidance_id", sa.Uuid, sa.ForeignKey("guidance.guidance_id"), primary_key=True),
        sa.Column("unit_id", sa.Uuid, primary_key=True),
        sa.Column("unit_name", sa.Text, nullable=False),
    )
    op.create_index("guidance_units_of", "guidance_units", ["unit_id"])
    op.create_table(
        "point_answers",
        sa.Column("point_id", sa.Uuid, primary_key=True),
        sa.Column("report_id", sa.Uuid, primary_key=True),
        sa.Column("unit_id", sa.Uuid, nullable=False),
    )
    op.create_index("point_answers_of", "point_answers", ["report_id"])


def _research() -> None:
    op.create_table(
        "research_projects",
        sa.Column("project_id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("state", "topic", "plan", "started_by")),
        sa.Column("units", JSONB, nullable=False),
        *(sa.Column(name, sa.Uuid) for name in ("report_id", "from_report_id")),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("ended_by", sa.Text),
        sa.Column("ended_at", INSTANT),
        sa.Column("dropped_because", sa.Text),
    )
    op.create_index("research_projects_newest", "research_projects", ["started_at", "project_id"])
    op.create_table(
        "research_milestones",
        sa.Column("milestone_id", sa.Uuid, primary_key=True),
        sa.Column("project_id", sa.Uuid, sa.ForeignKey("research_projects.project_id"), nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("done_at", INSTANT),
        sa.Column("done_by", sa.Text),
    )
    op.create_index("research_milestones_of", "research_milestones", ["project_id", "place"])
    op.create_table(
        "research_notes",
        sa.Column("note_id", sa.Uuid, primary_key=True),
        sa.Column("project_id", sa.Uuid, sa.ForeignKey("research_projects.project_id"), nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("by_id", "by_name", "text")),
        sa.Column("at", INSTANT, nullable=False),
    )
    op.create_index("research_notes_of", "research_notes", ["project_id", "at"])
