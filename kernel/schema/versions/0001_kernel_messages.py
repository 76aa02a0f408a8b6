"""Kernel tables for messages: outbox, inbox, held, suspects, commands (expand)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001_kernel_messages"
down_revision = None
branch_labels = ("kernel",)
depends_on = None


def upgrade() -> None:
    _outbox()
    _inbox()
    _held()
    _commands()


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("envelope", JSONB, nullable=False),
        _instant("written_at"),
        sa.Column("sent", sa.Boolean, nullable=False, server_default=sa.text("false")),
    )
    op.create_index("outbox_unsent", "outbox", ["id"], postgresql_where=sa.text("NOT sent"))


def _inbox() -> None:
    op.create_table(
        "inbox",
        sa.Column("event_id", sa.Uuid, primary_key=True),
        sa.Column("type", sa.Text, nullable=False),
        _instant("handled_at"),
    )
    op.create_table(
        "suspects",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("deaths", sa.Integer, nullable=False),
    )


def _held() -> None:
    op.create_table(
        "held",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("key", sa.Text, nullable=False, unique=True, comment="event id, or digest of a body that has none"),
        sa.Column("event_id", sa.Uuid),
        sa.Column("type", sa.Text, nullable=False, server_default=""),
        sa.Column("subject", sa.Text, nullable=False, server_default=""),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False, comment="as it came from the bus, to the byte"),
        sa.Column("reason", sa.Text, nullable=False, comment="for the operator; holds no content"),
        sa.Column("error", sa.Text, nullable=False, server_default=""),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column(
            "deaths",
            sa.Integer,
            nullable=False,
            server_default="0",
            comment="tries begun and not ended: the process died",
        ),
        _instant("held_at"),
        sa.Column("next_try_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("state IN ('failing', 'waiting', 'parked', 'discarded')", name="held_state"),
    )
    op.create_index(
        "held_due", "held", ["next_try_at"], postgresql_where=sa.text("state IN ('failing', 'waiting')")
    )


def _commands() -> None:
    op.create_table(
        "commands",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("method", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False, comment="SHA-256 over who asked and the canonical request"),
        sa.Column("reply", JSONB),
        _instant("answered_at"),
    )


def _instant(name: str) -> sa.Column[object]:
    return sa.Column(
        name, sa.DateTime(timezone=True), nullable=False, server_default=sa.func.clock_timestamp()
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: events and commands must not be dropped")
