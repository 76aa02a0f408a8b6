from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from kernel.clock import SHANGHAI
from kernel.deadlines.calendar import WorkingCalendar
from kernel.deadlines.due import stated_due, wall_due, working_due
from kernel.errors import Invalid

RULE = {"rule": "津政办发〔2008〕146号", "rule_version": "2008"}


@pytest.mark.parametrize(
    ("start", "due"),
    [
        ("2024-02-29T22:30:00+08:00", "2024-03-01T01:30:00+08:00"),
        ("2023-02-28T22:30:00+08:00", "2023-03-01T01:30:00+08:00"),
        ("2026-12-31T23:00:00+08:00", "2027-01-01T02:00:00+08:00"),
        ("2026-03-29T00:30:00+00:00", "2026-03-29T11:30:00+08:00"),  # Europe changes its clocks; Shanghai has none
    ],
)
def test_R04_three_hours_are_three_real_hours(start: str, due: str) -> None:
    found = wall_due(datetime.fromisoformat(start), timedelta(hours=3), **RULE)

    assert found.due_at == datetime.fromisoformat(due)
    assert found.calendar == "wall"


@pytest.mark.parametrize(
    ("limit", "zh", "en"),
    [
        (timedelta(hours=3), "3小时", "3 hours"),
        (timedelta(minutes=90), "1小时30分钟", "1 hour 30 minutes"),
        (timedelta(minutes=20), "20分钟", "20 minutes"),
        (timedelta(days=1), "1天", "1 day"),
    ],
)
def test_the_limit_is_said_in_words(limit: timedelta, zh: str, en: str) -> None:
    due = wall_due(datetime(2026, 3, 2, tzinfo=UTC), limit, **RULE)

    assert (due.limit_zh, due.limit_en) == (zh, en)


def test_R17_working_days_are_said_and_counted() -> None:
    start = datetime(2026, 3, 2, 9, tzinfo=SHANGHAI)
    due = working_due(start, 5, calendar=WorkingCalendar(), **RULE)

    assert due.due_at == datetime(2026, 3, 10, tzinfo=SHANGHAI)
    assert (due.calendar, due.limit_zh, due.limit_en) == ("working", "5个工作日", "5 working days")


def test_a_stated_time_is_taken_as_it_is() -> None:
    at = datetime(2026, 3, 2, 9, tzinfo=SHANGHAI)

    assert stated_due(at, "批示", "1").due_at == at


def test_no_limit_at_all_is_refused() -> None:
    with pytest.raises(Invalid):
        wall_due(datetime(2026, 3, 2, tzinfo=UTC), timedelta(), **RULE)
    with pytest.raises(Invalid):
        working_due(datetime(2026, 3, 2, tzinfo=UTC), 0, calendar=WorkingCalendar(), **RULE)
