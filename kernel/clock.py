"""Where the time comes from. All code takes a `Clock` handed in; nothing else reads the wall clock."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
"""China's one time zone: days, months and years of the procedure are counted in it."""


def china_day(instant: datetime) -> date:
    """The calendar day in China."""
    return instant.astimezone(SHANGHAI).date()


class Clock(Protocol):
    """Tells the time of day in UTC. Timeouts use the monotonic clock instead."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class ShiftedClock:
    """The machine's clock moved by an offset that all processes of a city read from one file.

    Demo and replay run on it: pushing the clock forward is writing another number of seconds into the file.
    Raises `ValueError` when the file holds no number.
    """

    path: Path
    _seen: tuple[int, int] = field(default=(-1, -1), repr=False)
    _offset: timedelta = field(default=timedelta(), repr=False)

    def now(self) -> datetime:
        status = self.path.stat()
        if (status.st_mtime_ns, status.st_ino) != self._seen:
            self._offset = timedelta(seconds=float(self.path.read_text()))
            self._seen = (status.st_mtime_ns, status.st_ino)
        return datetime.now(UTC) + self._offset

    def push(self, by: timedelta) -> None:
        """Move the clock of every process that reads this file."""
        self.set_to(self.now() + by)

    def set_to(self, instant: datetime) -> None:
        """Make `instant` the present one; time flows on from there."""
        replacement = self.path.with_suffix(f".{os.getpid()}")
        replacement.write_text(repr((instant - datetime.now(UTC)).total_seconds()))
        replacement.replace(self.path)


def clock_from(path: Path | None) -> Clock:
    """The machine's clock, or the shifted one that `path` (setting CHENGBAO_CLOCK_FILE) describes."""
    return ShiftedClock(path) if path else SystemClock()
