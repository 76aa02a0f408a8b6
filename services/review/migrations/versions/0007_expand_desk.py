"""Expand: claims that lapse, handing over, further decisions, combined items, columns, saved views of the queue."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "review_0007"
down_revision = "review_0006"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
NEVER = sa.text("'2201-01-01 00:00:00+00'")


def upgrade() -> None:
    for name in ("taken_from", "handed_by", "handover_note", "topic", "leaning"):
        op.add_column("desk_items", sa.Column(name, sa.Text))
    for name in ("claimed_until", "decided_at"):
        op.add_column("desk_items", sa.Column(name, INSTANT))
    op.add_column("desk_items", sa.Column("due_at", INSTANT, nullable=False, server_default=NEVER))
    op.create_index(
        "desk_items_open", "desk_items", ["urgency", "due_at", "received_at", "report_id"],
        postgresql_where=sa.text("state <> 'decided'"),
    )
    op.create_index(
        "desk_items_by_decision", "desk_items", ["decision", "urgency", "received_at", "report_id"],
        postgresql_where=sa.text("state = 'decided'"),
    )
    op.create_index("desk_items_of_editor", "desk_items", ["claimed_by_id", "decided_at"])
    op.add_column("adoptions", sa.Column("column_name", sa.Text))
    op.add_column("adoptions", sa.Column("leading_id", sa.Uuid, sa.ForeignKey("adoptions.adoption_id")))
    _passings()
    _readings()
    op.create_table(
        "queue_views",
        sa.Column("view_id", sa.Uuid, primary_key=True),
        sa.Column("editor_id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("filters", JSONB, nullable=False),
        sa.Column("saved_at", INSTANT, nullable=False),
        sa.UniqueConstraint("editor_id", "name", name="queue_views_one_per_name"),
    )


def _passings() -> None:
    op.create_table(
        "passings",
        sa.Column("passing_id", sa.Uuid, primary_key=True),
        sa.Column("report_id", sa.Uuid, sa.ForeignKey("desk_items.report_id"), nullable=False),
        sa.Column("level", sa.Text, nullable=False),
        sa.Column("note", sa.Text),
        sa.Column("passed_by", sa.Text, nullable=False),
        sa.Column("passed_at", INSTANT, nullable=False),
        sa.Column("undone_at", INSTANT),
    )
    op.create_index("passings_by_report", "passings", ["report_id", "passed_at"])


def _readings() -> None:
    op.create_table(
        "reading_requests",
        sa.Column("reading_id", sa.Uuid, primary_key=True),
        sa.Column("report_id", sa.Uuid, sa.ForeignKey("desk_items.report_id"), nullable=False),
        sa.Column("note", sa.Text),
        sa.Column("sent_by", sa.Text, nullable=False),
        sa.Column("sent_at", INSTANT, nullable=False),
        sa.Column("undone_at", INSTANT),
    )
    op.create_index("reading_requests_newest", "reading_requests", ["sent_at", "reading_id"])
    op.create_index("reading_requests_by_report", "reading_requests", ["report_id", "sent_at"])
    op.create_table(
        "report_readers",
        sa.Column("reading_id", sa.Uuid, sa.ForeignKey("reading_requests.reading_id"), primary_key=True),
        sa.Column("person_id", sa.Uuid, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("read_at", INSTANT),
    )
    op.create_index("report_readers_of_person", "report_readers", ["person_id", "reading_id"])
