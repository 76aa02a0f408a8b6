"""What intake's mapped classes share: their metadata and the types of their columns."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import DateTime, MetaData, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase

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
