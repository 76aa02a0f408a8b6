"""Evidence: lanes, their chained entries, and signed checkpoints (expand)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002_kernel_evidence"
down_revision = "0001_kernel_messages"
branch_labels = None
depends_on = None

LANES = 16


def upgrade() -> None:
    _lanes()
    _entries()
    _checkpoints()


def _lanes() -> None:
    lanes = op.create_table(
        "evidence_lanes",
        sa.Column("lane", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        _text("hash"),
    )
    op.bulk_insert(lanes, [{"lane": lane, "number": 0, "hash": "0" * 64} for lane in range(LANES)])


def _entries() -> None:
    op.create_table(
        "evidence_entries",
        sa.Column("lane", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _text("principal_id"),
        _text("principal_name"),
        _text("principal_key"),
        _text("principal_token_hash"),
        _text("act"),
        _text("subject"),
        sa.Column("version", sa.BigInteger),
        _text("detail"),
        _text("previous"),
        _text("hash"),
        _text("key_id"),
        _text("signature"),
    )
    op.create_index("evidence_entries_subject", "evidence_entries", ["subject"])


def _checkpoints() -> None:
    op.create_table(
        "evidence_checkpoints",
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _text("heads"),
        _text("previous"),
        _text("root"),
        _text("key_id"),
        _text("signature"),
    )


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def downgrade() -> None:
    for table in ("evidence_checkpoints", "evidence_entries", "evidence_lanes"):
        op.drop_table(table)
