"""Days whose checkpoint was told to the outside: at most one a day, however many replicas run."""

import sqlalchemy as sa
from alembic import op

revision = "0005_expand_declarations"
down_revision = "0004_expand_held_tries"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "evidence_declarations",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("evidence_declarations")
