"""One gateway for all tests here, emptied before each: making a schema costs more than a test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from deploy.postgres import EmbeddedPostgres
from tests.factories.gateway_office import Office
from tests.support.servers import drop_databases

NAME = "gateway_office"


@pytest.fixture(scope="session")
def shared_office(postgres: EmbeddedPostgres) -> Iterator[Office]:
    """The gateway itself; tests take `office`."""
    made = Office(postgres.create_database(NAME, owner="test_gateway"))
    yield made
    made.close()
    drop_databases(postgres, [NAME])


@pytest.fixture
def office(shared_office: Office) -> Office:
    """A gateway with one district and nothing else."""
    shared_office.reset()
    return shared_office
