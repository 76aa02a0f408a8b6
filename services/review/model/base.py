"""The declarative base of review's tables, and how a closed vocabulary is kept in a column."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import DateTime, Text
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

CLOCK_TOLERANCE = timedelta(minutes=2)
"""How far ahead of our clock a stated time may lie and still count as "not in the future" (access.md 7)."""


class Base(DeclarativeBase):
    """Tables review owns."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: DateTime(timezone=True), str: Text()}


class Word(TypeDecorator[Any]):
    """A word of a closed vocabulary, stored as text and read back as its enumeration member."""

    impl = Text
    cache_ok = True

    def __init__(self, vocabulary: type[StrEnum]) -> None:
        super().__init__()
        self.vocabulary = vocabulary

    def process_bind_param(self, value: Any, _dialect: Any) -> str | None:
        return None if value is None else str(self.vocabulary(value))

    def process_result_value(self, value: Any, _dialect: Any) -> StrEnum | None:
        return None if value is None else self.vocabulary(value)
