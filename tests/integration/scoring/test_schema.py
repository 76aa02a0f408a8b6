from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

import services.scoring
from kernel.database import make_engine
from kernel.migrate import upgrade
from services.scoring.metrics import FIGURES
from services.scoring.model.base import Base
from tests.factories.scoring_office import ScoringOffice


def test_models_and_migrations_are_the_same(new_database: Callable[[str], str]) -> None:
    url = new_database("scoring")
    upgrade(url, Path(services.scoring.__file__).parent)
    engine = make_engine(url, pool_size=1)

    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_name": lambda name, kind, _: kind != "table" or name in Base.metadata.tables}
        )
        differences = compare_metadata(context, Base.metadata)
    engine.dispose()

    assert differences == []


def test_R25_figures_are_read_from_ledger_and_bulletins(office: ScoringOffice) -> None:
    office.adopt(office.water)
    office.issue("2026-11")

    with office.harness.database.reading() as session:
        figures = {figure.name: list(figure.read(session, office.clock.now())) for figure in FIGURES}

    assert figures == {
        "chengbao_ledger_entries": [(("adoption.city", "posting"), 1)],
        "chengbao_ledger_points": [((), 6.0)],
        "chengbao_bulletins_issued": [(("month",), 1), (("quarter",), 0), (("year",), 0)],
    }


def test_R19_default_rules_are_loaded_by_the_timed_job(office: ScoringOffice) -> None:
    office.harness.run_job("load default rules")

    assert office.rules() == ["six", "2008-1"]
