"""Expand: sketches of reports, by which reports like a text are found. What was registered before is sketched by
timed work, a batch at a time (`services/intake/similar.py`)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "intake_0012"
down_revision = "intake_0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "report_sketches",
        sa.Column("report_id", sa.Uuid, sa.ForeignKey("reports.id"), primary_key=True),
        sa.Column("bins", sa.LargeBinary, nullable=False),
        sa.Column("bands", ARRAY(sa.Integer), nullable=False),
    )
    op.create_index(
        "report_sketches_bands", "report_sketches", ["bands"], postgresql_using="gin",
        postgresql_with={"gin_pending_list_limit": 256},
    )
    op.add_column("reports", sa.Column("sketched", sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_index("reports_to_sketch", "reports", ["id"], postgresql_where=sa.text("NOT sketched"))
