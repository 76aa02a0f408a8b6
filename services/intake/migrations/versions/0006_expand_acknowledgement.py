"""Expand: the duty officer's acknowledgement of urgent reports. What was registered before needs none."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "intake_0006"
down_revision = "intake_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "reports", sa.Column("awaits_acknowledgement", sa.Boolean, nullable=False, server_default=sa.false())
    )
    op.add_column("reports", sa.Column("acknowledged_by", sa.Text))
    op.add_column("reports", sa.Column("acknowledged_at", sa.DateTime(timezone=True)))
    op.create_index(
        "reports_to_acknowledge",
        "reports",
        ["first_received_at", "id"],
        postgresql_where=sa.text("awaits_acknowledgement"),
    )
