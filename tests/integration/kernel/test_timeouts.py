"""Nothing waits for ever: locks, statements and idle transactions of sessions and migrations are bounded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.errors import LockNotAvailable
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from kernel.connections import connect_database
from kernel.database import make_engine
from kernel.migrate import upgrade

LIMITS = ("lock_timeout", "statement_timeout")
MIGRATION = """
from alembic import op
revision, down_revision, branch_labels = "0001_expand_toy", None, ("toy",)
def upgrade():
    limits = "current_setting('lock_timeout') a, current_setting('statement_timeout') b"
    op.execute(f"CREATE TABLE limits AS SELECT {limits}")
    op.execute("ALTER TABLE things ADD COLUMN more int")
"""


@pytest.fixture
def url(new_database: Callable[[str], str]) -> str:
    """A database with one table."""
    made = new_database("toy")
    with psycopg.connect(made) as connection:
        connection.execute("CREATE TABLE things (id int)")
    return made


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    """As every service has it."""
    made = make_engine(url, pool_size=1)
    yield made
    made.dispose()


@contextmanager
def _locked(url: str) -> Iterator[None]:
    """Somebody holds the table."""
    with psycopg.connect(url) as holder:
        holder.execute("LOCK TABLE things")
        yield
        holder.rollback()


def _folder(tmp_path: Path) -> Path:
    versions = tmp_path / "migrations" / "versions"
    versions.mkdir(parents=True)
    (versions / "0001_expand_toy.py").write_text(MIGRATION)
    return tmp_path


def test_sessions_of_services_have_limits(engine: Engine) -> None:
    with engine.connect() as connection:
        found = [connection.scalar(text(f"SHOW {name}")) for name in (*LIMITS, "idle_in_transaction_session_timeout")]
    assert found == ["5s", "15s", "1min"]


def test_connections_outside_the_pool_have_limits(url: str) -> None:
    with connect_database(url, "test") as connection:
        found: list[Any] = [connection.execute(f"SHOW {name}").fetchone() for name in LIMITS]
    assert found == [("5s",), ("15s",)]


def test_a_statement_that_waits_for_a_lock_gives_up(url: str, engine: Engine) -> None:
    with _locked(url), engine.connect() as connection, pytest.raises(OperationalError) as refused:
        connection.execute(text("SELECT * FROM things"))
    assert isinstance(refused.value.orig, LockNotAvailable)


def test_a_migration_has_limits_of_its_own(url: str, tmp_path: Path) -> None:
    upgrade(url, _folder(tmp_path))

    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT * FROM limits").fetchone() == ("5s", "5min")


def test_a_migration_that_meets_a_locked_table_gives_up_and_changes_nothing(url: str, tmp_path: Path) -> None:
    with _locked(url), pytest.raises(OperationalError) as refused:
        upgrade(url, _folder(tmp_path))

    assert isinstance(refused.value.orig, LockNotAvailable)
    with psycopg.connect(url) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    assert tables == [("things",)]
