"""Fixtures: real servers of our own, one of each a test session, and a fresh database or virtual host per test."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from deploy.postgres import EmbeddedPostgres
from deploy.rabbitmq import OwnRabbitMQ
from kernel.bus.schema import create_bus
from kernel.migrate import upgrade

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = {
    "gateway": ROOT / "gateway",
    **{name: ROOT / "services" / name for name in ("intake", "review", "scoring", "notify")},
}
NewDatabase = Callable[[str], str]
_numbers = count(1)


@pytest.fixture(scope="session")
def servers_folder() -> Iterator[Path]:
    """A folder that the database's user may enter, gone after the session."""
    folder = Path(tempfile.mkdtemp(prefix="chengbao-test-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgres(servers_folder: Path) -> Iterator[EmbeddedPostgres]:
    """A running PostgreSQL that flushes like the product's."""
    server = EmbeddedPostgres(servers_folder / "postgres", settings={"max_connections": "300"})
    server.start()
    yield server
    server.stop()


@pytest.fixture
def new_database(postgres: EmbeddedPostgres) -> Iterator[NewDatabase]:
    """`new_database("review") -> url`: an empty database of its own at each call, dropped after the test."""
    names: list[str] = []

    def create(service: str) -> str:
        names.append(f"{service}_{next(_numbers)}")
        return postgres.create_database(names[-1], owner=f"test_{service}")

    yield create
    drop_databases(postgres, names)


@pytest.fixture
def migrated_database(postgres: EmbeddedPostgres, _templates: dict[str, str]) -> Iterator[NewDatabase]:
    """`migrated_database("review") -> url`: like `new_database`, with the service's tables (copied, so it is quick)."""
    names: list[str] = []

    def create(service: str) -> str:
        if service not in _templates:
            _templates[service] = f"template_{service}"
            upgrade(postgres.create_database(_templates[service], owner=f"test_{service}"), FOLDERS[service])
        names.append(f"{service}_{next(_numbers)}")
        return postgres.create_database(names[-1], owner=f"test_{service}", template=_templates[service])

    yield create
    drop_databases(postgres, names)


@pytest.fixture(scope="session")
def _templates() -> dict[str, str]:
    return {}


@pytest.fixture(scope="session")
def rabbitmq(servers_folder: Path) -> Iterator[OwnRabbitMQ]:
    """A running RabbitMQ; tests share it, each in a virtual host of its own (`rabbitmq.add_virtual_host`)."""
    broker = OwnRabbitMQ(servers_folder / "rabbitmq")
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture(params=["pgbus", "amqp"])
def broker_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of an empty bus: the test runs once on the embedded one and once on RabbitMQ."""
    if request.param == "pgbus":
        yield _embedded_bus(request.getfixturevalue("new_database"))
    else:
        broker: OwnRabbitMQ = request.getfixturevalue("rabbitmq")
        name = f"test{next(_numbers)}"
        yield broker.add_virtual_host(name)
        broker.delete_virtual_host(name)


@pytest.fixture
def pgbus_url(new_database: NewDatabase) -> str:
    """The address of an empty embedded bus."""
    return _embedded_bus(new_database)


@pytest.fixture
def amqp_url(rabbitmq: OwnRabbitMQ) -> Iterator[str]:
    """The address of an empty virtual host of RabbitMQ."""
    name = f"test{next(_numbers)}"
    yield rabbitmq.add_virtual_host(name)
    rabbitmq.delete_virtual_host(name)


def _embedded_bus(new_database: NewDatabase) -> str:
    url = new_database("bus").replace("postgresql://", "pgbus://", 1)
    create_bus(url)
    return url


def drop_databases(postgres: EmbeddedPostgres, names: list[str]) -> None:
    """Drop databases together with whatever is still connected to them."""
    with psycopg.connect(postgres.admin_url, autocommit=True) as admin:
        for name in names:
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
