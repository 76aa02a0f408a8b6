"""Expand: a report on the desk may be a drill. Old code leaves the column alone, which then says no."""

import sqlalchemy as sa
from alembic import op

revision = "review_0003"
down_revision = "review_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("desk_items", sa.Column("drill", sa.Boolean, nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("desk_items", "drill")
