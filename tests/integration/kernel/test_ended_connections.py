"""A pooled connection that the server has ended is noticed when it is taken, not by the act that takes it."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import text

from deploy.processes import wait_until
from kernel.database import Database
from kernel.principal import system_principal
from kernel.testing import SettableClock, keyring_for
from tests.support.servers import NewDatabase

OWN = text("SELECT pg_backend_pid()")
ALIVE = "SELECT count(*) FROM pg_stat_activity WHERE pid = ANY(%s)"


@pytest.fixture
def database(new_database: NewDatabase) -> Iterator[Database]:
    made = Database(new_database("ended"), service="intake", clock=SettableClock(), keyring=keyring_for("intake"))
    with made.engine.begin() as connection:
        connection.execute(text("CREATE TABLE notes (id integer)"))
    yield made
    made.close()


def pooled(database: Database, how_many: int) -> list[int]:
    """Process ids of so many connections that lie in the pool now."""
    connections = [database.engine.connect() for _ in range(how_many)]
    pids = [connection.scalar(OWN) for connection in connections]
    for connection in connections:
        connection.close()
    return pids


def end(database: Database, pids: list[int]) -> None:
    """As a restart of the server does."""
    with psycopg.connect(database.url, autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(pid) FROM unnest(%s::int[]) pid", (pids,))
        assert wait_until(lambda: connection.execute(ALIVE, (pids,)).fetchone() == (0,), 30)


def test_the_next_act_takes_place_on_a_new_connection(database: Database) -> None:
    ended = pooled(database, 3)
    end(database, ended)

    for _ in ended:
        with database.work(system_principal("intake")) as work:
            work.session.execute(text("INSERT INTO notes SELECT pg_backend_pid()"))

    with database.glancing() as session:
        taken = session.scalars(text("SELECT id FROM notes")).all()
    assert len(taken) == len(ended)
    assert not {*taken} & {*ended}


def test_a_connection_is_not_used_between_the_farewell_and_its_end(database: Database) -> None:
    with psycopg.connect(database.url, autocommit=True) as connection:
        for _ in range(40):  # the moment is short
            pids = pooled(database, 1)
            connection.execute("SELECT pg_terminate_backend(%s)", pids)
            while connection.execute(ALIVE, (pids,)).fetchone() != (0,):
                pass
            with database.glancing() as session:
                assert session.scalar(OWN) not in pids


def test_a_word_of_the_server_that_is_no_farewell_costs_no_connection(database: Database) -> None:
    with database.engine.connect() as connection:
        before = connection.scalar(OWN)
        connection.execute(text("LISTEN ended"))
        connection.commit()
    with psycopg.connect(database.url, autocommit=True) as other:
        other.execute("NOTIFY ended")

    with database.glancing() as session:
        assert session.scalar(OWN) == before
