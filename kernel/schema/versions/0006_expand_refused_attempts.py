"""Refused attempts by the hour: what was refused to whom how often, each with its entries in the evidence."""

import sqlalchemy as sa
from alembic import op

revision = "0006_expand_refused_attempts"
down_revision = "0005_expand_declarations"
branch_labels = None
depends_on = None

TEXTS = ("principal_name", "kind", "problem")
INSTANTS = ("first_at", "last_at")


def upgrade() -> None:
    op.create_table(
        "refused_attempts",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("principal_id", sa.Text, nullable=False),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("method", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in TEXTS),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=False) for name in INSTANTS),
        sa.Column("count", sa.BigInteger, nullable=False),
        sa.UniqueConstraint(
            "principal_id", "hour", "method", "subject", "reason", name="refused_attempts_once_an_hour"
        ),
    )


def downgrade() -> None:
    op.drop_table("refused_attempts")
