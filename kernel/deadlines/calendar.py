"""Working days of the People's Republic: the published holiday arrangement, corrected by the operator's files.

The package `chinesecalendar` carries the State Council's yearly arrangements (with the weekends that are worked in
exchange). A file `<year>.yaml` in the operator's folder adds a year that the package does not know yet, or corrects
one it knows; `deploy/calendar/README.md` describes its format.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import chinese_calendar
import yaml

from kernel.clock import SHANGHAI, china_day
from kernel.errors import Invalid

_PACKAGED_YEARS = frozenset(day.year for day in chinese_calendar.constants.holidays)
_KEYS = {"year", "source", "holidays", "workdays"}
_SATURDAY = 5


class UnknownYear(Invalid):
    """Nobody has told the calendar the holidays of a year; a deadline in working days cannot be computed."""

    def __init__(self, year: int) -> None:
        super().__init__(
            f"工作日历没有{year}年的节假日安排，无法按工作日计算期限："
            f"请把国务院办公厅公布的{year}年放假安排写入 deploy/calendar/{year}.yaml，或改为指定截止时间。",
            f"The working calendar does not know the holidays of {year}: put the published arrangement into "
            f"deploy/calendar/{year}.yaml, or state the due time instead.",
        )
        self.year = year


class WrongCalendar(ValueError):
    """A calendar file cannot be used; the message names the file and what is wrong with it."""


@dataclass(frozen=True)
class DaysEnd:
    """The end of a number of working days, or what stands for it while a year on the way is unknown."""

    at: datetime
    unknown_year: int | None = None

    @property
    def remark_zh(self) -> str:
        """That the end is provisional, in brackets; empty when it is not."""
        return f"（{self.unknown_year}年节假日安排尚未录入，暂按加倍天数计）" if self.unknown_year else ""

    @property
    def remark_en(self) -> str:
        if not self.unknown_year:
            return ""
        return f" (the holidays of {self.unknown_year} are not known yet: twice as many days for now)"


@dataclass(frozen=True)
class WorkingCalendar:
    """Tells working days from days off. Empty, it knows what the package knows."""

    overrides: Mapping[date, bool] = field(default_factory=dict)
    """True for a day that is worked, False for a day off; stronger than the package."""
    added_years: frozenset[int] = frozenset()
    """Years that the operator's files make known."""

    @classmethod
    def load(cls, folder: Path) -> WorkingCalendar:
        """The calendar with every `*.yaml` of `folder`. Raises `WrongCalendar`."""
        overrides: dict[date, bool] = {}
        years: set[int] = set()
        for path in sorted(folder.glob("*.yaml")):
            year, days = _read_year(path)
            years.add(year)
            overrides.update(days)
        return cls(overrides, frozenset(years))

    def is_working_day(self, day: date) -> bool:
        """Whether offices work on `day`. Raises `UnknownYear`."""
        if day in self.overrides:
            return self.overrides[day]
        if day.year in _PACKAGED_YEARS:
            return bool(chinese_calendar.is_workday(day))
        if day.year in self.added_years:
            return day.weekday() < _SATURDAY
        raise UnknownYear(day.year)

    def working_day_after(self, day: date, count: int) -> date:
        """The `count`-th working day after `day`, which itself does not count. Raises `UnknownYear`."""
        while count > 0:
            day += timedelta(days=1)
            count -= self.is_working_day(day)
        return day

    def end_of_working_day(self, started_at: datetime, count: int) -> datetime:
        """24:00 Shanghai time of the `count`-th working day after the day of `started_at`. Raises `UnknownYear`.

        The day a period starts does not count and its last day ends at 24:00 (Civil Code, articles 201 and 203).
        """
        last = self.working_day_after(china_day(started_at), count)
        return datetime.combine(last + timedelta(days=1), datetime.min.time(), SHANGHAI)

    def reckon(self, started_at: datetime, count: int) -> DaysEnd:
        """The same for what must not fail for the calendar's sake: where a year is unknown, after twice as many days,
        which is no less but around the longest holidays."""
        try:
            return DaysEnd(self.end_of_working_day(started_at, count))
        except UnknownYear as unknown:
            return DaysEnd(started_at + 2 * timedelta(days=count), unknown.year)

    def first_unknown_day(self, day: date) -> date:
        """The first day from `day` on whose year nobody has told: it is `day` itself or a 1 January."""
        while day.year in _PACKAGED_YEARS | self.added_years:
            day = date(day.year + 1, 1, 1)
        return day

    def days_known(self, day: date) -> int:
        """How many days from `day` on are known, itself counted; 0 when its year is not."""
        return (self.first_unknown_day(day) - day).days


def _read_year(path: Path) -> tuple[int, dict[date, bool]]:
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise WrongCalendar(f"{path}: not readable as YAML: {error}") from error
    if not isinstance(document, dict) or not isinstance(document.get("year"), int):
        raise WrongCalendar(f"{path}: needs 'year: <number>', 'holidays: [dates]' and 'workdays: [dates]'")
    if unknown := set(document) - _KEYS:
        names = ", ".join(sorted(map(str, unknown)))
        raise WrongCalendar(f"{path}: unknown {names}; known: {', '.join(sorted(_KEYS))}")
    year = document["year"]
    off = _dates(path, year, document.get("holidays"))
    worked = _dates(path, year, document.get("workdays"))
    if both := off & worked:
        raise WrongCalendar(f"{path}: {min(both)} stands under both holidays and workdays")
    return year, {**dict.fromkeys(off, False), **dict.fromkeys(worked, True)}


def _dates(path: Path, year: int, listed: Any) -> set[date]:
    days: set[date] = set()
    for item in _as_list(path, listed):
        if not isinstance(item, date) or isinstance(item, datetime) or item.year != year:
            raise WrongCalendar(f"{path}: {item!r} is not a date of {year}, written like {year}-01-01")
        days.add(item)
    return days


def _as_list(path: Path, listed: Any) -> Iterable[Any]:
    if listed is None:
        return ()
    if not isinstance(listed, list):
        raise WrongCalendar(f"{path}: holidays and workdays are lists of dates")
    return listed
