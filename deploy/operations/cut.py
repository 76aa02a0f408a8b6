"""One cut through all databases: no effect without its cause, and every cause whose effect is missing still unsent
or to be sent again (docs/decisions/0045-one-cut-through-all-databases.md).

What one database knows of another comes by events (its inbox) and by commands (its stored replies) alone. While both
tables are locked against writing everywhere, no knowledge travels; snapshots taken meanwhile agree. The locks are held
for milliseconds, the snapshots as long as copying takes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager

import psycopg

from deploy.operations.installation import OperationFailed
from deploy.operations.operators import first_line

LOCK_TIMEOUT = "3s"
"""Longest wait for acts that are under way; shorter than the wait that acts behind us are given (kernel.database)."""
STILL = "LOCK TABLE inbox, commands IN SHARE MODE"


@contextmanager
def snapshots(urls: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """By owner the id of a snapshot of its database, for `pg_dump --snapshot`; good while the block lasts.

    Raises `OperationFailed` when a database is away or an act holds on for longer than LOCK_TIMEOUT.
    """
    try:
        with ExitStack() as held:
            readers = {owner: held.enter_context(_connect(url)) for owner, url in urls.items()}
            with ExitStack() as still:
                for url in urls.values():
                    _hold_still(still.enter_context(_connect(url)))
                taken = {owner: _snapshot(reader) for owner, reader in readers.items()}
            yield taken
    except psycopg.errors.LockNotAvailable as error:
        raise OperationFailed(
            "有事务长时间未结束，无法取得一致的备份点。", "稍后重试；用 chengbao doctor 查看长事务。"
        ) from error
    except psycopg.Error as error:
        raise OperationFailed(f"数据库无法备份：{first_line(error)}。", "请检查数据库是否在运行。") from error


@contextmanager
def _connect(url: str) -> Iterator[psycopg.Connection[tuple[str]]]:
    """A connection that begins its one transaction itself and gives it up by closing: nothing here changes anything."""
    connection = psycopg.connect(url, connect_timeout=5, application_name="chengbao-backup", autocommit=True)
    try:
        yield connection
    finally:
        connection.close()


def _hold_still(connection: psycopg.Connection[tuple[str]]) -> None:
    """Wait for acts that are writing, and keep new ones waiting."""
    connection.execute("BEGIN")
    connection.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
    connection.execute(STILL)


def _snapshot(connection: psycopg.Connection[tuple[str]]) -> str:
    """The first statement fixes what this connection sees; it may then be idle as long as copying takes."""
    connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    connection.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
    row = connection.execute("SELECT pg_export_snapshot()").fetchone()
    assert row is not None
    return row[0]
