"""Expand: publications as data, places in an issue, comments, signatures, corrections, withdrawal, readings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "review_0008"
down_revision = "review_0007"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _publications()
    _issues()
    _composition()
    op.create_table(
        "issue_readings",
        sa.Column("issue_id", sa.Uuid, sa.ForeignKey("issues.issue_id"), primary_key=True),
        sa.Column("person_id", sa.Text, primary_key=True),
        sa.Column("person_name", sa.Text, nullable=False),
        sa.Column("unit_id", sa.Uuid),
        sa.Column("read_at", INSTANT, nullable=False),
    )


def _publications() -> None:
    for column in (
        sa.Column("kind", sa.Text, nullable=False, server_default="daily_digest"),
        sa.Column("head_text", sa.Text),
        sa.Column("issuing_body", sa.Text),
        sa.Column("numberings", JSONB, nullable=False, server_default="[]"),
        sa.Column("total_before", sa.Integer, nullable=False, server_default="0"),
        sa.Column("secrecy", sa.Text, nullable=False, server_default="unclassified"),
        sa.Column("item_limit", sa.Integer),
        sa.Column("distribution", JSONB, nullable=False, server_default="[]"),
        sa.Column("sign_off_chain", JSONB, nullable=False, server_default="[]"),
    ):
        op.add_column("publications", column)
    op.create_table(
        "running_numbers",
        sa.Column("publication_code", sa.Text, sa.ForeignKey("publications.code"), primary_key=True),
        sa.Column("series", sa.Text, primary_key=True),
        sa.Column("last", sa.Integer, nullable=False),
    )


def _issues() -> None:
    for column in (
        sa.Column("supplement", sa.Boolean, nullable=False, server_default="false"),
        sa.Column("total_number", sa.Integer),
        sa.Column("number_line", sa.Text),
        sa.Column("masthead", JSONB),
        sa.Column("distribution", JSONB),
        sa.Column("round", sa.Integer, nullable=False, server_default="1"),
        sa.Column("corrects_issue_id", sa.Uuid, sa.ForeignKey("issues.issue_id")),
        sa.Column("corrects_adoption_id", sa.Uuid),
        sa.Column("correction_reason", sa.Text),
        sa.Column("withdrawn_at", INSTANT),
        sa.Column("withdrawn_by", sa.Text),
        sa.Column("withdrawal_reason", sa.Text),
    ):
        op.add_column("issues", column)
    # A supplement counts for itself: its numbers may equal those of the issues beside it.
    op.drop_constraint("issues_one_per_number", "issues")
    op.create_unique_constraint("issues_one_per_number", "issues", ["publication_code", "year", "number", "supplement"])
    op.create_index(
        "issues_corrections", "issues", ["corrects_issue_id"], postgresql_where=sa.text("corrects_issue_id IS NOT NULL")
    )
    op.create_index("instructions_by_issue", "instructions", ["issue_id"])


def _composition() -> None:
    op.create_table(
        "issue_places",
        sa.Column("adoption_id", sa.Uuid, sa.ForeignKey("adoptions.adoption_id"), primary_key=True),
        sa.Column("issue_id", sa.Uuid, sa.ForeignKey("issues.issue_id"), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
    )
    op.create_index("issue_places_by_issue", "issue_places", ["issue_id"])
    op.create_table(
        "issue_comments",
        sa.Column("comment_id", sa.Uuid, primary_key=True),
        sa.Column("issue_id", sa.Uuid, sa.ForeignKey("issues.issue_id"), nullable=False),
        sa.Column("adoption_id", sa.Uuid, sa.ForeignKey("adoptions.adoption_id")),
        sa.Column("quote", sa.Text),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("text", "by_id", "by_name")),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("resolved_by", sa.Text),
        sa.Column("resolved_at", INSTANT),
        sa.Column("resolution", sa.Text),
    )
    op.create_index("issue_comments_by_issue", "issue_comments", ["issue_id", "at"])
    op.create_table(
        "issue_signatures",
        sa.Column("issue_id", sa.Uuid, sa.ForeignKey("issues.issue_id"), primary_key=True),
        sa.Column("round", sa.Integer, primary_key=True),
        sa.Column("step", sa.Integer, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("role", "signer_id", "signed_by", "content_hash")),
        sa.Column("signed_at", INSTANT, nullable=False),
    )
