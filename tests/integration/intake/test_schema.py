"""The migrations make exactly the tables that the model describes."""

from __future__ import annotations

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from services.intake.model.base import intake_metadata
from services.intake.service import IntakeService
from tests.integration.intake.conftest import Office


def test_models_and_migrations_agree(office: Office) -> None:
    assert IntakeService.name  # its import maps every table
    with office.harness.database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": _ours, "compare_type": True})
        assert compare_metadata(context, intake_metadata) == []


def _ours(name: str | None, kind: str, parents: Any) -> bool:
    return kind != "table" or name in intake_metadata.tables
