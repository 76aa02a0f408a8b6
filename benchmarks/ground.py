"""What the rows stand on: a PostgreSQL and a RabbitMQ of our own, flushing like the product's, and empty tables."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from itertools import count
from pathlib import Path

import psycopg

import kernel.audit.entries
import kernel.audit.lanes
import kernel.tables  # noqa: F401  # each registers its tables
from contracts.events.gateway import ReportAccepted
from deploy.postgres import EmbeddedPostgres
from deploy.rabbitmq import OwnRabbitMQ
from kernel.bus.topology import apply
from kernel.database import make_engine
from kernel.outbox import kernel_metadata
from kernel.principal import Keyring

SERVICE = "counting"
EFFECTS = """
    CREATE TABLE effects (
      report_id uuid PRIMARY KEY, unit_id uuid NOT NULL, title text NOT NULL, received_at timestamptz NOT NULL,
      committed_at timestamptz NOT NULL DEFAULT clock_timestamp()
    )
"""
"""What consuming an event changes, on both sides."""


class Ground:
    """Servers started when first asked for, and databases with the kernel's tables; everything under `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._numbers = count(1)

    @cached_property
    def postgres(self) -> EmbeddedPostgres:
        server = EmbeddedPostgres(self.root / "postgres")
        server.start()
        return server

    @cached_property
    def rabbitmq(self) -> OwnRabbitMQ:
        broker = OwnRabbitMQ(self.root / "rabbitmq")
        broker.start()
        return broker

    @cached_property
    def keys(self) -> Path:
        """A folder with the keys of the gateway and of the consuming service."""
        folder = self.root / "keys"
        for name in ("gateway", SERVICE):
            Keyring.create(name, folder)
        return folder

    @property
    def log(self) -> Path:
        return self.root / "peers.log"

    def database(self) -> str:
        """A fresh database with the kernel's tables and one for effects."""
        url = self.empty_database()
        engine = make_engine(url)
        kernel_metadata.create_all(engine)
        engine.dispose()
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(EFFECTS)
        return url

    def empty_database(self) -> str:
        return self.postgres.create_database(f"bench_{next(self._numbers)}", owner="bench")

    def rabbit_bus(self) -> str:
        """A fresh virtual host with the queue of one consuming service."""
        return self._with_topology(self.rabbitmq.add_virtual_host(f"bench{next(self._numbers)}"))

    def embedded_bus(self) -> str:
        """The same on the bus in PostgreSQL."""
        return self._with_topology(self.empty_database().replace("postgresql://", "pgbus://", 1))

    def _with_topology(self, broker_url: str) -> str:
        apply(broker_url, {"bench": [ReportAccepted]}, {SERVICE: [ReportAccepted.TYPE]}, 1)
        return broker_url

    def stop(self) -> None:
        for name in ("rabbitmq", "postgres"):
            if name in self.__dict__:
                getattr(self, name).stop()


@contextmanager
def prepared(root: Path) -> Iterator[Ground]:
    """A ground under `root`, which is emptied before and removed afterwards."""
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    ground = Ground(root)
    try:
        yield ground
    finally:
        ground.stop()
        shutil.rmtree(root, ignore_errors=True)


def analyse(url: str) -> None:
    """Tidy tables before a round, so that both sides begin with the same ones and vacuum falls in neither."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
