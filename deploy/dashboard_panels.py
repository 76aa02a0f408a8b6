"""Kinds of panels of Grafana's dashboard, their units and colours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

GREEN, ORANGE, RED = "green", "orange", "red"
SHARE, SECONDS, COUNT, PER_SECOND, BYTES = "percentunit", "s", "short", "cps", "bytes"
IN_TIME: Sequence[tuple[float | None, str]] = ((None, RED), (0.9, ORANGE), (0.95, GREEN))
"""Colours of shares in time; the lower limits are those of the alerts."""
NONE_IS_GOOD: Sequence[tuple[float | None, str]] = ((None, GREEN), (1, RED))
ALL_IS_GOOD: Sequence[tuple[float | None, str]] = ((None, RED), (1, GREEN))


@dataclass(frozen=True)
class Chart:
    """Lines over time; `queries` are pairs of expression and legend."""

    title: str
    queries: tuple[tuple[str, str], ...]
    unit: str = COUNT
    width: int = 8
    description: str = ""


@dataclass(frozen=True)
class Number:
    """The newest value in large figures, coloured by `steps`."""

    title: str
    query: str
    legend: str = ""
    unit: str = COUNT
    width: int = 4
    steps: Sequence[tuple[float | None, str]] = ((None, GREEN),)
    description: str = ""
