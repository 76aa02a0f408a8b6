"""R06: how likeness is worded and marked on pages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.rpc.similar import Span
from gateway.console.similar import parts
from gateway.console.wording import ago, apart


@pytest.mark.parametrize(
    ("minutes", "words"), [(0, "刚刚"), (40, "40分钟前"), (119, "1小时前"), (24 * 60, "1天前"), (-1, "刚刚")]
)
def test_R06_how_long_ago_is_said_by_the_leading_unit(minutes: int, words: str) -> None:
    assert ago(minutes) == words


@pytest.mark.parametrize(("minutes", "words"), [(0, "几乎同时报送"), (25, "晚报25分钟"), (-90, "早报1小时")])
def test_R06_which_came_first_is_said(minutes: int, words: str) -> None:
    assert apart(minutes) == words


@given(st.text(max_size=30), st.lists(st.integers(0, 30), max_size=8, unique=True))
def test_R06_the_marked_pieces_are_the_text(text: str, places: list[int]) -> None:
    inside = sorted(place for place in places if place <= len(text))
    spans = [Span(begin=begin, end=end) for begin, end in zip(inside[::2], inside[1::2], strict=False)]
    pieces = parts(text, spans)
    assert "".join(piece for piece, _ in pieces) == text
    assert [piece for piece, number in pieces if number] == [text[span.begin : span.end] for span in spans]
