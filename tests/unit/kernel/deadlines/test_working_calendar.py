from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.clock import SHANGHAI, china_day
from kernel.deadlines.calendar import DaysEnd, UnknownYear, WorkingCalendar, WrongCalendar

CALENDAR = WorkingCalendar()
DEPLOYED = Path(__file__).parents[4] / "deploy" / "calendar"


def shanghai(year: int, month: int, day: int, hour: int = 0) -> datetime:
    return datetime(year, month, day, hour, tzinfo=SHANGHAI)


def test_R17_working_days_jump_over_spring_festival_and_count_the_weekends_worked_for_it() -> None:
    # 2026: off from 15 to 23 February, Saturdays 14 and 28 February are worked.
    assert CALENDAR.end_of_working_day(shanghai(2026, 2, 13, 9), 2) == shanghai(2026, 2, 25)
    assert CALENDAR.end_of_working_day(shanghai(2026, 2, 27, 9), 1) == shanghai(2026, 3, 1)


def test_the_day_of_the_start_does_not_count_and_the_last_day_ends_at_24_00() -> None:
    assert CALENDAR.end_of_working_day(shanghai(2026, 3, 2, 0), 1) == shanghai(2026, 3, 4)
    assert CALENDAR.end_of_working_day(shanghai(2026, 3, 2, 23), 1) == shanghai(2026, 3, 4)


def test_the_day_is_shanghais_wherever_the_start_was_written_down() -> None:
    still_sunday_in_utc = datetime(2026, 3, 1, 16, 30, tzinfo=UTC)

    assert CALENDAR.end_of_working_day(still_sunday_in_utc, 1) == shanghai(2026, 3, 4)


def test_29_february_is_a_working_day_like_any_other() -> None:
    assert CALENDAR.end_of_working_day(shanghai(2024, 2, 28, 9), 1) == shanghai(2024, 3, 1)


def test_working_days_go_over_the_end_of_the_year() -> None:
    assert CALENDAR.end_of_working_day(shanghai(2025, 12, 31, 9), 1) == shanghai(2026, 1, 5)


def test_a_year_that_nobody_announced_is_an_error_that_says_what_to_do() -> None:
    with pytest.raises(UnknownYear) as refused:
        CALENDAR.end_of_working_day(shanghai(2035, 1, 5, 9), 3)

    assert "2035" in refused.value.detail_zh
    assert "deploy/calendar/2035.yaml" in refused.value.detail_zh
    assert "deploy/calendar/2035.yaml" in refused.value.detail_en


def test_a_file_of_the_operator_makes_a_year_known(tmp_path: Path) -> None:
    (tmp_path / "2035.yaml").write_text("year: 2035\nholidays: [2035-01-01]\nworkdays: [2035-01-06]\n")
    calendar = WorkingCalendar.load(tmp_path)

    assert not calendar.is_working_day(date(2035, 1, 1))
    assert calendar.is_working_day(date(2035, 1, 2))
    assert calendar.is_working_day(date(2035, 1, 6))
    assert not calendar.is_working_day(date(2035, 1, 7))


def test_a_file_of_the_operator_is_stronger_than_the_package(tmp_path: Path) -> None:
    (tmp_path / "2026.yaml").write_text("year: 2026\nholidays: [2026-03-02]\n")

    assert not WorkingCalendar.load(tmp_path).is_working_day(date(2026, 3, 2))


def test_R17_how_far_the_calendar_reaches_grows_by_the_operators_file(tmp_path: Path) -> None:
    (tmp_path / "2035.yaml").write_text("year: 2035\nholidays: [2035-01-01]\n")
    calendar, before = WorkingCalendar.load(tmp_path), date(2035, 12, 20)

    assert (calendar.days_known(before), calendar.first_unknown_day(before)) == (12, date(2036, 1, 1))
    assert (CALENDAR.days_known(before), CALENDAR.first_unknown_day(before)) == (0, before)
    assert calendar.days_known(date(2036, 1, 1)) == 0


@given(st.integers(0, 3000), st.integers(1, 40))
def test_R17_what_must_not_fail_gets_the_working_days_or_says_that_it_guesses(days: int, count: int) -> None:
    start = shanghai(2026, 1, 1) + timedelta(days=days)
    found = CALENDAR.reckon(start, count)

    assert found.at > start
    if found.unknown_year is None:
        assert found == DaysEnd(CALENDAR.end_of_working_day(start, count))
        assert found.remark_zh == found.remark_en == ""
    else:
        assert CALENDAR.days_known(date(found.unknown_year, 1, 1)) == 0
        assert str(found.unknown_year) in found.remark_zh
        assert str(found.unknown_year) in found.remark_en


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("year: [", "not readable as YAML"),
        ("holidays: [2026-01-01]", "needs 'year"),
        ("year: 2026\nholiday: [2026-01-01]", "unknown holiday"),
        ("year: 2026\nholidays: [2025-01-01]", "not a date of 2026"),
        ("year: 2026\nholidays: ['1 January']", "not a date of 2026"),
        ("year: 2026\nholidays: 2026-01-01", "lists of dates"),
        ("year: 2026\nholidays: [2026-01-01]\nworkdays: [2026-01-01]", "both"),
    ],
)
def test_a_wrong_calendar_file_is_named_with_what_is_wrong(tmp_path: Path, text: str, complaint: str) -> None:
    (tmp_path / "year.yaml").write_text(text)

    with pytest.raises(WrongCalendar, match=complaint) as wrong:
        WorkingCalendar.load(tmp_path)

    assert "year.yaml" in str(wrong.value)


def test_the_folder_that_is_delivered_can_be_read() -> None:
    assert WorkingCalendar.load(DEPLOYED).is_working_day(date(2026, 3, 2))


@given(
    minutes=st.integers(0, 6 * 365 * 24 * 60),
    count=st.integers(1, 40),
)
def test_between_start_and_due_lie_exactly_the_working_days_of_the_limit(minutes: int, count: int) -> None:
    start = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    due = CALENDAR.end_of_working_day(start, count)
    first, after_last = china_day(start), due.date()
    days = [date.fromordinal(day) for day in range(first.toordinal() + 1, after_last.toordinal())]

    assert sum(map(CALENDAR.is_working_day, days)) == count
    assert CALENDAR.is_working_day(days[-1])
