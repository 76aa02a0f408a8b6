"""When something is due, and by which rule: in real hours, in working days, or at a stated time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from kernel.deadlines.calendar import UnknownYear, WorkingCalendar
from kernel.errors import Invalid

CalendarName = Literal["wall", "working"]

_UNITS = ((86_400, "天", "day"), (3_600, "小时", "hour"), (60, "分钟", "minute"), (1, "秒", "second"))


@dataclass(frozen=True)
class Due:
    """A due time with the rule that gave it."""

    due_at: datetime
    rule: str
    """Name of the rule as people know it, for example 津政办发〔2008〕146号."""
    rule_version: str
    calendar: CalendarName
    limit_zh: str
    """The limit in words: "3小时"."""
    limit_en: str


def wall_due(started_at: datetime, limit: timedelta, *, rule: str, rule_version: str) -> Due:
    """Due after `limit` of real time. Raises `Invalid` unless `limit` is at least a second."""
    if limit < timedelta(seconds=1):
        raise Invalid("时限必须大于零。", "The time limit must be more than zero.")
    zh, en = _in_words(limit)
    return Due(started_at + limit, rule, rule_version, "wall", zh, en)


def extended_due(due: Due, by: timedelta, grounds_zh: str, grounds_en: str) -> Due:
    """The same rule with the longer limit that it grants itself on certain grounds; the limit says so in words."""
    zh, en = _in_words(by)
    return replace(
        due,
        due_at=due.due_at + by,
        limit_zh=f"{due.limit_zh}，{grounds_zh}延长{zh}",
        limit_en=f"{due.limit_en}, extended by {en} {grounds_en}",
    )


def remarked_due(due: Due, remark_zh: str, remark_en: str) -> Due:
    """The same with a remark on how the limit was counted, in brackets behind it."""
    return replace(due, limit_zh=f"{due.limit_zh}（{remark_zh}）", limit_en=f"{due.limit_en} ({remark_en})")


def working_due(
    started_at: datetime, days: int, *, rule: str, rule_version: str, calendar: WorkingCalendar,
    pointer: str = "/working_days",
) -> Due:  # fmt: skip
    """Due at 24:00 of the `days`-th working day after the day of the start.

    Raises `Invalid`, `UnknownYear`: both with `pointer`, the field that states the number of days.
    """
    if days < 1:
        raise Invalid("工作日数必须至少为1。", "There must be at least one working day.", pointer=pointer)
    try:
        due_at = calendar.end_of_working_day(started_at, days)
    except UnknownYear as unknown:
        unknown.pointer = pointer
        raise
    return Due(due_at, rule, rule_version, "working", f"{days}个工作日", f"{days} working {_plural('day', days)}")


def stated_due(due_at: datetime, rule: str, rule_version: str) -> Due:
    """Due at a time that a person stated."""
    return Due(due_at, rule, rule_version, "wall", "指定时间", "the stated time")


def _in_words(limit: timedelta) -> tuple[str, str]:
    seconds = int(limit.total_seconds())
    zh, en = "", []
    for size, unit_zh, unit_en in _UNITS:
        count, seconds = divmod(seconds, size)
        if count:
            zh += f"{count}{unit_zh}"
            en.append(f"{count} {_plural(unit_en, count)}")
    return zh, " ".join(en)


def _plural(word: str, count: int) -> str:
    return word if count == 1 else f"{word}s"
