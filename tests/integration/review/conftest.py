"""The city's desk on one database, emptied before each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import psycopg
import pytest

from deploy.postgres import EmbeddedPostgres
from kernel.audit.evidence import Evidence
from kernel.outbox import kernel_metadata
from kernel.testing import ServiceHarness, SettableClock, keyring_for
from services.review.model.base import Base
from services.review.service import ReviewService
from tests.factories.review import NOW, ReviewOffice


@pytest.fixture(scope="session")
def _desk(postgres: EmbeddedPostgres) -> Iterator[ServiceHarness]:
    """The service, migrated once: making a database for each test would take most of the time."""
    url = postgres.create_database("review_desk", owner="test_review")
    with psycopg.connect(postgres.admin_url, autocommit=True) as admin:
        # No test here pulls the plug; waiting for the disk would be most of the time.
        admin.execute("ALTER DATABASE review_desk SET synchronous_commit = off")
    harness = ServiceHarness(ReviewService, url, SettableClock(NOW), evidence=Evidence(keyring_for("review")))
    with harness.database.engine.begin() as connection:
        # Append-only, but for the sake of these tests it is emptied.
        connection.exec_driver_sql("ALTER TABLE finished_office_steps DISABLE TRIGGER USER")
    yield harness
    harness.close()


@pytest.fixture
def new_office(_desk: ServiceHarness) -> Callable[[], ReviewOffice]:
    """`new_office()`: an empty desk that knows its units; what an earlier one held is gone."""

    def create() -> ReviewOffice:
        _empty(_desk)
        _desk.clock.at = NOW
        office = ReviewOffice(_desk)
        office.know_units()
        return office

    return create


@pytest.fixture
def office(new_office: Callable[[], ReviewOffice]) -> ReviewOffice:
    """A desk at work."""
    return new_office()


def _empty(harness: ServiceHarness) -> None:
    """Delete all rows but the evidence, which is append-only."""
    tables = [*reversed(Base.metadata.sorted_tables), *reversed(kernel_metadata.sorted_tables)]
    with harness.database.engine.begin() as connection:
        for table in tables:
            if not table.name.startswith("evidence"):
                connection.execute(table.delete())
