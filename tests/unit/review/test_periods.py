"""R03: months and quarters, and which one follows."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from contracts.rpc.guidance import PERIOD, begins, next_period

YEARS = st.integers(2000, 2098)
MONTHS = st.builds("{}-{:02}".format, YEARS, st.integers(1, 12))
QUARTERS = st.builds("{}-Q{}".format, YEARS, st.integers(1, 4))


@given(MONTHS | QUARTERS)
def test_R03_the_next_period_is_of_the_same_kind_and_begins_one_length_later(period: str) -> None:
    following = next_period(period)
    assert re.match(PERIOD, following)
    assert ("Q" in following) == ("Q" in period)
    (year, month), (later_year, later) = begins(period), begins(following)
    assert (later_year - year) * 12 + later - month == (3 if "Q" in period else 1)


def test_R03_a_quarter_begins_with_its_first_month() -> None:
    assert [begins(period) for period in ("2026-Q1", "2026-Q4", "2026-09")] == [(2026, 1), (2026, 10), (2026, 9)]
