"""Dates that do not exist or contradict each other, the calendar, or what the report states."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal

from contracts.rpc.checks import CheckedField
from kernel.clock import china_day
from services.intake.model.checks.rule import Directory, Rule
from services.intake.model.checks.written import DATE, Found, Written

_CLOCK = re.compile(r"(?<=[日午晨晚夜，])(?P<hour>[0-9]{1,2})[时点](?P<minute>[0-9]{1,2})分")
_WEEKDAY = re.compile(r"[（(]?(?:星期|礼拜|周)(?P<weekday>[一二三四五六日天])(?![年期])")
_TO = re.compile(
    r"(?:至|到|—{1,2}|-|~|～)(?:(?P<year>[12][0-9]{3})年)?(?:(?P<month>[0-9]{1,2})月)?(?P<day>[0-9]{1,2})日"
)
_HAPPENED = re.compile(r"发生|突发|接报|接到报警")
_WEEK = "一二三四五六日"


def real_date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def nearest(match: re.Match[str], today: date) -> date | None:
    """The date meant: of its year, without one the nearest to today. None when there is no such day."""
    month, day = int(match["month"]), int(match["day"])
    if match["year"]:
        return real_date(int(match["year"]), month, day)
    found = [each for year in (-1, 0, 1) if (each := real_date(today.year + year, month, day))]
    return min(found, key=lambda each: abs(each - today), default=None)


class ImpossibleDatesRule(Rule):
    """2月30日, 13月1日, 25时: without a year 29 February is let pass."""

    family: Literal["impossible-dates"]

    def find(self, written: Written, directory: Directory) -> Iterator[Found]:
        for field, match in written.dates:
            if real_date(int(match["year"] or 2024), int(match["month"]), int(match["day"])) is None:
                yield Found(field, *match.span(), f"没有“{match[0]}”这一天。", f"There is no day {match[0]}.")
        for field, text in written.fields():
            for match in _CLOCK.finditer(text):
                if int(match["hour"]) > 24 or int(match["minute"]) > 59:
                    yield Found(field, *match.span(), f"没有“{match[0]}”这一时刻。", f"There is no time {match[0]}.")


class WeekdaysRule(Rule):
    """A date with a day of the week that it does not have."""

    family: Literal["weekdays"]

    def find(self, written: Written, directory: Directory) -> Iterator[Found]:
        for field, match in written.dates:
            stated = _WEEKDAY.match(match.string, match.end())
            day = nearest(match, written.day) if stated else None
            if stated and day and day.weekday() != _WEEK.index(stated["weekday"].replace("天", "日")):
                right = _WEEK[day.weekday()]
                yield Found(
                    field, *stated.span("weekday"), f"{day.year}年{day.month}月{day.day}日是星期{right}。",
                    f"{day} is a {day:%A}.", right,
                )  # fmt: skip


class RangesRule(Rule):
    """A period that ends before it begins; without years only within one month, a period may lie over New Year."""

    family: Literal["date-ranges"]

    def find(self, written: Written, directory: Directory) -> Iterator[Found]:
        for field, match in written.dates:
            until = _TO.match(match.string, match.end())
            if until and _ends_before(match, until):
                place = (match.start(), until.end())
                yield Found(field, *place, "结束日期早于开始日期。", "It ends before it begins.")


def _ends_before(begins: re.Match[str], until: re.Match[str]) -> bool:
    begin_month, end_month = int(begins["month"]), int(until["month"] or begins["month"])
    begin_year, end_year = int(begins["year"] or 0), int(until["year"] or begins["year"] or 0)
    if (begin_year == 0) != (end_year == 0) or (end_year == begin_year and not until["year"] and until["month"]
            and begin_month != end_month):  # fmt: skip
        return False
    return (end_year, end_month, int(until["day"])) < (begin_year, begin_month, int(begins["day"]))


class OccurrenceDatesRule(Rule):
    """What has happened lies in the past, on the day that the report's own field states."""

    family: Literal["occurrence-dates"]

    def find(self, written: Written, directory: Directory) -> Iterator[Found]:
        for match in _happened(written.body):
            day = nearest(match, written.day)
            if day is None:
                continue
            if day > written.day:
                yield Found(CheckedField.BODY, *match.span(), f"{day}尚未到来。", f"{day} is still to come.")
            elif written.occurred_at and abs(day - (stated := china_day(written.occurred_at))) > timedelta(0):
                yield Found(
                    CheckedField.BODY, *match.span(), f"所填发生时间是{stated}，正文写作{day}。",
                    f"The field says it occurred on {stated}, the text says {day}.",
                )  # fmt: skip


def _happened(body: str) -> Iterator[re.Match[str]]:
    """The date of the first sentence in which something happened: the last one named before that word."""
    word = _HAPPENED.search(body)
    if word is None:
        return
    start = max(body.rfind(mark, 0, word.start()) for mark in "。！？\n") + 1
    dates = list(DATE.finditer(body, start, word.start()))
    yield from dates[-1:]
