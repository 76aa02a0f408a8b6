"""Months, quarters and years in Asia/Shanghai: when something counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from kernel.clock import SHANGHAI, china_day

Month = str
"""`2026-11`; months compare as text."""


def month_of(instant: datetime) -> Month:
    """The calendar month in Asia/Shanghai."""
    return china_day(instant).strftime("%Y-%m")


def next_month(month: Month) -> Month:
    year, number = (int(part) for part in month.split("-"))
    return f"{year + number // 12:04d}-{number % 12 + 1:02d}"


def start_of_day(day: date) -> datetime:
    """The first instant of `day` in Asia/Shanghai, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI).astimezone(UTC)


def month_zh(month: Month) -> str:
    year, number = month.split("-")
    return f"{year}年{int(number)}月"


def moment_zh(instant: datetime) -> str:
    """To the minute, for explanations: 2026年11月24日 09:30."""
    local = instant.astimezone(SHANGHAI)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"


@dataclass(frozen=True)
class Period:
    """A month `2026-11`, a quarter `2026-q4` or a year `2026`, as its first and last month."""

    text: str
    first: Month
    last: Month

    @classmethod
    def parse(cls, text: str) -> Period:
        """`text` in the form the contract allows."""
        if len(text) == 4:
            return cls(text, f"{text}-01", f"{text}-12")
        year, part = text.split("-")
        if part.startswith("q"):
            end = int(part[1]) * 3
            return cls(text, f"{year}-{end - 2:02d}", f"{year}-{end:02d}")
        return cls(text, text, text)

    @property
    def kind(self) -> str:
        return "year" if len(self.text) == 4 else "quarter" if "q" in self.text else "month"

    @property
    def year_begin(self) -> Month:
        return f"{self.first[:4]}-01"

    @property
    def first_day(self) -> date:
        return date.fromisoformat(f"{self.first}-01")

    @property
    def last_day(self) -> date:
        return date.fromisoformat(f"{next_month(self.last)}-01") - timedelta(days=1)

    @property
    def title_zh(self) -> str:
        """2026年11月, 2026年第四季度, 2026年."""
        year = self.first[:4]
        if self.kind == "quarter":
            return f"{year}年第{'一二三四'[int(self.text[-1]) - 1]}季度"
        return month_zh(self.first) if self.kind == "month" else f"{year}年"
