"""Expand: statements of the time of occurrence and rulings on them, from times claimed before; pre-reports by phone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "intake_0003"
down_revision = "intake_0002"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "occurrence_statements",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("counts_for", sa.Uuid, nullable=False),
        sa.Column("subject_id", sa.Uuid, nullable=False),
        sa.Column("how", sa.Text, nullable=False),
        sa.Column("occurred_at", INSTANT, nullable=False),
        sa.Column("learned_at", INSTANT),
        sa.Column("stated_by", sa.Uuid),
        sa.Column("stated_by_name", sa.Text, nullable=False),
        sa.Column("unit_id", sa.Uuid),
        sa.Column("unit_name", sa.Text, nullable=False),
        sa.Column("stated_at", INSTANT, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("receipt_number", sa.Text),
    )
    op.create_index("occurrence_statements_of_case", "occurrence_statements", ["counts_for"])
    op.create_table(
        "occurrence_rulings",
        sa.Column("report_id", sa.Uuid, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("statement_id", sa.Uuid),
        sa.Column("ruled_by", sa.Uuid),
        sa.Column("ruled_by_name", sa.Text, nullable=False),
        sa.Column("ruled_at", INSTANT, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )
    _create_pre_reports()
    # The statements are the truth now; the lists stay, empty, until no process of the version before runs any more.
    for table in ("drafts", "reports"):
        op.alter_column(table, "occurrence_claims", server_default=sa.text("'[]'"))
    op.execute(_CLAIMS_OF_DRAFTS)
    op.execute(_CLAIMS_OF_REPORTS)


def _create_pre_reports() -> None:
    op.create_table(
        "pre_reports",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("unit_id", sa.Uuid, sa.ForeignKey("units.id"), nullable=False),
        sa.Column("unit_name", sa.Text, nullable=False),
        sa.Column("unit_class", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("secrecy", sa.Text, nullable=False),
        sa.Column("place", sa.Text),
        sa.Column("occurred_at", INSTANT, nullable=False),
        sa.Column("learned_at", INSTANT),
        sa.Column("severity", sa.Text, nullable=False),
        sa.Column("category", sa.Text),
        sa.Column("caller_name", sa.Text, nullable=False),
        sa.Column("caller_number", sa.Text, nullable=False),
        sa.Column("called_at", INSTANT, nullable=False),
        sa.Column("read_back", sa.Boolean, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("side", sa.Text, nullable=False),
        sa.Column("recorded_by", sa.Uuid, nullable=False),
        sa.Column("recorded_by_name", sa.Text, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("draft_id", sa.Uuid),
        sa.Column("report_id", sa.Uuid),
    )
    op.create_index("pre_reports_newest", "pre_reports", ["recorded_at", "id"])
    op.create_index("pre_reports_of_unit", "pre_reports", ["unit_id", "recorded_at", "id"])
    op.create_index("pre_reports_by_draft", "pre_reports", ["draft_id"])
    op.create_index("pre_reports_by_report", "pre_reports", ["report_id"])


_CLAIMS_OF_DRAFTS = """
INSERT INTO occurrence_statements (id, counts_for, subject_id, how, occurred_at, stated_by, stated_by_name, unit_id,
    unit_name, stated_at)
SELECT gen_random_uuid(), draft.id, draft.id, 'draft', claim::timestamptz, draft.author_id, draft.author_name, unit.id,
    unit.name, draft.created_at
FROM drafts draft JOIN units unit ON unit.id = draft.unit_id,
    jsonb_array_elements_text(draft.occurrence_claims) claim
WHERE draft.state <> 'signed'
"""
"""A signed draft's claims stand in its report."""

_CLAIMS_OF_REPORTS = """
INSERT INTO occurrence_statements (id, counts_for, subject_id, how, occurred_at, stated_by_name, unit_id, unit_name,
    stated_at, receipt_number)
SELECT gen_random_uuid(), report.id, report.id, 'signed', claim::timestamptz, report.sign_off ->> 'signer_name',
    report.unit_id, report.unit_name, report.first_received_at, report.number
FROM reports report, jsonb_array_elements_text(report.occurrence_claims) claim
"""
