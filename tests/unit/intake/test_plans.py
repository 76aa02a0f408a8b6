"""R14: what a target expects by a day of its year."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from contracts.rpc.plans import Measure, Target
from services.intake.model.plans import progress_of, rate, share_of_year


def target(value: int, measure: Measure = Measure.REPORTS) -> Target:
    return Target(unit_id=UUID(int=1), measure=measure, value=Decimal(value))


def test_R14_a_target_expects_an_even_pace() -> None:
    half = progress_of(target(73), Decimal(36), 2026, date(2026, 7, 2))
    assert (half.expected, half.behind) == (Decimal("36.6"), True)


def test_R14_nothing_is_expected_before_the_year_and_all_of_it_after() -> None:
    assert share_of_year(2026, date(2025, 12, 31)) == 0
    assert share_of_year(2026, date(2026, 12, 31)) == share_of_year(2026, date(2030, 1, 1)) == 1


def test_R14_a_rate_is_measured_against_the_target_all_year_and_before_any_case_not_at_all() -> None:
    in_time = target(95, Measure.URGENT_IN_TIME)
    assert progress_of(in_time, rate(9, 1), 2026, date(2026, 1, 2)).behind
    assert not progress_of(in_time, rate(0, 0), 2026, date(2026, 12, 31)).behind


@given(st.integers(0, 1000), st.dates(date(2026, 1, 1), date(2026, 12, 31)))
def test_R14_whoever_has_reached_the_target_is_never_behind(value: int, day: date) -> None:
    assert not progress_of(target(value), Decimal(value), 2026, day).behind
