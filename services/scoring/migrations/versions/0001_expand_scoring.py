"""Expand: rules, units, issues, causes, withdrawn adoptions, ledger, bulletins."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "scoring_0001"
down_revision = None
branch_labels = ("scoring",)
depends_on = None

INSTANT = sa.DateTime(timezone=True)
POINTS = sa.Numeric(12, 2)

# Written out here and not imported: what this revision did must not change with the code.
REFUSE_CHANGE = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'table % is append-only: correct by a further entry', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$
"""
APPEND_ONLY = ("rules", "ledger", "bulletins")


def upgrade() -> None:
    _rules()
    _projections()
    _causes()
    _ledger()
    _bulletins()
    op.execute(REFUSE_CHANGE)
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_rows_stay BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(f"CREATE TRIGGER {table}_stays BEFORE TRUNCATE ON {table} EXECUTE FUNCTION refuse_change()")


def _rules() -> None:
    op.create_table(
        "rules",
        sa.Column("rules_id", sa.Uuid, primary_key=True),
        sa.Column("number", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("content_hash", sa.Text, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("recorded_by", sa.Text, nullable=False),
        sa.UniqueConstraint("version", name="rules_version_once"),
    )


def _projections() -> None:
    op.create_table(
        "units",
        sa.Column("unit_id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("pinyin", sa.Text, nullable=False),
        sa.Column("unit_class", sa.Text, nullable=False),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_to", sa.Date),
    )
    op.create_table(
        "issues",
        sa.Column("issue_id", sa.Uuid, primary_key=True),
        sa.Column("publication_code", sa.Text, nullable=False),
        sa.Column("publication_name", sa.Text, nullable=False),
        sa.Column("year", sa.BigInteger, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("published_at", INSTANT, nullable=False),
    )


def _causes() -> None:
    op.create_table(
        "causes",
        sa.Column("cause", sa.Text, primary_key=True),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("group_key", sa.Text, nullable=False),
        sa.Column("unit_id", sa.Uuid, nullable=False),
        sa.Column("stands", sa.Boolean, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("happened_at", INSTANT, nullable=False),
        sa.Column("facts", JSONB, nullable=False),
        sa.Column("told", JSONB, nullable=False),
    )
    op.create_index("causes_by_group", "causes", ["group_key"])
    op.create_index("causes_by_time", "causes", ["happened_at"])
    op.create_table(
        "withdrawn_adoptions",
        sa.Column("adoption_id", sa.Uuid, primary_key=True),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("withdrawn_at", INSTANT, nullable=False),
    )


def _ledger() -> None:
    op.create_table(
        "ledger",
        sa.Column("entry_id", sa.Uuid, primary_key=True),
        sa.Column("number", sa.BigInteger, sa.Identity(always=True), nullable=False, unique=True),
        sa.Column("unit_id", sa.Uuid, nullable=False),
        sa.Column("month", sa.Text, nullable=False),
        sa.Column("period", sa.Text, nullable=False),
        sa.Column("points", POINTS, nullable=False),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("rule_title", sa.Text, nullable=False),
        sa.Column("rules_version", sa.Text, nullable=False),
        sa.Column("cause", sa.Text, nullable=False),
        sa.Column("turn", sa.BigInteger, nullable=False),
        sa.Column("reverses", sa.Uuid, sa.ForeignKey("ledger.entry_id")),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("happened_at", INSTANT, nullable=False),
        sa.Column("posted_at", INSTANT, nullable=False),
        sa.Column("explanation_zh", sa.Text, nullable=False),
        sa.UniqueConstraint("cause", "rule", "turn", name="ledger_once_per_cause_and_rule"),
        sa.UniqueConstraint("reverses", name="ledger_reversed_once"),
        sa.CheckConstraint("(turn % 2 = 1) = (reverses IS NOT NULL)", name="ledger_turns_alternate"),
        sa.CheckConstraint("period >= month", name="ledger_never_earlier"),
    )
    op.create_index("ledger_by_unit", "ledger", ["unit_id", "number"])
    op.create_index("ledger_by_period", "ledger", ["period", "unit_id"])


def _bulletins() -> None:
    op.create_table(
        "bulletins",
        sa.Column("bulletin_id", sa.Uuid, primary_key=True),
        sa.Column("period", sa.Text, nullable=False),
        sa.Column("last_month", sa.Text, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("content_hash", sa.Text, nullable=False),
        sa.Column("roster", JSONB, nullable=False),
        sa.Column("issued_at", INSTANT, nullable=False),
        sa.Column("issued_by", sa.Text, nullable=False),
        sa.Column("evidence", JSONB, nullable=False),
        sa.UniqueConstraint("period", name="bulletins_once_per_period"),
    )
