"""What an examination found: each with its figure and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import IntEnum
from typing import Any


class Level(IntEnum):
    """How bad; the worst one is the exit status."""

    OK = 0
    WARNING = 1
    TROUBLE = 2

    @property
    def label(self) -> str:
        return ("正常", "注意", "故障")[self]


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    check: str
    """Stable name for programs."""
    subject: str
    """Whose: a database, a process, a folder."""
    level: Level
    figure: str
    """What was measured, for people."""
    remedy: str = ""
    """What to do; empty when all is well."""
    blocks_restart: bool = False
    """Whether a restart just now would be unwise."""

    def document(self) -> dict[str, Any]:
        return {**asdict(self), "level": self.level.name.lower()}


def graded(value: float, warning: float, trouble: float) -> Level:
    """A figure that is bad when it is big."""
    return Level.TROUBLE if value >= trouble else Level.WARNING if value >= warning else Level.OK


def worst(findings: Iterable[Finding]) -> Level:
    return max((finding.level for finding in findings), default=Level.OK)


def duration(seconds: float) -> str:
    """A time span for people, in the unit that fits."""
    for limit, unit, words in ((120, 1, "秒"), (7200, 60, "分钟"), (172_800, 3600, "小时")):
        if abs(seconds) < limit:
            return f"{seconds / unit:.0f} {words}" if unit > 1 or abs(seconds) >= 10 else f"{seconds:.2f} {words}"
    return f"{seconds / 86_400:.0f} 天"
