"""Expand: people, contacts, messages, deliveries, untold."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "notify_0001"
down_revision = None
branch_labels = ("notify",)
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "people",
        sa.Column("person_id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("unit_id", sa.Uuid, nullable=False),
        sa.Column("posts", JSONB, nullable=False),
    )
    op.create_table(
        "contacts",
        sa.Column("person_id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("email", sa.Text),
        sa.Column("mobile", sa.Text),
    )
    op.create_table(
        "messages",
        sa.Column("message_id", sa.Uuid, primary_key=True),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("cause_id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("person_name", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.UniqueConstraint("cause_id", "person_id", name="messages_once_per_cause_and_person"),
    )
    op.create_index("messages_by_person", "messages", ["person_id", "message_id"])
    op.create_table(
        "deliveries",
        sa.Column("delivery_id", sa.Uuid, primary_key=True),
        sa.Column("message_id", sa.Uuid, sa.ForeignKey("messages.message_id"), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_try_at", INSTANT, nullable=False),
        sa.Column("sent_at", INSTANT),
        sa.Column("possible_double", sa.Boolean, nullable=False),
        sa.Column("captured", sa.Boolean, nullable=False),
        sa.Column("error", sa.Text),
    )
    op.create_index(
        "deliveries_due",
        "deliveries",
        ["next_try_at"],
        postgresql_where=sa.text("state IN ('waiting', 'sending')"),
    )
    op.create_index("deliveries_by_message", "deliveries", ["message_id"])
    op.create_table(
        "untold",
        sa.Column("event_id", sa.Uuid, primary_key=True),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
    )


def downgrade() -> None:
    for table in ("untold", "deliveries", "messages", "contacts", "people"):
        op.drop_table(table)
