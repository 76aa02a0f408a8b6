"""Bringing a database to the newest schema."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.exc import DBAPIError

import kernel.audit.checkpoints
import kernel.audit.declarations
import kernel.audit.evidence
import kernel.deadlines.model
import kernel.tables  # noqa: F401
from kernel.database import make_engine
from kernel.migrate import upgrade
from kernel.outbox import kernel_metadata

NOWHERE = Path("/nonexistent")


def test_models_and_migrations_of_the_kernel_say_the_same(new_database: Callable[[str], str]) -> None:
    url = new_database("toy")
    upgrade(url, NOWHERE)
    engine = make_engine(url, pool_size=1)

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": False})
        differences = compare_metadata(context, kernel_metadata)
    engine.dispose()

    assert differences == []


def test_processes_that_start_at_once_migrate_once(new_database: Callable[[str], str]) -> None:
    url = new_database("toy")

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: upgrade(url, NOWHERE), range(4)))

    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT count(*) FROM alembic_version").fetchone() is not None
        assert connection.execute("SELECT count(*) FROM outbox").fetchone() == (0,)


def test_a_migration_that_fails_leaves_nothing_behind(new_database: Callable[[str], str], tmp_path: Path) -> None:
    versions = tmp_path / "migrations" / "versions"
    versions.mkdir(parents=True)
    (versions / "0001_broken.py").write_text(
        "from alembic import op\nrevision = '0001_broken'\ndown_revision = None\nbranch_labels = ('broken',)\n"
        "def upgrade():\n    op.execute('CREATE TABLE half (id int)')\n    op.execute('nonsense')\n"
    )
    url = new_database("toy")

    with pytest.raises(DBAPIError):
        upgrade(url, tmp_path)

    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    assert found == (0,)


def test_old_code_leaves_a_newer_schema_as_it_is(new_database: Callable[[str], str]) -> None:
    url = new_database("toy")
    upgrade(url, NOWHERE)
    with psycopg.connect(url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'from_the_future'")

    upgrade(url, NOWHERE)

    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [("from_the_future",)]
