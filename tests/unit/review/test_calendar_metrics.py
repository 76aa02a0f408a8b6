"""R17: how long the working calendar still lasts is a figure, so that an alert can ask for next year in time."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from kernel.deadlines.calendar import WorkingCalendar
from services.review.calendar_metrics import calendar_figures

(FIGURE,) = calendar_figures(WorkingCalendar({}, frozenset({2035})))


def test_R17_the_calendar_lasts_until_midnight_in_china_of_the_first_unknown_year() -> None:
    last_hour = list(FIGURE.read(Session(), datetime(2035, 12, 31, 15, tzinfo=UTC)))
    after = list(FIGURE.read(Session(), datetime(2036, 1, 1, 15, tzinfo=UTC)))
    assert (last_hour, after) == ([((), 3600.0)], [((), 0.0)])
