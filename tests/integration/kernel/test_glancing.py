"""Reading with one statement outside a transaction: quick, and it leaves nothing behind on the connection."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from kernel.database import Database
from kernel.principal import system_principal
from kernel.testing import SettableClock, keyring_for
from tests.support.servers import NewDatabase

NOW = text("SELECT now()")
COUNT = text("SELECT count(*) FROM notes")


@pytest.fixture
def database(new_database: NewDatabase) -> Iterator[Database]:
    made = Database(
        new_database("glancing"), service="intake", clock=SettableClock(), keyring=keyring_for("intake"), pool_size=1
    )
    with made.engine.begin() as connection:
        connection.execute(text("CREATE TABLE notes (id integer)"))
    yield made
    made.close()


def test_each_statement_is_a_transaction_of_its_own(database: Database) -> None:
    with database.glancing() as session:
        first, second = session.scalar(NOW), session.scalar(NOW)

    assert first < second


def test_the_next_act_on_the_same_connection_is_a_transaction_again(database: Database) -> None:
    with database.glancing() as session:
        session.scalar(NOW)

    with pytest.raises(ZeroDivisionError):
        _begin_and_fail(database)

    with database.reading() as session:
        assert session.scalar(COUNT) == 0


def _begin_and_fail(database: Database) -> None:
    with database.work(system_principal("intake")) as work:
        work.session.execute(text("INSERT INTO notes VALUES (1)"))
        _ = 1 / 0
