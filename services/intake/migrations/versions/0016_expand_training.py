"""Expand: trainings of information staff and who took part; phone, fax and address of a unit's office."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "intake_0016"
down_revision = "intake_0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("phone", "fax", "duty_address"):
        op.add_column("units", sa.Column(name, sa.Text))
    op.create_table(
        "trainings",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("hours", sa.Numeric(5, 1), nullable=False),
        sa.Column("organiser_id", sa.Uuid, sa.ForeignKey("units.id"), nullable=False),
        sa.Column("organiser_name", sa.Text, nullable=False),
        sa.Column("recorded_by", sa.Text, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_index("trainings_by_day", "trainings", ["day", "id"])
    op.create_table(
        "training_attendances",
        sa.Column("training_id", sa.Uuid, sa.ForeignKey("trainings.id"), primary_key=True),
        sa.Column("person_id", sa.Uuid, sa.ForeignKey("people.id"), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("unit_id", sa.Uuid, sa.ForeignKey("units.id"), nullable=False),
        sa.Column("unit_name", sa.Text, nullable=False),
    )
    op.create_index("attendances_of_person", "training_attendances", ["person_id"])
    op.create_index("attendances_of_unit", "training_attendances", ["unit_id"])
