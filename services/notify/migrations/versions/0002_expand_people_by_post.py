"""Expand: people are found by the posts they hold, by an index."""

from __future__ import annotations

from alembic import op

revision = "notify_0002"
down_revision = "notify_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "people_by_post", "people", ["posts"], postgresql_using="gin", postgresql_ops={"posts": "jsonb_path_ops"}
    )


def downgrade() -> None:
    op.drop_index("people_by_post", "people")
