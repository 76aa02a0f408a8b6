"""Figures of what lies with the supervision office, by step (R17)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time

from sqlalchemy.orm import Session

from contracts.rpc.finished_steps import OfficeTime
from contracts.rpc.office_steps import OfficeFigure
from kernel.clock import SHANGHAI, china_day
from kernel.deadlines.calendar import WorkingCalendar
from kernel.metrics import Figure, Rows
from services.review.model.office_steps import figures_of
from services.review.queries.finished_steps import time_of_office
from services.review.queries.office_steps import office_cases


def finished_steps(session: Session, now: datetime) -> Rows:
    for one in _this_month(session, now):
        yield (one.step.value, "in_time"), one.in_time
        yield (one.step.value, "late"), one.late


def median_seconds(session: Session, now: datetime) -> Rows:
    for one in _this_month(session, now):
        if one.median_seconds is not None:
            yield (one.step.value,), one.median_seconds


def _this_month(session: Session, now: datetime) -> list[OfficeTime]:
    return time_of_office(session, datetime.combine(china_day(now).replace(day=1), time(), SHANGHAI))


_FINISHED = (
    Figure(
        "chengbao_office_steps_finished",
        "What the supervision office finished this month (Beijing), in time or late by its rule.",
        ("step", "outcome"), finished_steps,
    ),
    Figure(
        "chengbao_office_steps_median_seconds",
        "Time that half of what the supervision office finished this month took at the most; absent while nothing was "
        "finished.",
        ("step",), median_seconds,
    ),
)  # fmt: skip


def office_figures(calendar: WorkingCalendar) -> tuple[Figure, ...]:
    """Open, late, age; limits are counted by `calendar`."""

    def by_step(value: Callable[[OfficeFigure], float]) -> Callable[[Session, datetime], Rows]:
        def read(session: Session, now: datetime) -> Rows:
            return [((one.step.value,), value(one)) for one in figures_of(office_cases(session, calendar), now)]

        return read

    return (
        *_FINISHED,
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
