"""The fractions of a deadline at which people are reminded. They stand here and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

THRESHOLDS_PERCENT = (50, 80, 100)
"""Percent of the time between start and due, ascending; each fires once in a deadline's life."""


def threshold_at(started_at: datetime, due_at: datetime, percent: int) -> datetime:
    """The instant at which `percent` of the time has passed; time is counted in real hours for every calendar."""
    return started_at + (due_at - started_at) * percent / 100


def threshold_in_sql(percent: int) -> str:
    """The same of the columns of these names, to the microsecond; in sessions whose days have 24 hours (UTC)."""
    return "due_at" if percent == 100 else f"started_at + (due_at - started_at) * {percent / 100}"


def thresholds(started_at: datetime, due_at: datetime, above: int) -> Iterator[tuple[int, datetime]]:
    """Those higher than `above` percent and when they pass, ascending."""
    for percent in THRESHOLDS_PERCENT:
        if percent > above:
            yield percent, threshold_at(started_at, due_at, percent)


def passed_thresholds(started_at: datetime, due_at: datetime, at: datetime, above: int) -> tuple[int, ...]:
    """The thresholds higher than `above` percent that have passed at `at`, ascending."""
    return tuple(percent for percent, passes_at in thresholds(started_at, due_at, above) if passes_at <= at)


def next_threshold_at(started_at: datetime, due_at: datetime, above: int) -> datetime | None:
    """When the lowest threshold above `above` percent passes; None when none is left."""
    return next((passes_at for _, passes_at in thresholds(started_at, due_at, above)), None)
