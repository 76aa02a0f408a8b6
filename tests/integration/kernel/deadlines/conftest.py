"""A service's database with nothing but the kernel's tables."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from deploy.postgres import EmbeddedPostgres
from kernel.database import Database
from kernel.outbox import kernel_metadata
from kernel.principal import Keyring
from tests.factories.deadline_office import HandClock, Office
from tests.factories.deadlines import OCCURRED
from tests.support.servers import drop_databases


@pytest.fixture(scope="module")
def database(postgres: EmbeddedPostgres) -> Iterator[Database]:
    keyring = Keyring("intake", Ed25519PrivateKey.generate(), {})
    url = postgres.create_database("deadlines", owner="test_intake")
    database = Database(url, service="intake", clock=HandClock(OCCURRED), keyring=keyring)
    kernel_metadata.create_all(database.engine)
    yield database
    database.close()
    drop_databases(postgres, ["deadlines"])


@pytest.fixture
def office(database: Database) -> Office:
    assert isinstance(database.clock, HandClock)
    database.clock.at = OCCURRED
    with database.engine.begin() as connection:
        connection.exec_driver_sql("TRUNCATE deadlines, deadline_thresholds")
    return Office(database, database.clock)
