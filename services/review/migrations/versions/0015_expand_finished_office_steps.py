"""Expand: how long finished steps of the supervision office took, append-only."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "review_0015"
down_revision = "review_0014"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
TABLE = "finished_office_steps"
REFUSE_CHANGE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'table % is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("step_id", sa.Uuid, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("step", "outcome", "rule", "rule_version")),
        *(sa.Column(name, sa.Uuid, nullable=False) for name in ("subject_id", "instruction_id")),
        sa.Column("assignment_id", sa.Uuid),
        *(sa.Column(name, INSTANT, nullable=False) for name in ("since", "due_at", "finished_at")),
        sa.Column("days", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("finished_by", "finished_by_id")),
        sa.UniqueConstraint("step", "subject_id", "since", name="finished_office_steps_once"),
    )
    op.create_index("finished_office_steps_newest", TABLE, ["finished_at", "step_id"])
    op.create_index("finished_office_steps_of", TABLE, ["instruction_id", "since"])
    op.execute(REFUSE_CHANGE)
    op.execute(
        f"CREATE TRIGGER {TABLE}_rows_stay BEFORE UPDATE OR DELETE ON {TABLE} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(f"CREATE TRIGGER {TABLE}_stays BEFORE TRUNCATE ON {TABLE} EXECUTE FUNCTION refuse_change()")
