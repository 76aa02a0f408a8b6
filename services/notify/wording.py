"""How times read in messages."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def local_time(value: str | datetime) -> str:
    """A time as people in the city read it: 11月24日 17:35."""
    instant = datetime.fromisoformat(value) if isinstance(value, str) else value
    local = instant.astimezone(SHANGHAI)
    return f"{local.month}月{local.day}日 {local:%H:%M}"
