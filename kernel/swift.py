"""One act in few round trips, for the path where they count: statements of the driver, without a session.

The same promises as `Database.work`: one transaction, all of it or nothing, errors as SQLAlchemy would raise them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import psycopg
from psycopg.pq import ExecStatus
from psycopg.rows import namedtuple_row

from kernel.database import Act, Database
from kernel.ids import new_id
from kernel.principal import Principal
from kernel.troubles import errors_told

DONE = (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK)


@dataclass
class SwiftWork(Act):
    """One act: `begin` takes its locks, `first` reads behind them, `conclude` writes and commits.

    Each is one round trip, the commit another. All raise `DBAPIError`; nothing is kept then, unless the connection was
    lost while committing, when it is not known.
    """

    _driver: psycopg.Connection[Any] = field(kw_only=True)
    concluded: bool = False

    def begin(self, statements: str) -> None:
        """Begin the transaction with statements whose results nobody needs, one after the other, in one message."""
        with errors_told(self._driver):
            self._send(f"BEGIN; {statements}")

    def first(self, statement: str, values: Mapping[str, Any]) -> Any:
        """The first row, as a named tuple; None when there is none."""
        with errors_told(self._driver):
            return self._driver.cursor(row_factory=namedtuple_row).execute(statement, values).fetchone()

    def conclude(self, statement: str, values: Mapping[str, Any]) -> None:
        """Write, and commit; nothing can be done after it."""
        with errors_told(self._driver):
            self._driver.execute(statement, values)
            self._send("COMMIT")
        self.concluded = True

    def _send(self, text: str) -> None:
        """Past the driver's cursors, which cost more than what they send when there is nothing to adapt or fetch.

        Other threads run meanwhile.
        """
        result = self._driver.pgconn.exec_(text.encode())
        if result.status not in DONE:
            raise psycopg.errors.error_from_result(result)


@contextmanager
def swift_work(
    database: Database, principal: Principal, *, token: str | None = None, correlation_id: UUID | None = None
) -> Iterator[SwiftWork]:
    """An act that ends with `conclude`; without it everything is rolled back. The relay is woken behind the commit.

    `token` as for `Database.work`.
    """
    now = database.clock.now()
    token = token or database.keyring.sign(principal, now, lifetime=None)
    with errors_told(None):
        pooled = database.engine.raw_connection()
    driver: Any = pooled.driver_connection
    try:
        work = SwiftWork(
            now, principal, correlation_id or new_id(), None, _source=database.source, _token=token, _driver=driver
        )
        yield work
    finally:
        if driver.closed:
            pooled.invalidate()
        pooled.close()  # the pool rolls back what was not concluded
    if work.concluded and database.wake:
        database.wake()
