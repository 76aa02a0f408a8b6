"""Expand: what API clients may do, their earlier token, usage and trial receipts; sign-in in two steps, sessions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "gateway_0005"
down_revision = "gateway_0004"
branch_labels = None
depends_on = None

ALL_SCOPES = "{submit,drafts,read_reports,read_receipts,assignments,timeliness,results,directory,webhooks}"
"""What a client could do before there were scopes: everything; the default also serves processes of the old code."""


def upgrade() -> None:
    _clients()
    _usage()
    _trials()
    _accounts()
    _sessions()


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


def _accounts() -> None:
    for column in (
        sa.Column("locks", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("code_secret", sa.LargeBinary),
        sa.Column("code_secret_offered", sa.LargeBinary),
        sa.Column("code_step", sa.BigInteger, nullable=False, server_default=sa.text("0")),
    ):
        op.add_column("accounts", column)
    op.create_table(
        "recovery_codes",
        sa.Column("account_id", sa.Uuid, sa.ForeignKey("accounts.account_id"), primary_key=True),
        sa.Column("code_hash", sa.LargeBinary, primary_key=True),
    )
    op.create_table(
        "address_failures",
        sa.Column("address", sa.Text, primary_key=True),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("locks", sa.Integer, nullable=False),
        _instant("locked_until"),
        _instant("failed_at", nullable=False),
    )


def _sessions() -> None:
    op.add_column(
        "sessions", sa.Column("session_id", sa.Uuid, nullable=False, server_default=sa.text("gen_random_uuid()"))
    )
    op.add_column("sessions", sa.Column("address", sa.Text))
    op.add_column("sessions", sa.Column("device", sa.Text))
    op.create_index("uq_sessions_session_id", "sessions", ["session_id"], unique=True)
