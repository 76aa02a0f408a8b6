from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from services.scoring.model.periods import Period, month_of, next_month


@pytest.mark.parametrize(
    ("text", "first", "last", "title"),
    [
        ("2026-11", "2026-11", "2026-11", "2026年11月"),
        ("2026-q1", "2026-01", "2026-03", "2026年第一季度"),
        ("2026-q4", "2026-10", "2026-12", "2026年第四季度"),
        ("2026", "2026-01", "2026-12", "2026年"),
    ],
)
def test_R19_a_period_is_a_month_a_quarter_or_a_year(text: str, first: str, last: str, title: str) -> None:
    period = Period.parse(text)

    assert (period.first, period.last, period.title_zh) == (first, last, title)


def test_R19_months_are_those_of_shanghai() -> None:
    assert [month_of(datetime(2026, 11, 30, hour, tzinfo=UTC)) for hour in (15, 16)] == ["2026-11", "2026-12"]


def test_R19_december_is_followed_by_january() -> None:
    assert [next_month(month) for month in ("2026-09", "2026-12")] == ["2026-10", "2027-01"]


def test_R19_a_leap_february_has_29_days() -> None:
    assert Period.parse("2028-02").last_day == date(2028, 2, 29)
