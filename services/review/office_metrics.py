"""Figures of what lies with the supervision office, by step (R17)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from contracts.rpc.office_steps import OfficeFigure
from kernel.deadlines.calendar import WorkingCalendar
from kernel.metrics import Figure, Rows
from services.review.model.office_steps import figures_of
from services.review.queries.office_steps import office_cases


def office_figures(calendar: WorkingCalendar) -> tuple[Figure, ...]:
    """Open, late, age; limits are counted by `calendar`."""

    def by_step(value: Callable[[OfficeFigure], float]) -> Callable[[Session, datetime], Rows]:
        def read(session: Session, now: datetime) -> Rows:
            return [((one.step.value,), value(one)) for one in figures_of(office_cases(session, calendar), now)]

        return read

    return (
        Figure(
            "chengbao_office_steps_open", "What lies with the supervision office, by what it has to do.", ("step",),
            by_step(lambda one: one.open),
        ),
        Figure(
            "chengbao_office_steps_late", "What lies with the supervision office longer than its rule allows.",
            ("step",), by_step(lambda one: one.late),
        ),
        Figure(
            "chengbao_office_steps_oldest_age_seconds",
            "Time that the oldest has lain with the supervision office; 0 when there is none.", ("step",),
            by_step(lambda one: one.oldest_seconds),
        ),
    )  # fmt: skip
