"""A statement put together once and asked again and again, for lists that are asked for every few seconds.

SQLAlchemy takes as long for telling a statement of forty columns from the one before as PostgreSQL for answering it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, Select
from sqlalchemy.dialects import registry
from sqlalchemy.orm import Session

_DIALECT = registry.load("postgresql.psycopg")()


class Prepared:
    """A statement whose values are all named (`bindparam`); columns and values are what the driver makes of them."""

    def __init__(self, statement: Select[Any]) -> None:
        self.text = str(statement.compile(dialect=_DIALECT))

    def rows(self, session: Session, values: Mapping[str, Any]) -> Sequence[Row[Any]]:
        """What it finds. Words of a vocabulary are given as text."""
        return session.connection().exec_driver_sql(self.text, dict(values)).all()
