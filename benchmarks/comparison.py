"""A row of the table: what we do beside the same done by hand, in interleaved rounds."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import TypeVar

Figure = TypeVar("Figure")
Rounds = Sequence[Mapping[str, float]]

ROUNDS = 5
"""The least number of rounds; other people work on the machine, so single figures say little."""


@dataclass(frozen=True)
class Aim:
    """What the ratio shall be; `at_least` for rates, else at most, for times."""

    bound: float
    at_least: bool = True

    def __str__(self) -> str:
        return f"{'>=' if self.at_least else '<='} {self.bound}"

    def is_met(self, ratio: float) -> bool:
        return ratio >= self.bound if self.at_least else ratio <= self.bound


@dataclass(frozen=True)
class Result:
    """The measured rounds of one row, product and yardstick, in the order they were run."""

    name: str
    unit: str
    aim: Aim
    product: Sequence[float]
    by_hand: Sequence[float]
    notes: Sequence[str] = field(default=())

    @property
    def value(self) -> float:
        return median(self.product)

    @property
    def yardstick(self) -> float:
        return median(self.by_hand)

    @property
    def ratio(self) -> float:
        """Product over yardstick, of the medians."""
        return self.value / self.yardstick

    @property
    def pairs(self) -> list[float]:
        """The ratio of each round; how far they lie apart tells how restless the machine was."""
        return [ours / theirs for ours, theirs in zip(self.product, self.by_hand, strict=True)]

    def line(self) -> str:
        """One line for `var/bench.jsonl`."""
        return json.dumps(
            {
                "name": self.name,
                "value": round(self.value, 3),
                "unit": self.unit,
                "yardstick": round(self.yardstick, 3),
                "ratio": round(self.ratio, 3),
                "aim": str(self.aim),
            }
        )


def interleave(
    product: Callable[[], Figure], by_hand: Callable[[], Figure], rounds: int = ROUNDS
) -> tuple[list[Figure], list[Figure]]:
    """Both sides once a round, the one that begins changing, so that neither has the quieter half of the time."""
    ours: list[Figure] = []
    theirs: list[Figure] = []
    for number in range(rounds):
        if number % 2:
            theirs.append(by_hand())
            ours.append(product())
        else:
            ours.append(product())
            theirs.append(by_hand())
    return ours, theirs


def throughput(
    name: str, unit: str, aim: Aim, amount: int, sides: tuple[Rounds, Rounds], process: str, *notes: str
) -> Result:
    """A row of so many items a second, from the `seconds` and `cpu` (seconds, of `process`) of each side's rounds."""
    ours, theirs = ([amount / one["seconds"] for one in side] for side in sides)
    cpu = [sum(one["cpu"] for one in side) / len(side) / amount * 1e6 for side in sides]
    note = f"CPU of {process} per {unit.removesuffix('s/s')}: {cpu[0]:.0f} us, by hand {cpu[1]:.0f} us"
    return Result(name, unit, aim, ours, theirs, [note, *notes])
