"""A service's database with nothing but the kernel's tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kernel.database import Database
from kernel.outbox import kernel_metadata
from kernel.principal import Keyring
from tests.factories.deadline_office import HandClock, Office
from tests.factories.deadlines import OCCURRED


@pytest.fixture(scope="module")
def database(new_database: Callable[[str], str]) -> Iterator[Database]:
    clock = HandClock(OCCURRED)
    keyring = Keyring("intake", Ed25519PrivateKey.generate(), {})
    database = Database(new_database("deadlines"), service="intake", clock=clock, keyring=keyring)
    kernel_metadata.create_all(database.engine)
    yield database
    database.close()


@pytest.fixture
def office(database: Database) -> Office:
    assert isinstance(database.clock, HandClock)
    database.clock.at = OCCURRED
    with database.engine.begin() as connection:
        connection.exec_driver_sql("TRUNCATE deadlines, deadline_thresholds")
    return Office(database, database.clock)
