"""Keyset cursors: where a page ended, as one opaque word."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from kernel.errors import Invalid

Row = TypeVar("Row")


def cursor_after(*values: Any) -> str:
    """The cursor that goes on behind a row with these key values."""
    plain = [value.isoformat() if isinstance(value, date) else value for value in values]
    return base64.urlsafe_b64encode(json.dumps(plain, default=str).encode()).decode()


def read_cursor(cursor: str, *types: type) -> tuple[Any, ...]:
    """The key values in a cursor of ours. Raises `Invalid` for anything else."""
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor.encode("ascii")))
        if len(values) != len(types):
            raise ValueError("another list's cursor")
        return tuple(_read(value, kind) for value, kind in zip(values, types, strict=True))
    except (ValueError, TypeError, AttributeError, OverflowError, binascii.Error) as error:
        raise Invalid(
            "翻页游标无效，请从第一页重新查询。", "The cursor is not one of this list's.", pointer="/cursor"
        ) from error


def cut(rows: Sequence[Row], limit: int) -> tuple[Sequence[Row], Row | None]:
    """A page of at most `limit` rows, and its last row when more follow (one row more than the limit was asked for)."""
    page = rows[:limit]
    return page, page[-1] if len(rows) > limit else None


def _read(value: Any, kind: type) -> Any:
    if kind is datetime:
        instant = datetime.fromisoformat(value)
        if instant.tzinfo is None:
            raise ValueError("a time without zone")
        return instant
    if kind is date:
        return date.fromisoformat(value)
    if kind is UUID:
        return UUID(value)
    if kind is int:
        return _small(value)
    if not isinstance(value, str) or "\x00" in value:
        raise ValueError("not text")
    value.encode()  # JSON can spell lone surrogates, which the database cannot be asked about
    return value


def _small(value: Any) -> int:
    if type(value) is not int or abs(value) >= 2**31:
        raise ValueError("not a number a column holds")
    return value
