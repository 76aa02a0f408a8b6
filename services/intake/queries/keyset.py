"""Keyset cursors: where the next page begins, by the values of its last row; no page is ever counted or skipped."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from kernel.errors import Invalid

Row = TypeVar("Row")


def cursor_after(key: datetime | str, row_id: UUID) -> str:
    """The cursor of a page that ends with this row."""
    text = key.isoformat() if isinstance(key, datetime) else key
    return base64.urlsafe_b64encode(json.dumps([text, str(row_id)]).encode()).decode().rstrip("=")


def instant_after(cursor: str) -> tuple[datetime, UUID]:
    """Time and id of the row the last page ended with. Raises `Invalid`."""
    key, row_id = name_after(cursor)
    try:
        instant = datetime.fromisoformat(key)
    except ValueError as error:
        raise _wrong_cursor() from error
    if instant.tzinfo is None:
        raise _wrong_cursor()
    return instant, row_id


def day_after(cursor: str) -> tuple[date, UUID]:
    """Day and id of the row the last page ended with. Raises `Invalid`."""
    key, row_id = name_after(cursor)
    try:
        return date.fromisoformat(key), row_id
    except ValueError as error:
        raise _wrong_cursor() from error


def name_after(cursor: str) -> tuple[str, UUID]:
    """Sort key and id of the row the last page ended with. Raises `Invalid`."""
    try:
        key, row_id = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(key, str) or "\x00" in key:
            raise _wrong_cursor()
        key.encode()  # JSON can spell lone surrogates, which the database cannot be asked about
        return key, UUID(row_id)
    except (binascii.Error, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise _wrong_cursor() from error


def page(rows: list[Row], limit: int) -> tuple[list[Row], Row | None]:
    """Of limit + 1 rows: those of the page, and the one its cursor points behind (None on the last page)."""
    shown = rows[:limit]
    return shown, shown[-1] if len(rows) > limit else None


def _wrong_cursor() -> Invalid:
    return Invalid(
        "cursor 无效：请原样使用上一页返回的 next_cursor。",
        "The cursor is not one of ours; use next_cursor of the page before, unchanged.",
        pointer="/cursor",
    )
