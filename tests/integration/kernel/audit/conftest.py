"""An archive of evidence for a whole module; forgeries are rolled back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from deploy.postgres import EmbeddedPostgres
from tests.factories.evidence import Archive, grown_archive
from tests.support.servers import drop_databases


@pytest.fixture(scope="module")
def archive(postgres: EmbeddedPostgres) -> Iterator[Archive]:
    archive = grown_archive(postgres.create_database("evidence", owner="test_gateway"))
    yield archive
    archive.database.close()
    drop_databases(postgres, ["evidence"])
