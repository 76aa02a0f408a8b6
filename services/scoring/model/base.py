"""The declarative base of scoring's tables."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import BigInteger, DateTime, Numeric
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    """Tables scoring owns: rules, causes, ledger, bulletins; units and issues as projected.

    Rules, ledger and bulletins are append-only: triggers made by their migration refuse UPDATE, DELETE and TRUNCATE,
    the tables' owner included (access.md 5).
    """

    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: DateTime(timezone=True),
        Decimal: Numeric(12, 2),
        dict[str, Any]: JSONB,
        list[dict[str, Any]]: JSONB,
        int: BigInteger,
    }
