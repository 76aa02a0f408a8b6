"""An act in few round trips keeps the promises of any other: all or nothing, and errors as everybody knows them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from kernel.database import Database
from kernel.principal import system_principal
from kernel.swift import swift_work
from kernel.testing import SettableClock, keyring_for
from kernel.troubles import Trouble, trouble_of
from tests.support.servers import NewDatabase

WHO = system_principal("intake")
LOCK, ADD = "SELECT pg_advisory_xact_lock(1)", "INSERT INTO notes VALUES (%(id)s)"
COUNT = text("SELECT count(*) FROM notes")
END_ME = "SELECT pg_terminate_backend(pg_backend_pid())"


@pytest.fixture
def woken() -> list[int]:
    return []


@pytest.fixture
def database(new_database: NewDatabase, woken: list[int]) -> Iterator[Database]:
    made = Database(
        new_database("swift"), service="intake", clock=SettableClock(), keyring=keyring_for("intake"), pool_size=1,
        wake=lambda: woken.append(1),
    )
    with made.engine.begin() as connection:
        connection.execute(text("CREATE TABLE notes (id integer PRIMARY KEY)"))
    yield made
    made.close()


def notes(database: Database) -> int:
    """How many there are, read on the one pooled connection, which must be a usual one again."""
    with database.reading() as session:
        return int(session.scalar(COUNT) or 0)


def add(database: Database, number: int) -> None:
    with swift_work(database, WHO) as work:
        work.begin(LOCK)
        work.conclude(ADD, {"id": number})


def add_after(database: Database, statements: str, number: int) -> None:
    with swift_work(database, WHO) as work:
        work.begin(statements)
        work.conclude(ADD, {"id": number})


def be_ended_while_reading(database: Database) -> None:
    with swift_work(database, WHO) as work:
        work.begin(ADD % {"id": 1})
        work.first(END_ME, {})


def test_what_is_concluded_is_kept_and_wakes_the_relay(database: Database, woken: list[int]) -> None:
    add(database, 1)

    assert (notes(database), woken) == (1, [1])


def test_what_is_not_concluded_leaves_nothing_behind(database: Database, woken: list[int]) -> None:
    with swift_work(database, WHO) as work:
        work.begin(LOCK)
        work.first(f"{ADD} RETURNING id", {"id": 1})

    assert (notes(database), woken) == (0, [])
    with psycopg.connect(database.url) as other:
        assert other.execute("SELECT pg_try_advisory_xact_lock(1)").fetchone() == (True,)


def test_a_statement_that_fails_is_told_as_by_a_session_and_undoes_the_act(database: Database) -> None:
    add(database, 1)

    with pytest.raises(DBAPIError) as refused:
        add_after(database, ADD % {"id": 2}, 1)

    assert trouble_of(refused.value) is Trouble.RACE
    assert notes(database) == 1


def test_a_lock_that_does_not_come_is_told_as_such(database: Database) -> None:
    with psycopg.connect(database.url) as other:
        other.execute(LOCK)
        with pytest.raises(DBAPIError) as refused:
            add_after(database, f"SET LOCAL lock_timeout = '50ms'; {LOCK}", 1)

    assert trouble_of(refused.value) is Trouble.LOCKED
    assert notes(database) == 0


@pytest.mark.parametrize("ended", [lambda database: add_after(database, END_ME, 1), be_ended_while_reading])
def test_a_connection_lost_in_the_middle_is_told_as_such_and_replaced(
    database: Database, ended: Callable[[Database], None]
) -> None:
    with pytest.raises(DBAPIError) as refused:
        ended(database)

    assert trouble_of(refused.value) is Trouble.AWAY
    add(database, 2)
    assert notes(database) == 1


def test_a_server_that_cannot_be_reached_is_told_as_such() -> None:
    nowhere = "postgresql://nobody:x@127.0.0.1:1/none"
    database = Database(nowhere, service="intake", clock=SettableClock(), keyring=keyring_for("intake"))

    with pytest.raises(DBAPIError) as refused:
        add(database, 1)

    assert trouble_of(refused.value) is Trouble.AWAY
