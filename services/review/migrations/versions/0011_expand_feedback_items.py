"""Expand: all that was registered of a feedback, and the assignment that a report on the desk answers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "review_0011"
down_revision = "review_0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("feedback", sa.Column("registered", JSONB))
    op.add_column("desk_items", sa.Column("assignment_id", sa.Uuid))
