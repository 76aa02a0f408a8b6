"""Tries of a held event that ended without a failure are counted apart from its failures."""

import sqlalchemy as sa
from alembic import op

revision = "0004_expand_held_tries"
down_revision = "0003_kernel_deadlines"
branch_labels = None
depends_on = None


def upgrade() -> None:
    comment = "in this state, that ended without failure"
    op.add_column("held", sa.Column("tries", sa.Integer, nullable=False, server_default="0", comment=comment))


def downgrade() -> None:
    op.drop_column("held", "tries")
