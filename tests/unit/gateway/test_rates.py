"""Flooding is counted per caller and minute (access.md, expected answers)."""

from __future__ import annotations

from gateway.rates import WINDOW_S, Counters


def test_what_is_too_much_waits_for_the_end_of_the_minute() -> None:
    times = [100.0]
    counters = Counters(lambda: times[0])
    assert [counters.count("a", 2) for _ in range(2)] == [0.0, 0.0]
    times[0] += 20
    assert (counters.count("a", 2), counters.count("b", 2)) == (WINDOW_S - 20, 0.0)
    times[0] += 40
    assert counters.count("a", 2) == 0.0
