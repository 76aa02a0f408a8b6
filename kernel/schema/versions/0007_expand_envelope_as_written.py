"""Envelopes of the outbox are kept as they were written: the relay reads each once and nobody asks inside of them.

The table is rewritten, some 4 s for 100,000 events, and whoever writes events waits: stop the old version first.
Earlier versions write documents (jsonb), which PostgreSQL assigns to the column as text. They also kept every watermark
(two every two seconds), sent and handled: these go first.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0007_expand_envelope_as_written"
down_revision = "0006_expand_refused_attempts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DELETE FROM outbox WHERE sent AND type IN ('watermark.advanced', 'registration.advanced')")
    op.execute("DELETE FROM inbox WHERE type IN ('watermark.advanced', 'registration.advanced')")
    op.alter_column("outbox", "envelope", type_=sa.JSON, postgresql_using="envelope::json")


def downgrade() -> None:
    op.alter_column("outbox", "envelope", type_=JSONB, postgresql_using="envelope::jsonb")
