"""How far the working calendar reaches: next year is published in November, and somebody must enter it."""

from __future__ import annotations

from datetime import datetime, time

from sqlalchemy.orm import Session

from kernel.clock import SHANGHAI, china_day
from kernel.deadlines.calendar import WorkingCalendar
from kernel.metrics import Figure, Rows


def calendar_figures(calendar: WorkingCalendar) -> tuple[Figure, ...]:
    def known(session: Session, now: datetime) -> Rows:
        day = calendar.first_unknown_day(china_day(now))
        yield (), max(0.0, (datetime.combine(day, time(), SHANGHAI) - now).total_seconds())

    return (
        Figure(
            "chengbao_working_calendar_known_seconds",
            "Time until the first day whose holidays are not known; no deadline in working days reaches further.", (),
            known,
        ),
    )  # fmt: skip
