"""Deadlines and the thresholds that have fired."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003_kernel_deadlines"
down_revision = "0002_kernel_evidence"
branch_labels = None
depends_on = None

OPEN = sa.text("outcome = 'open'")


def upgrade() -> None:
    time = sa.DateTime(timezone=True)
    op.create_table(
        "deadlines",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("subject_id", sa.Uuid, nullable=False),
        sa.Column("started_at", time, nullable=False),
        sa.Column("started_by", sa.Text, nullable=False),
        sa.Column("opened_by", sa.Text, nullable=False),
        sa.Column("due_at", time, nullable=False),
        sa.Column("first_due_at", time, nullable=False),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("rule_version", sa.Text, nullable=False),
        sa.Column("calendar", sa.Text, nullable=False),
        sa.Column("limit_zh", sa.Text, nullable=False),
        sa.Column("limit_en", sa.Text, nullable=False),
        sa.Column("facts", JSONB, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("decided_at", time),
        sa.Column("settled_at", time),
        sa.Column("unsettled_until", time),
        sa.Column("extensions", JSONB, nullable=False),
        sa.Column("passed_percent", sa.Integer, nullable=False),
        sa.Column("next_threshold_at", time),
        sa.Column("version", sa.Integer, nullable=False),
        sa.UniqueConstraint("kind", "subject_id", name="deadlines_kind_subject"),
    )
    op.create_index("deadlines_open_due", "deadlines", ["kind", "due_at"], postgresql_where=OPEN)
    op.create_index("deadlines_open_threshold", "deadlines", ["kind", "next_threshold_at"], postgresql_where=OPEN)
    op.create_table(
        "deadline_thresholds",
        sa.Column("deadline_id", sa.Uuid, sa.ForeignKey("deadlines.id"), primary_key=True),
        sa.Column("percent", sa.Integer, primary_key=True),
        sa.Column("fired_at", time, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("deadline_thresholds")
    op.drop_table("deadlines")
