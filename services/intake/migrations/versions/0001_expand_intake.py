"""Expand: directory, drafts, reports with their versions and search terms, watermark."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR

revision = "intake_0001"
down_revision = None
branch_labels = ("intake",)
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _create_directory()
    _create_drafts()
    _create_reports()
    _create_report_versions()
    op.create_table(
        "watermark",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("applied_up_to", INSTANT),
        sa.Column("applied_total", sa.Integer, nullable=False),
        sa.Column("feedback_total", sa.Integer, nullable=False),
        sa.Column("next_up_to", INSTANT),
        sa.Column("next_total", sa.Integer),
        sa.Column("newest_up_to", INSTANT),
        sa.Column("newest_total", sa.Integer),
        sa.Column("version", sa.Integer, nullable=False),
        sa.CheckConstraint("id = 1", name="watermark_is_one"),
    )


def _create_directory() -> None:
    op.create_table(
        "units",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("search_name", sa.Text, nullable=False),
        sa.Column("sort_key", sa.Text, nullable=False),
        sa.Column("unit_class", sa.Text, nullable=False),
        sa.Column("parent_id", sa.Uuid, sa.ForeignKey("units.id")),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_to", sa.Date),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_index("units_by_name", "units", ["sort_key", "id"])
    op.create_table(
        "unit_versions",
        sa.Column("unit_id", sa.Uuid, sa.ForeignKey("units.id"), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("unit_class", sa.Text, nullable=False),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
    )
    op.create_table(
        "people",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("sort_key", sa.Text, nullable=False),
        sa.Column("unit_id", sa.Uuid, sa.ForeignKey("units.id"), nullable=False),
        sa.Column("posts", JSONB, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_index("people_by_name", "people", ["sort_key", "id"])
    op.create_index("people_of_unit", "people", ["unit_id"])


def _create_drafts() -> None:
    op.create_table(
        "drafts",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("unit_id", sa.Uuid, sa.ForeignKey("units.id"), nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("author_id", sa.Uuid, nullable=False),
        sa.Column("author_name", sa.Text, nullable=False),
        sa.Column("content", JSONB, nullable=False),
        sa.Column("occurrence_claims", JSONB, nullable=False),
        sa.Column("remarks", sa.Text),
        sa.Column("offer_token", sa.Text),
        sa.Column("report_id", sa.Uuid),
        sa.Column("receipt_number", sa.Text),
        sa.Column("overtaken_content", JSONB),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_index("drafts_of_unit", "drafts", ["unit_id", "changed_at", "id"])
    op.create_index("drafts_offered", "drafts", ["changed_at"], postgresql_where=sa.text("state = 'offered'"))


def _create_reports() -> None:
    op.create_table(
        "reports",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("number", sa.Text, nullable=False, unique=True),
        sa.Column("receipt_number", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("desk_version", sa.Integer, nullable=False),
        sa.Column("unit_id", sa.Uuid, sa.ForeignKey("units.id"), nullable=False),
        sa.Column("unit_name", sa.Text, nullable=False),
        sa.Column("unit_class", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("topic", sa.Text),
        sa.Column("secrecy", sa.Text, nullable=False),
        sa.Column("severity", sa.Text),
        sa.Column("occurred_at", INSTANT),
        sa.Column("occurrence_claims", JSONB, nullable=False),
        sa.Column("place", sa.Text),
        sa.Column("follows_report_id", sa.Uuid),
        sa.Column("assignment_id", sa.Uuid),
        sa.Column("sign_off", JSONB, nullable=False),
        sa.Column("content_hash", sa.Text, nullable=False),
        sa.Column("flags", JSONB, nullable=False),
        sa.Column("remarks", sa.Text),
        sa.Column("first_received_at", INSTANT, nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
    )
    op.create_index("reports_newest", "reports", ["first_received_at", "id"])
    op.create_index("reports_of_unit", "reports", ["unit_id", "first_received_at", "id"])
    op.create_index("reports_that_follow", "reports", ["follows_report_id"])
    op.create_table(
        "report_search",
        sa.Column("report_id", sa.Uuid, sa.ForeignKey("reports.id"), primary_key=True),
        sa.Column("terms", TSVECTOR, nullable=False),
    )
    op.create_index("report_search_terms", "report_search", ["terms"], postgresql_using="gin")


def _create_report_versions() -> None:
    op.create_table(
        "report_versions",
        sa.Column("receipt_number", sa.Text, primary_key=True),
        sa.Column("report_id", sa.Uuid, sa.ForeignKey("reports.id"), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("draft_id", sa.Uuid),
        sa.Column("content", JSONB, nullable=False),
        sa.Column("content_hash", sa.Text, nullable=False),
        sa.Column("sign_off", JSONB, nullable=False),
        sa.UniqueConstraint("report_id", "version", name="report_versions_in_order"),
    )
    op.create_index("report_versions_received", "report_versions", ["received_at", "kind"])
