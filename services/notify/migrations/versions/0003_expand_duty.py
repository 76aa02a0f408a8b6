"""Expand: the duty list, and what waits for the duty officer's acknowledgement."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "notify_0003"
down_revision = "notify_0002"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "duty_shifts",
        sa.Column("shift_id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("persons", JSONB, nullable=False),
    )
    op.create_index("duty_shifts_by_end", "duty_shifts", ["ends_at", "shift_id"])
    op.create_table(
        "acknowledgement_waits",
        sa.Column("report_id", sa.Uuid, primary_key=True),
        sa.Column("report", JSONB),
        sa.Column("persons", JSONB, nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("calls", sa.Integer, nullable=False),
        sa.Column("next_at", INSTANT),
        sa.Column("acknowledged_at", INSTANT),
    )
    op.create_index(
        "acknowledgement_waits_due",
        "acknowledgement_waits",
        ["next_at"],
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_table("acknowledgement_waits")
    op.drop_table("duty_shifts")
