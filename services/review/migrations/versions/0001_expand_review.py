"""Tables of the city's desk: units, desk, publications and issues, instructions, feedback (expand)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "review_0001"
down_revision = None
branch_labels = ("review",)
depends_on = None


def upgrade() -> None:
    time = sa.DateTime(timezone=True)
    op.create_table(
        "desk_items",
        sa.Column("report_id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("report_version", sa.Integer, nullable=False),
        sa.Column("receipt_number", sa.Text, nullable=False),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("severity", sa.Text),
        sa.Column("urgency", sa.Integer, nullable=False),
        sa.Column("secrecy", sa.Text, nullable=False),
        sa.Column("unit_id", sa.Uuid, nullable=False),
        sa.Column("unit_name", sa.Text, nullable=False),
        sa.Column("unit_class", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("search_text", sa.Text, nullable=False),
        sa.Column("occurred_at", time),
        sa.Column("received_at", time, nullable=False),
        sa.Column("author_id", sa.Uuid),
        sa.Column("signer_id", sa.Uuid),
        sa.Column("signer_name", sa.Text, nullable=False),
        sa.Column("late", sa.Boolean),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("decision", sa.Text),
        sa.Column("remarks", sa.Text),
        sa.Column("claimed_by_id", sa.Text),
        sa.Column("claimed_by", sa.Text),
        sa.Column("seen_by", sa.Text),
        sa.Column("seen_at", time),
        sa.PrimaryKeyConstraint("report_id"),
    )
    op.create_index(
        "desk_items_decided",
        "desk_items",
        ["urgency", "received_at", "report_id"],
        postgresql_where=sa.text("state = 'decided'"),
    )
    op.create_index(
        "desk_items_queue",
        "desk_items",
        ["urgency", "received_at", "report_id"],
        postgresql_where=sa.text("state <> 'decided'"),
    )
    op.create_table(
        "feedback",
        sa.Column("receipt_number", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("report_id", sa.Uuid, nullable=False),
        sa.Column("report_version", sa.Integer, nullable=False),
        sa.Column("assignment_id", sa.Uuid),
        sa.Column("unit_id", sa.Uuid, nullable=False),
        sa.Column("unit_name", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("received_at", time, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("remarks", sa.Text),
        sa.Column("decided_by", sa.Text),
        sa.Column("decided_at", time),
        sa.PrimaryKeyConstraint("receipt_number"),
    )
    op.create_index("feedback_by_assignment", "feedback", ["assignment_id", "received_at"])
    op.create_index("feedback_by_time", "feedback", ["received_at"])
    op.create_table(
        "publications",
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("level", sa.Text, nullable=False),
        sa.Column("columns", JSONB, nullable=False),
        sa.PrimaryKeyConstraint("code"),
    )
    op.create_table(
        "registration_mark",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("applied_up_to", time),
        sa.Column("pending_up_to", time),
        sa.Column("pending_total", sa.Integer),
        sa.CheckConstraint("id = 1", name="registration_mark_one_row"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "units",
        sa.Column("unit_id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("unit_class", sa.Text, nullable=False),
        sa.Column("valid_to", sa.Date),
        sa.PrimaryKeyConstraint("unit_id"),
    )
    op.create_table(
        "issue_numbers",
        sa.Column("publication_code", sa.Text, nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("last", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["publication_code"], ["publications.code"]),
        sa.PrimaryKeyConstraint("publication_code", "year"),
    )
    op.create_table(
        "issues",
        sa.Column("issue_id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("publication_code", sa.Text, nullable=False),
        sa.Column("publication_name", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("opened_by", sa.Text, nullable=False),
        sa.Column("opened_at", time, nullable=False),
        sa.Column("year", sa.Integer),
        sa.Column("number", sa.Integer),
        sa.Column("published_at", time),
        sa.Column("published_by", sa.Text),
        sa.Column("evidence", JSONB),
        sa.ForeignKeyConstraint(["publication_code"], ["publications.code"]),
        sa.PrimaryKeyConstraint("issue_id"),
        sa.UniqueConstraint("publication_code", "year", "number", name="issues_one_per_number"),
    )
    op.create_index("issues_newest", "issues", ["opened_at", "issue_id"])
    op.create_table(
        "outcomes",
        sa.Column("outcome_id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("report_id", sa.Uuid, nullable=False),
        sa.Column("level", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("publication", sa.Text),
        sa.Column("happened_at", time, nullable=False),
        sa.Column("recorded_by", sa.Text, nullable=False),
        sa.Column("recorded_at", time, nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["desk_items.report_id"]),
        sa.PrimaryKeyConstraint("outcome_id"),
    )
    op.create_index("outcomes_by_report", "outcomes", ["report_id"])
    op.create_table(
        "adoptions",
        sa.Column("adoption_id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("report_id", sa.Uuid, nullable=False),
        sa.Column("report_version", sa.Integer, nullable=False),
        sa.Column("issue_id", sa.Uuid, nullable=False),
        sa.Column("receipt_number", sa.Text, nullable=False),
        sa.Column("unit_id", sa.Uuid, nullable=False),
        sa.Column("unit_name", sa.Text, nullable=False),
        sa.Column("unit_class", sa.Text, nullable=False),
        sa.Column("report_kind", sa.Text, nullable=False),
        sa.Column("item_kind", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("share", sa.Numeric, nullable=False),
        sa.Column("adopted_by", sa.Text, nullable=False),
        sa.Column("adopted_at", time, nullable=False),
        sa.Column("edited_by_id", sa.Text),
        sa.Column("published_at", time),
        sa.Column("withdrawn_at", time),
        sa.Column("withdrawn_by", sa.Text),
        sa.Column("withdrawal_reason", sa.Text),
        sa.ForeignKeyConstraint(["issue_id"], ["issues.issue_id"]),
        sa.ForeignKeyConstraint(["report_id"], ["desk_items.report_id"]),
        sa.PrimaryKeyConstraint("adoption_id"),
    )
    op.create_index("adoptions_by_issue", "adoptions", ["issue_id", "adopted_at"])
    op.create_index(
        "adoptions_one_in_force",
        "adoptions",
        ["report_id"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_table(
        "instructions",
        sa.Column("instruction_id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("issue_id", sa.Uuid, nullable=False),
        sa.Column("report_id", sa.Uuid, nullable=False),
        sa.Column("report_title", sa.Text, nullable=False),
        sa.Column("report_kind", sa.Text, nullable=False),
        sa.Column("unit_id", sa.Uuid, nullable=False),
        sa.Column("unit_class", sa.Text, nullable=False),
        sa.Column("leader", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("instruction_class", sa.Text, nullable=False),
        sa.Column("level", sa.Text, nullable=False),
        sa.Column("given_at", time, nullable=False),
        sa.Column("recorded_by", sa.Text, nullable=False),
        sa.Column("recorded_at", time, nullable=False),
        sa.Column("closed_by", sa.Text),
        sa.Column("closed_at", time),
        sa.ForeignKeyConstraint(["issue_id"], ["issues.issue_id"]),
        sa.ForeignKeyConstraint(["report_id"], ["desk_items.report_id"]),
        sa.PrimaryKeyConstraint("instruction_id"),
    )
    op.create_index("instructions_newest", "instructions", ["given_at", "instruction_id"])
    op.create_table(
        "assignments",
        sa.Column("assignment_id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("instruction_id", sa.Uuid, nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("unit_id", sa.Uuid, nullable=False),
        sa.Column("unit_name", sa.Text, nullable=False),
        sa.Column("unit_class", sa.Text, nullable=False),
        sa.Column("report_title", sa.Text, nullable=False),
        sa.Column("requirement", sa.Text, nullable=False),
        sa.Column("due_at", time, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("received_by", sa.Text),
        sa.Column("received_at", time),
        sa.ForeignKeyConstraint(["instruction_id"], ["instructions.instruction_id"]),
        sa.PrimaryKeyConstraint("assignment_id"),
    )
    op.create_index("assignments_by_due", "assignments", ["due_at", "assignment_id"])
    op.create_index("assignments_by_instruction", "assignments", ["instruction_id", "place"])
    op.create_index("assignments_by_unit", "assignments", ["unit_id", "due_at", "assignment_id"])


def downgrade() -> None:
    op.drop_table("assignments")
    op.drop_table("instructions")
    op.drop_table("adoptions")
    op.drop_table("outcomes")
    op.drop_table("issues")
    op.drop_table("issue_numbers")
    op.drop_table("units")
    op.drop_table("registration_mark")
    op.drop_table("publications")
    op.drop_table("feedback")
    op.drop_table("desk_items")
