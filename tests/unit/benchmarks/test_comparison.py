"""The harness of the benchmarks: what a median, a ratio and a line in the record are. Never how fast anything is."""

from __future__ import annotations

import json
from itertools import count
from pathlib import Path

import pytest

from benchmarks.comparison import Aim, Result, interleave, throughput
from benchmarks.record import append, table

RATE = Aim(0.8)
TIME = Aim(1.5, at_least=False)


def result(product: list[float], by_hand: list[float], aim: Aim = RATE) -> Result:
    return Result("relay", "events/s", aim, product, by_hand, ["what limits it"])


def test_a_row_is_judged_by_the_ratio_of_the_medians() -> None:
    row = result([90, 10, 80, 85, 1000], [100, 100, 100, 5, 900])

    assert (row.value, row.yardstick, row.ratio) == (85, 100, 0.85)


def test_a_throughput_is_items_a_second_with_the_cpu_of_each() -> None:
    ours, theirs = [{"seconds": 2.0, "cpu": 0.5}, {"seconds": 4.0, "cpu": 1.5}], [{"seconds": 1.0, "cpu": 0.25}] * 2
    row = throughput("bus", "events/s", RATE, 1000, (ours, theirs), "all", "more")
    assert (list(row.product), list(row.by_hand)) == ([500.0, 250.0], [1000.0, 1000.0])
    assert row.notes == ["CPU of all per event: 1000 us, by hand 250 us", "more"]


@pytest.mark.parametrize(
    ("aim", "ratio", "met"), [(RATE, 0.8, True), (RATE, 0.79, False), (TIME, 1.5, True), (TIME, 1.51, False)]
)
def test_a_rate_shall_be_at_least_and_a_time_at_most_its_aim(aim: Aim, ratio: float, met: bool) -> None:
    assert aim.is_met(ratio) is met


def test_the_sides_take_turns_in_beginning_a_round() -> None:
    turns = count(1)

    ours, theirs = interleave(lambda: next(turns), lambda: next(turns), rounds=4)

    assert (ours, theirs) == ([1, 4, 5, 8], [2, 3, 6, 7])


def test_each_row_is_one_json_line_more_in_the_record(tmp_path: Path) -> None:
    record = tmp_path / "var" / "bench.jsonl"

    append([result([8], [10])], record)
    append([result([3], [2], TIME)], record)

    first, second = map(json.loads, record.read_text().splitlines())
    assert first == {
        "name": "relay", "value": 8, "unit": "events/s", "yardstick": 10, "ratio": 0.8, "aim": ">= 0.8",
    }
    assert (second["ratio"], second["aim"]) == (1.5, "<= 1.5")


def test_the_table_says_which_aim_is_not_reached_and_what_was_noted() -> None:
    text = table([result([7], [10]), result([9], [10])])

    rows = [line for line in text.splitlines() if line.startswith("relay ")]
    assert ["not reached" in row for row in rows] == [True, False]
    assert "what limits it" in text
