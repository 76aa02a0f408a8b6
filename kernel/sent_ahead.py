"""Statements that PostgreSQL carries out while this process goes on, for work that both would wait in turn for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy.orm import Session

from kernel.troubles import errors_told

Send = Callable[[str, Any], psycopg.Cursor[Any]]


@contextmanager
def sending_ahead(session: Session) -> Iterator[Send]:
    """The block is given what sends a statement, with its values, in the session's transaction and does not wait.

    All are done, and the cursors' `rowcount` known, when the block has ended; `DBAPIError` is raised there. Nothing
    else may be asked over this session in the block.
    """
    driver: Any = session.connection().connection.driver_connection
    with errors_told(driver), driver.pipeline():
        yield driver.execute
