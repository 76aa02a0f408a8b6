"""Expand: the page that a message leads to. Messages written before lead nowhere."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "notify_0005"
down_revision = "notify_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("messages", sa.Column("page", sa.Text, nullable=True))
