"""The clock of a city that runs on one of its own (demo): told and pushed forward, never back."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from deploy.operations.installation import Installation, OperationFailed
from kernel.clock import ShiftedClock

_SPAN = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?")


def span_of(text: str) -> timedelta:
    """`2h`, `90m`, `1d12h`. Raises `OperationFailed`."""
    found = _SPAN.fullmatch(text.strip().lower())
    if not text.strip() or found is None:
        raise OperationFailed(f"时长 {text!r} 无法识别。", "写成 2h、90m、3d 或 1d12h。")
    days, hours, minutes = (int(part or 0) for part in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes)


def own_clock(installation: Installation) -> ShiftedClock:
    """Raises `OperationFailed` for a city on the machine's clock."""
    if installation.clock_file is None:
        raise OperationFailed(
            "这座城市使用真实时钟，不能拨动。", "只有演示城市（make demo）的时钟可以拨动，用 --root var/demo 指定。"
        )
    return ShiftedClock(installation.clock_file)


def set_clock(clock: ShiftedClock, instant: datetime) -> datetime:
    """Make `instant` the city's present. Raises `OperationFailed` for one that is past or has no zone."""
    if instant.tzinfo is None:
        raise OperationFailed("时间没有时区。", "北京时间请在末尾加 +08:00。")
    if instant < clock.now():
        raise OperationFailed("时钟只能向前拨。", "要从头开始，停止演示城市、删除 var/demo 后再 make demo。")
    clock.set_to(instant)
    return clock.now()
