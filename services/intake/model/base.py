"""What intake's mapped classes share: their metadata and how vocabulary words are stored."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, TypeVar

from sqlalchemy import DateTime, MetaData, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

from contracts.vocabulary import Labelled

T = TypeVar("T", bound=Labelled)

AT_COMMIT: dict[str, Any] = {"deferrable": True, "initially": "DEFERRED"}
"""A constraint judged when the transaction ends: one act may exchange the codes of two units."""

intake_metadata = MetaData()
"""Intake's own tables, beside the kernel's in the same database."""


class Base(DeclarativeBase):
    metadata = intake_metadata
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text,
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[dict[str, Any]]: JSONB,
        list[str]: JSONB,
    }


class Word(TypeDecorator[T]):
    """A word of a closed vocabulary, stored as its text so that a new word needs no migration."""

    impl = Text
    cache_ok = True

    def __init__(self, vocabulary: type[T]) -> None:
        super().__init__()
        self.vocabulary = vocabulary

    def process_bind_param(self, value: T | str | None, dialect: Dialect) -> str | None:
        return None if value is None else str(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> T | None:
        return None if value is None else self.vocabulary(value)
