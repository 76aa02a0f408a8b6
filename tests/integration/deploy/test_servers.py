"""The servers that embedded mode and full mode bring along."""

from __future__ import annotations

from pathlib import Path

import kombu
import psycopg
import pytest

from deploy.postgres import EmbeddedPostgres
from deploy.rabbitmq import OwnRabbitMQ
from tests.support.servers import NewDatabase


def test_a_database_has_a_login_of_its_own_that_opens_no_other(new_database: NewDatabase) -> None:
    review, intake = new_database("review"), new_database("intake")
    other = intake.rpartition("/")[2]
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(review.rpartition("/")[0] + "/" + other)


def test_the_database_flushes_every_commit(new_database: NewDatabase) -> None:
    with psycopg.connect(new_database("review")) as connection:
        shown = [connection.execute(f"SHOW {name}").fetchone() for name in ("fsync", "synchronous_commit")]
    assert shown == [("on",), ("on",)]


def test_what_was_committed_is_there_after_a_kill(servers_folder: Path) -> None:
    server = EmbeddedPostgres(servers_folder / "killed")
    server.start()
    url = server.create_database("ledger", owner="keeper")
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE entry AS SELECT 1 AS number")
    server.kill()
    server.start()
    with psycopg.connect(server.database_url("ledger", "keeper")) as connection:
        assert connection.execute("SELECT number FROM entry").fetchone() == (1,)
    server.stop()


def test_a_virtual_host_keeps_what_a_killed_broker_had_confirmed(servers_folder: Path) -> None:
    broker = OwnRabbitMQ(servers_folder / "killed-broker")
    broker.start()
    with kombu.Connection(broker.url, transport_options={"confirm_publish": True}) as connection:
        queue = connection.SimpleQueue("kept")
        queue.put({"number": 1})
        queue.close()
    broker.kill()
    broker.start()
    with kombu.Connection(broker.url) as connection:
        queue = connection.SimpleQueue("kept")
        message = queue.get(timeout=30)
        message.ack()
        queue.close()
    broker.stop()
    assert message.payload == {"number": 1}


def test_a_bus_is_empty_and_reachable(broker_url: str) -> None:
    if broker_url.startswith("pgbus"):
        with psycopg.connect(broker_url.replace("pgbus", "postgresql", 1)) as connection:
            assert connection.execute("SELECT count(*) FROM bus.message").fetchone() == (0,)
    else:
        with kombu.Connection(broker_url) as connection:
            assert connection.connected or connection.connect()
