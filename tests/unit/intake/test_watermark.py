"""R04: the watermark that *missed* is decided behind, counted on any order of events."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.intake.model.watermark import Mark, Watermark
from tests.factories.intake import OCCURRED


def mark(second: int, total: int) -> Mark:
    return Mark(OCCURRED + timedelta(seconds=second), total)


def fresh() -> Watermark:
    return Watermark(id=1, applied_total=0, feedback_total=0, answer_total=0, version=0)


def test_R04_the_next_mark_stays_while_newer_ones_arrive() -> None:
    watermark = fresh()
    for second in (2, 4, 6, 8):
        watermark.hear(mark(second, second))
    assert watermark.waiting == [mark(2, 2), mark(8, 8)]


def test_R04_reaching_the_newest_mark_leaves_nothing_waiting() -> None:
    watermark = fresh()
    watermark.hear(mark(2, 1))
    watermark.hear(mark(4, 3))
    watermark.reach(mark(4, 3), 1, 0)
    assert (watermark.waiting, watermark.applied_total, watermark.feedback_total) == ([], 3, 1)


def test_R04_a_mark_behind_the_applied_one_is_ignored() -> None:
    watermark = fresh()
    watermark.hear(mark(4, 3))
    watermark.reach(mark(4, 3), 0, 0)
    watermark.hear(mark(2, 1))
    assert watermark.waiting == []


@given(order=st.permutations(range(1, 8)), doubled=st.lists(st.integers(1, 7), max_size=4))
def test_R04_whatever_the_order_the_earliest_and_the_newest_mark_are_kept(
    order: list[int], doubled: list[int]
) -> None:
    watermark = fresh()
    for second in [*order, *doubled]:
        watermark.hear(mark(second, second))
    assert watermark.waiting == [mark(1, 1), mark(7, 7)]
