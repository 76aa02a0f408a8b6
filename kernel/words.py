"""How a word of a closed vocabulary is kept in a column."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Text, inspect, type_coerce
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

Vocabulary = TypeVar("Vocabulary", bound=StrEnum)


class Word(TypeDecorator[Vocabulary]):
    """A word of a closed vocabulary, stored as its text so that a new word needs no migration, read as its member.

    Raises `ValueError` for anything else, written or read.
    """

    impl = Text
    cache_ok = True

    def __init__(self, vocabulary: type[Vocabulary]) -> None:
        super().__init__()
        self.vocabulary = vocabulary

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else str(self.vocabulary(value))

    def process_result_value(self, value: Any, dialect: Dialect) -> Vocabulary | None:
        return None if value is None else self.vocabulary(value)


def columns_as_kept(mapped: type[DeclarativeBase], names: Iterable[str]) -> list[ColumnElement[Any]]:
    """Columns of a mapped class under their own names, words as text, for a reply whose contract reads the words.

    A page has hundreds of words, and reading each twice takes as long as all the rest. The table's own columns: those
    of the class are told apart anew, one SQL expression each, whenever a statement is asked again.
    """
    columns = inspect(mapped).columns
    return [_as_text(columns[name]) for name in names]


def _as_text(column: ColumnElement[Any]) -> ColumnElement[Any]:
    return type_coerce(column, Text).label(column.key) if isinstance(column.type, Word) else column
