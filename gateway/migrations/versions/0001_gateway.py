"""The gateway's tables: directory, accounts, sessions, clients, grants, receipts, keys, watermark (expand)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "gateway_0001"
down_revision = None
branch_labels = ("gateway",)
depends_on = None


def upgrade() -> None:
    _directory()
    _accounts()
    _clients()
    _grants()
    _receipts()
    _progress()
    _acceptance()


def _instant(name: str, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _version() -> sa.Column[object]:
    return sa.Column("version", sa.Integer, nullable=False, server_default=sa.text("1"))


def _flag(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.Boolean, nullable=False, server_default=sa.text("false"))


def _directory() -> None:
    op.create_table(
        "units",
        sa.Column("unit_id", sa.Uuid, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("unit_class", sa.Text, nullable=False),
        sa.Column("parent_id", sa.Uuid),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_to", sa.Date),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_table(
        "people",
        sa.Column("person_id", sa.Uuid, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("unit_id", sa.Uuid, nullable=False),
        sa.Column("posts", JSONB, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )


def _accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("account_id", sa.Uuid, primary_key=True),
        sa.Column("login", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("password_hash", sa.Text, nullable=False),
        _flag("disabled"),
        sa.Column("failures", sa.Integer, nullable=False, server_default=sa.text("0")),
        _instant("locked_until", nullable=True),
        _instant("created_at"),
        _version(),
    )
    op.create_index("uq_accounts_login", "accounts", ["login"], unique=True)
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.LargeBinary, primary_key=True),
        sa.Column("account_id", sa.Uuid, sa.ForeignKey("accounts.account_id"), nullable=False),
        _instant("created_at"),
        _instant("used_at"),
        _instant("expires_at"),
    )
    op.create_index("ix_sessions_account_id", "sessions", ["account_id"])
    op.create_index("ix_sessions_expires_at", "sessions", ["expires_at"])


def _clients() -> None:
    op.create_table(
        "clients",
        sa.Column("client_id", sa.Uuid, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("unit_id", sa.Uuid, nullable=False),
        sa.Column("token_hash", sa.LargeBinary, nullable=False),
        _flag("attested"),
        _flag("disabled"),
        _instant("created_at"),
        _version(),
    )
    op.create_index("uq_clients_token_hash", "clients", ["token_hash"], unique=True)


def _grants() -> None:
    op.create_table(
        "grants",
        sa.Column("grant_id", sa.Uuid, primary_key=True),
        sa.Column("account_id", sa.Uuid, sa.ForeignKey("accounts.account_id"), nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("proposed_by", sa.Uuid, nullable=False),
        sa.Column("proposed_by_name", sa.Text, nullable=False),
        _instant("proposed_at"),
        sa.Column("decided_by", sa.Uuid),
        sa.Column("decided_by_name", sa.Text),
        _instant("decided_at", nullable=True),
        _version(),
    )
    op.create_index(
        "uq_grants_account_id_role", "grants", ["account_id", "role"], unique=True,
        postgresql_where=sa.text("state IN ('proposed', 'approved')"),
    )


def _receipts() -> None:
    op.execute(sa.schema.CreateSequence(sa.Sequence("receipt_numbers")))
    op.create_table(
        "receipts",
        sa.Column("number", sa.Text, primary_key=True),
        sa.Column("report_id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("unit_id", sa.Uuid, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("severity", sa.Text),
        _instant("received_at"),
        sa.Column("clock_held", sa.Boolean, nullable=False),
        sa.Column("content", JSONB, nullable=False),
        sa.Column("content_hash", sa.Text, nullable=False),
        sa.Column("sign_off", JSONB, nullable=False),
        sa.Column("draft_id", sa.Uuid),
        sa.Column("draft_version", sa.Integer),
        sa.Column("accepted_for", sa.Text, nullable=False),
        sa.Column("event_id", sa.Uuid, nullable=False),
        sa.Column("document", JSONB, nullable=False),
    )
    _unique("uq_receipts_report_id_version", ["report_id", "version"])
    _unique("uq_receipts_draft_id", ["draft_id"], where="version = 1")
    _unique("uq_receipts_draft_id_draft_version", ["draft_id", "draft_version"])
    _unique("ix_receipts_event_id", ["event_id"])
    op.create_index("ix_receipts_received_at", "receipts", ["received_at"])
    op.create_index("ix_receipts_unit_id_number", "receipts", ["unit_id", "number"])


def _unique(name: str, columns: list[str], where: str | None = None) -> None:
    op.create_index(name, "receipts", columns, unique=True, postgresql_where=sa.text(where) if where else None)


def _progress() -> None:
    op.create_table(
        "receipt_progress",
        sa.Column("number", sa.Text, primary_key=True),
        _instant("registered_at", nullable=True),
        _instant("queued_at", nullable=True),
        sa.Column("seen_by", sa.Text),
        _instant("seen_at", nullable=True),
        sa.Column("decision", sa.Text),
        _instant("decided_at", nullable=True),
        sa.Column("decision_version", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("remarks", sa.Text),
    )


def _acceptance() -> None:
    op.create_table(
        "idempotency_keys",
        sa.Column("scope", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("request_hash", sa.Text, nullable=False),
        sa.Column("response", sa.LargeBinary, nullable=False),
        sa.Column("number", sa.Text, nullable=False),
    )
    op.create_table(
        "watermark",
        sa.Column("one", sa.SmallInteger, sa.CheckConstraint("one = 1", name="watermark_one_row"), primary_key=True),
        _instant("up_to"),
        sa.Column("accepted_total", sa.BigInteger, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: receipts must not be dropped")
