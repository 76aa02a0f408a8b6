"""What a database error means to whoever asked: one table for the services' commands and the gateway's own acts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Any

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from kernel.errors import Conflict, Refusal


class Trouble(Enum):
    """Kinds of database trouble."""

    FULL = "no space is left; nothing was done"
    BUSY = "it took too long or lost a deadlock; nothing was done, later it may succeed"
    LOCKED = "another holds what this act needs; nothing was done"
    RACE = "another wrote the same at the same time; nothing was done"
    AWAY = "the connection is gone; whether it was done is not known"
    DEFECT = "a statement is wrong"


_STATES: dict[str, Trouble] = {
    "53100": Trouble.FULL,
    "57014": Trouble.BUSY,  # statement timeout
    "40P01": Trouble.BUSY,  # deadlock
    "40001": Trouble.BUSY,  # serialization failure
    "55P03": Trouble.LOCKED,  # lock timeout
    "23505": Trouble.RACE,  # unique violation
    "25006": Trouble.AWAY,  # a standby took over
}
_AWAY = ("08", "53", "57P")
"""Classes of SQLSTATE that say the server is away, full or shutting down, not that a statement was wrong."""

WORTH_REPEATING = frozenset({"40P01", "40001", "23505"})
"""States after which the whole act, begun anew, meets what its rival wrote and often succeeds."""


def state_of(error: Exception) -> str | None:
    """The SQLSTATE PostgreSQL gave, if it gave one."""
    state: str | None = getattr(getattr(error, "orig", None), "sqlstate", None)
    return state


def trouble_of(error: DBAPIError | PoolTimeout) -> Trouble:
    """What kind of trouble this is."""
    if isinstance(error, PoolTimeout):
        return Trouble.BUSY
    state = state_of(error)
    if state in _STATES:
        return _STATES[state]
    if state is None:
        lost = error.connection_invalidated or isinstance(error.orig, psycopg.OperationalError)
        return Trouble.AWAY if lost else Trouble.DEFECT
    return Trouble.AWAY if state.startswith(_AWAY) else Trouble.DEFECT


def refusal_of(trouble: Trouble) -> Refusal:
    """What the asker is told when nothing more is known. Raises `ValueError` for a defect, which is told nobody."""
    if trouble is Trouble.FULL:
        return Refusal("存储空间不足，操作未执行。", "No space left; nothing was done.", problem="disk-full")
    if trouble is Trouble.RACE:
        return Conflict(
            "同时有另一操作写入了相同内容，本次操作未执行；请刷新后按当前状态处理。",
            "Another act wrote the same at the same time; nothing was done. Read it again and act on its state.",
        )
    if trouble is Trouble.AWAY:
        return Refusal(
            "数据库暂不可用，请稍后重试。", "The database is away; try again shortly.", problem="unavailable"
        )
    if trouble is Trouble.DEFECT:
        raise ValueError("a defect is no refusal")
    return Refusal(
        "系统繁忙，操作未执行，请稍后重试。", "Too busy; nothing was done. Try again shortly.", problem="unavailable"
    )


@contextmanager
def errors_told(driver: psycopg.Connection[Any] | None) -> Iterator[None]:
    """Raise the driver's errors as SQLAlchemy does, so that whoever translates them need know one kind."""
    try:
        yield
    except psycopg.Error as error:
        lost = driver is not None and driver.closed
        raise DBAPIError.instance(None, None, error, psycopg.Error, connection_invalidated=lost) from error
