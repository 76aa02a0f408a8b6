"""Pauses grow, are bounded, and begin anew after success."""

from __future__ import annotations

from kernel.pauses import Pauses


def test_pauses_grow_to_five_seconds_and_begin_anew_after_success() -> None:
    pauses = Pauses()
    grown = [pauses.next() for _ in range(10)]
    pauses.reset()

    assert grown == [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0, 5.0, 5.0]
    assert pauses.next() == 0.1
