"""How times and databases read in messages."""

from __future__ import annotations

from datetime import datetime

from kernel.clock import SHANGHAI

DATABASES = {"gateway": "接收", "intake": "登记", "review": "编审", "scoring": "计分", "notify": "通知"}
"""What the services' databases are called in a letter."""


def local_time(value: str | datetime) -> str:
    """A time as people in the city read it: 11月24日 17:35."""
    instant = datetime.fromisoformat(value) if isinstance(value, str) else value
    local = instant.astimezone(SHANGHAI)
    return f"{local.month}月{local.day}日 {local:%H:%M}"


def database_name(service: str) -> str:
    """A service's database as a clerk reads it: 编审库（review）."""
    return f"{DATABASES.get(service, '')}库（{service}）"
