"""One bus for all tests of a file; each test removes the queues it declared."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from deploy.postgres import EmbeddedPostgres
from deploy.rabbitmq import OwnRabbitMQ
from kernel.bus.schema import create_bus
from tests.integration.bus.client import Client


@pytest.fixture(scope="module", params=["pgbus", "amqp"])
def bus_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a bus shared by the tests of a file: quicker than an empty one (`broker_url`) for each."""
    name = request.module.__name__.rpartition(".")[2]
    if request.param == "pgbus":
        server: EmbeddedPostgres = request.getfixturevalue("postgres")
        url = server.create_database(f"bus_{name}", owner="test_bus").replace("postgresql://", "pgbus://", 1)
        create_bus(url)
        yield url
    else:
        broker: OwnRabbitMQ = request.getfixturevalue("rabbitmq")
        yield broker.add_virtual_host(name)
        broker.delete_virtual_host(name)


@pytest.fixture
def client(bus_url: str) -> Iterator[Client]:
    with Client(bus_url) as client:
        yield client
    client.remove_queues()
