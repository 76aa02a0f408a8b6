"""The migrations make exactly the tables that the model describes."""

from __future__ import annotations

import importlib
import json
from datetime import timedelta
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from services.intake.model.base import intake_metadata
from services.intake.model.occurrences import load_occurrences
from services.intake.service import IntakeService
from tests.factories.intake import OCCURRED, AcceptedFactory, ContentFactory, PersonFactory
from tests.integration.intake.conftest import Office

MOVED = importlib.import_module("services.intake.migrations.versions.0003_expand_occurrence")


def test_models_and_migrations_agree(office: Office) -> None:
    assert IntakeService.name  # its import maps every table
    with office.harness.database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": _ours, "compare_type": True})
        assert compare_metadata(context, intake_metadata) == []


def _ours(name: str | None, kind: str, parents: Any) -> bool:
    return kind != "table" or name in intake_metadata.tables


def test_R04_times_claimed_before_there_were_statements_become_statements(office: Office) -> None:
    draft = office.save(ContentFactory.urgent(), PersonFactory.officer())
    office.accept(accepted := AcceptedFactory.urgent_in_time())
    claims = json.dumps([OCCURRED.isoformat(), (OCCURRED - timedelta(hours=1)).isoformat()])
    with office.harness.database.engine.begin() as connection:
        connection.execute(text("DELETE FROM occurrence_statements"))
        for table in ("drafts", "reports"):
            connection.execute(text(f"UPDATE {table} SET occurrence_claims = :claims"), {"claims": claims})
        for statement in (MOVED._CLAIMS_OF_DRAFTS, MOVED._CLAIMS_OF_REPORTS):
            connection.exec_driver_sql(statement)
    with office.harness.database.reading() as session:
        found = load_occurrences(session, [draft.draft_id, accepted.report_id])
        told = [(each.occurred_at, each.statements[0].stated_by_name) for each in found.values()]
    assert told == [(OCCURRED - timedelta(hours=1), name) for name in ("李明", "赵强")]
