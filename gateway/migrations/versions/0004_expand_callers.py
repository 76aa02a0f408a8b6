"""Expand: what API clients may do, their earlier token, usage and trial receipts; sign-in in two steps, sessions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "gateway_0004"
down_revision = "gateway_0002"
branch_labels = None
depends_on = None

ALL_SCOPES = "{submit,drafts,read_reports,read_receipts,assignments,timeliness,results,directory,webhooks}"
"""What a client could do before there were scopes: everything; the default also serves processes of the old code."""


def upgrade() -> None:
    _clients()
    _usage()
    _trials()


def _instant(name: str, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _clients() -> None:
    for column in (
        sa.Column("scopes", ARRAY(sa.Text), nullable=False, server_default=sa.text(f"'{ALL_SCOPES}'")),
        sa.Column("networks", ARRAY(sa.Text), nullable=False, server_default=sa.text("'{}'")),
        sa.Column("per_minute", sa.Integer),
        sa.Column("trial", sa.Boolean, nullable=False, server_default=sa.text("false")),
        sa.Column("token_prefix", sa.Text),
        _instant("token_used_at"),
        sa.Column("earlier_hash", sa.LargeBinary),
        sa.Column("earlier_prefix", sa.Text),
        _instant("earlier_until"),
        _instant("earlier_used_at"),
    ):
        op.add_column("clients", column)
    op.create_index("uq_clients_earlier_hash", "clients", ["earlier_hash"], unique=True)


def _usage() -> None:
    op.create_table(
        "client_usage",
        sa.Column("client_id", sa.Uuid, primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("route", sa.Text, primary_key=True),
        sa.Column("status", sa.SmallInteger, primary_key=True),
        sa.Column("requests", sa.BigInteger, nullable=False),
    )


def _trials() -> None:
    op.execute(sa.schema.CreateSequence(sa.Sequence("trial_numbers")))
    op.create_table(
        "trial_receipts",
        sa.Column("number", sa.Text, primary_key=True),
        sa.Column("client_id", sa.Uuid, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("request_hash", sa.Text, nullable=False),
        _instant("received_at", nullable=False),
        sa.Column("document", JSONB, nullable=False),
        sa.Column("response", sa.LargeBinary, nullable=False),
    )
    op.create_index("uq_trial_receipts_client_id_key", "trial_receipts", ["client_id", "key"], unique=True)
    op.create_index("ix_trial_receipts_received_at", "trial_receipts", ["received_at"])
