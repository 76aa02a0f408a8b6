"""One connection to the embedded bus' database; every trouble with it comes out as the AMQP error it stands for."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, LiteralString, TypeVar

import psycopg
from amqp.exceptions import NotFound, PreconditionFailed, RecoverableConnectionError
from psycopg import errors
from psycopg.abc import PQGen
from psycopg.pq import TransactionStatus

SESSION_LOCK = 0x4342
"""First half of the advisory lock a consuming session holds while it lives; the second half is its number."""

CONNECTION_OPTIONS: dict[str, Any] = {
    "connect_timeout": 5,
    # A half-open connection is found in seconds on both sides: the client's settings here, the server's below.
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
    "options": " ".join(
        f"-c {setting}"
        for setting in (
            "tcp_keepalives_idle=5",
            "tcp_keepalives_interval=2",
            "tcp_keepalives_count=3",
            "tcp_user_timeout=10000",
            "statement_timeout=15s",
            "lock_timeout=5s",
            "idle_in_transaction_session_timeout=60s",
            # The tables swing between empty and full within seconds, so statistics mislead: always go by index.
            "enable_seqscan=off",
            "enable_bitmapscan=off",
            "enable_sort=off",
        )
    ),
}

Parameters = Sequence[Any] | Mapping[str, Any]


PATIENCE_SECONDS = 20.0
"""Longest wait for an answer; above the server's own limits, so that only a frozen server or a dead link reaches it."""

RV = TypeVar("RV")


class PatientConnection(psycopg.Connection[tuple[Any, ...]]):
    """A connection that waits `patience` seconds for an answer and no longer."""

    patience = PATIENCE_SECONDS

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        return super().wait(gen, interval, self.patience if timeout is None else timeout)


class BusConnectionLost(RecoverableConnectionError):  # type: ignore[misc]  # amqp carries no types
    """The connection to the PostgreSQL bus is lost or was never made; connect again."""


@contextmanager
def amqp_errors(connection: psycopg.Connection[Any] | None = None) -> Iterator[None]:
    """Turn psycopg's errors into those that kombu and nameko know how to survive."""
    try:
        yield
    except (errors.UndefinedTable, errors.InvalidSchemaName) as error:
        raise NotFound("the bus has no tables yet: run 'chengbao topology apply'") from error
    except (psycopg.OperationalError, psycopg.InterfaceError, OSError) as error:
        _abandon(connection)
        raise BusConnectionLost(f"PostgreSQL bus: {error}") from error
    except psycopg.Error as error:
        raise PreconditionFailed(f"PostgreSQL bus: {error}") from error
    except BaseException:
        # A greenlet killed or timed out in the middle of a statement leaves its answer on the wire.
        if connection is not None and connection.pgconn.transaction_status == TransactionStatus.ACTIVE:
            _abandon(connection)
        raise


def _abandon(connection: psycopg.Connection[Any] | None) -> None:
    if connection is not None:
        connection.close()


def connect(parameters: Mapping[str, Any]) -> PatientConnection:
    """A fresh connection, every statement a transaction of its own. Raises `BusConnectionLost`."""
    with amqp_errors():
        return PatientConnection.connect(**parameters, **CONNECTION_OPTIONS, autocommit=True)


class Session:
    """The statements of one bus connection, and the number under which it holds leases.

    Several threads or greenlets may use it at once; psycopg lets one statement run at a time.
    """

    def __init__(self, parameters: Mapping[str, Any]) -> None:
        self._parameters = parameters
        self._connection = connect(parameters)
        self._number: int | None = None
        self._registering = threading.Lock()

    @property
    def parameters(self) -> Mapping[str, Any]:
        return self._parameters

    @property
    def alive(self) -> bool:
        return not self._connection.closed

    def be_patient(self, seconds: float) -> None:
        """Wait so long for each answer from now on."""
        self._connection.patience = seconds

    @property
    def registered(self) -> bool:
        """Whether it ever took a number; without one it holds no lease and owns nothing."""
        return self._number is not None

    @property
    def number(self) -> int:
        """This session's number; its advisory lock ends with the connection, and so tells that the leases are free."""
        with self._registering:
            if self._number is None:
                self._number = self._register()
            return self._number

    def _register(self) -> int:
        number = int(self.rows("SELECT nextval('bus.session_number')")[0][0])
        # The lock first: a session that is seen in the table must be seen alive.
        self.rows("SELECT pg_advisory_lock(%s, %s)", (SESSION_LOCK, number))
        self.run("INSERT INTO bus.session (id) VALUES (%s)", (number,))
        return number

    def rows(self, statement: LiteralString, parameters: Parameters | None = None) -> list[tuple[Any, ...]]:
        """What a statement returns. Raises amqp's `ConnectionError` or `ChannelError`."""
        with amqp_errors(self._connection), self._connection.cursor(binary=True) as cursor:
            return cursor.execute(statement, parameters).fetchall()

    def run(self, statement: LiteralString, parameters: Parameters | None = None) -> int:
        """Execute a statement; answers how many rows it touched."""
        with amqp_errors(self._connection):
            return self._connection.execute(statement, parameters).rowcount

    def close(self) -> None:
        self._connection.close()
