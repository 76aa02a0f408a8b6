"""Expand: the verification record of reports, and findings that name an entry of it as grounds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "review_0006"
down_revision = "review_0005"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    needed = ("asked_name", "means", "question", "answer", "conclusion", "recorded_by_id", "recorded_by")
    op.create_table(
        "verifications",
        sa.Column("verification_id", sa.Uuid, primary_key=True),
        sa.Column("report_id", sa.Uuid, sa.ForeignKey("desk_items.report_id"), nullable=False),
        sa.Column("report_version", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in needed),
        *(sa.Column(name, sa.Text) for name in ("asked_post", "asked_unit", "asked_phone")),
        sa.Column("asked_at", INSTANT, nullable=False),
        *(sa.Column(name, JSONB, nullable=False) for name in ("documents", "attachments")),
        sa.Column("corrects_id", sa.Uuid, sa.ForeignKey("verifications.verification_id"), unique=True),
        sa.Column("recorded_at", INSTANT, nullable=False),
    )
    op.create_index("verifications_of", "verifications", ["report_id", "asked_at", "verification_id"])
    op.add_column("findings", sa.Column("verification_id", sa.Uuid, sa.ForeignKey("verifications.verification_id")))
