"""A month of work as acts in the order of time: each may plan later ones, the city's clock is set to each in turn.

Everything is drawn from one seed, in the order of time, so that the same seed tells the same month.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from kernel.clock import SHANGHAI
from kernel.deadlines.calendar import UnknownYear, WorkingCalendar

Deed = Callable[[datetime], None]


@dataclass
class Agenda:
    """Acts to come, in the order of their times; those at or after `end` never happen."""

    end: datetime
    _planned: list[tuple[datetime, int, Deed]] = field(default_factory=list)
    _count: int = 0

    def plan(self, at: datetime, deed: Deed) -> None:
        if at < self.end:
            self._count += 1
            heapq.heappush(self._planned, (at, self._count, deed))

    def __iter__(self) -> Iterator[tuple[datetime, Deed]]:
        while self._planned:
            at, _, deed = heapq.heappop(self._planned)
            yield at, deed


def month_before(day: date) -> tuple[date, date]:
    """First day of the month before the one `day` is in, and first day of that one."""
    after = day.replace(day=1)
    return (after - timedelta(days=1)).replace(day=1), after


def days(first: date, end: date) -> Iterator[date]:
    while first < end:
        yield first
        first += timedelta(days=1)


def moment(day: date, hour: float) -> datetime:
    """A time of the day in Shanghai; `hour` 9.5 is half past nine, 26 is two at night of the next day."""
    return datetime.combine(day, time(), SHANGHAI) + timedelta(hours=hour)


def is_working_day(day: date) -> bool:
    """By the published arrangement; of a year that nobody knows, Monday to Friday."""
    try:
        return WorkingCalendar().is_working_day(day)
    except UnknownYear:
        return day.weekday() < 5
