"""The declarative base of review's tables."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy import DateTime, Text
from sqlalchemy.orm import DeclarativeBase

CLOCK_TOLERANCE = timedelta(minutes=2)
"""How far ahead of our clock a stated time may lie and still count as "not in the future" (access.md 7)."""


class Base(DeclarativeBase):
    """Tables review owns."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: DateTime(timezone=True), str: Text()}
