"""Advisory locks by name: which replica does what only one may do."""

from __future__ import annotations

import hashlib
import threading
from typing import Any

import psycopg
import structlog

from kernel.connections import connect_database

log = structlog.get_logger(__name__)


def lock_key(name: str) -> int:
    """The 64-bit key of a named lock, the same in every process."""
    return int.from_bytes(hashlib.sha256(f"chengbao {name}".encode()).digest()[:8], "big", signed=True)


class Leadership:
    """Named locks held by one connection; they are free as soon as it ends. Any number of threads may ask."""

    def __init__(self, database_url: str, name: str) -> None:
        self.database_url = database_url
        self.name = name
        self._connection: psycopg.Connection[Any] | None = None
        self._held: set[str] = set()
        self._asking = threading.Lock()

    def holds(self, lock: str) -> bool:
        """Whether this process holds the lock, taking it when it is free. False while the database is away."""
        with self._asking:
            return self._holds(lock)

    def _holds(self, lock: str) -> bool:
        try:
            connection = self._alive()
            if lock not in self._held:
                row = connection.execute("SELECT pg_try_advisory_lock(%s)", (lock_key(lock),)).fetchone()
                if row is not None and row[0]:
                    self._held.add(lock)
                    log.info("leading", lock=lock)
            return lock in self._held
        except psycopg.Error as error:
            log.warning("cannot ask for a lock", lock=lock, error=str(error).strip())
            self.close()
            return False

    def _alive(self) -> psycopg.Connection[Any]:
        """The connection, tried; a new one holds none of the locks."""
        if self._connection is None:
            self._connection = connect_database(self.database_url, self.name)
        else:
            self._connection.execute("SELECT 1")
        return self._connection

    def close(self) -> None:
        connection, self._connection = self._connection, None
        self._held.clear()
        if connection is not None:
            connection.close()
