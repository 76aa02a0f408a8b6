"""How the doctor grades a figure."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.operations.checks.machine import disk_space
from deploy.operations.findings import Finding, Level, duration, graded, worst

GB = 1_000_000_000


def test_a_figure_is_graded_by_its_two_limits() -> None:
    assert [graded(value, 60, 600) for value in (59, 60, 599, 600)] == [
        Level.OK,
        Level.WARNING,
        Level.WARNING,
        Level.TROUBLE,
    ]


@pytest.mark.parametrize(
    ("total", "free", "level"),
    [
        (1000 * GB, 500 * GB, Level.OK),
        (1000 * GB, 50 * GB, Level.OK),  # a small share of much is enough
        (4 * GB, 1 * GB, Level.OK),  # a quarter of little too
        (100 * GB, 1 * GB, Level.WARNING),
        (10 * GB, 250_000_000, Level.TROUBLE),
        (400_000_000, 250_000_000, Level.TROUBLE),
    ],
)
def test_a_disk_is_graded_by_share_and_size(total: int, free: int, level: Level) -> None:
    assert disk_space(Path("/data"), total, total - free, free).level == level


def test_the_worst_finding_is_the_exit_status() -> None:
    found = [Finding("a", "x", level, "") for level in (Level.OK, Level.WARNING)]
    assert int(worst(found)) == 1
    assert int(worst([])) == 0


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.25, "0.25 秒"), (90, "90 秒"), (600, "10 分钟"), (36_000, "10 小时"), (864_000, "10 天")]
)
def test_a_duration_is_told_in_the_unit_that_fits(seconds: float, words: str) -> None:
    assert duration(seconds) == words
