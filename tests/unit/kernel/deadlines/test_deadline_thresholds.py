from __future__ import annotations

from datetime import UTC, datetime, timedelta

from kernel.deadlines.thresholds import THRESHOLDS_PERCENT, next_threshold_at, passed_thresholds, threshold_at

START = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)
DUE = START + timedelta(hours=3)


def test_R04_a_three_hour_limit_reminds_after_90_144_and_180_minutes() -> None:
    minutes = [(threshold_at(START, DUE, percent) - START) / timedelta(minutes=1) for percent in THRESHOLDS_PERCENT]

    assert minutes == [90, 144, 180]


def test_a_threshold_passes_at_its_very_instant() -> None:
    half = START + timedelta(minutes=90)

    assert passed_thresholds(START, DUE, half - timedelta(microseconds=1), above=0) == ()
    assert passed_thresholds(START, DUE, half, above=0) == (50,)


def test_a_threshold_at_or_below_one_that_fired_never_passes_again() -> None:
    assert passed_thresholds(START, DUE, DUE, above=80) == (100,)
    assert passed_thresholds(START, DUE, DUE, above=100) == ()


def test_nothing_is_next_after_the_last_threshold() -> None:
    assert next_threshold_at(START, DUE, above=50) == START + timedelta(minutes=144)
    assert next_threshold_at(START, DUE, above=100) is None
