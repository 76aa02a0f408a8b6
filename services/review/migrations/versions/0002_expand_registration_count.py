"""Feedback is counted from the last mark applied on. Old code leaves the two columns alone; they stay true together."""

import sqlalchemy as sa
from alembic import op

revision = "review_0002"
down_revision = "review_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("registration_mark", sa.Column("counted_up_to", sa.DateTime(timezone=True)))
    op.add_column("registration_mark", sa.Column("counted_total", sa.Integer))


def downgrade() -> None:
    op.drop_column("registration_mark", "counted_total")
    op.drop_column("registration_mark", "counted_up_to")
