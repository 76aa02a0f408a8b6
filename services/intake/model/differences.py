"""Differences between two texts by character, in a time that grows with their length and not with its square.

difflib compares every character with every other one that is equal: two different texts of 50,000 characters take it
minutes, and one unit's officer could hold up the city. Here pieces that occur exactly once in both texts anchor the
comparison (patience differencing), long pieces first; what lies between two anchors is compared by shorter pieces.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from contracts.rpc.content import Content
from contracts.rpc.differences import Differences, FieldDifference, Run, RunKind

PIECES = (24, 8, 3, 2)
"""Characters of an anchoring piece, one pass each."""


class Block(NamedTuple):
    """`length` equal characters: from `earlier` on in the one text, from `later` on in the other."""

    earlier: int
    later: int
    length: int


class Span(NamedTuple):
    """A stretch of both texts, ends excluded."""

    earlier: int
    earlier_end: int
    later: int
    later_end: int


BY_CHARACTER = frozenset({"title", "body"})


def between(earlier: Content, later: Content) -> Differences:
    """How two contents differ: title and text by character, every other field or part of a field by its values."""
    before, after = earlier.model_dump(mode="json"), later.model_dump(mode="json")
    fields = [
        difference
        for name in Content.model_fields
        if name not in BY_CHARACTER
        for difference in _by_value(name, before[name], after[name])
    ]
    return Differences(
        title=differences(earlier.title, later.title), body=differences(earlier.body, later.body), fields=fields
    )


def _by_value(path: str, earlier: Any, later: Any) -> Iterator[FieldDifference]:
    if isinstance(earlier, dict) or isinstance(later, dict):
        before, after = earlier or {}, later or {}
        for name in dict.fromkeys((*before, *after)):
            yield from _by_value(f"{path}.{name}", before.get(name), after.get(name))
    elif earlier != later:
        yield FieldDifference(field=path, earlier=earlier, later=later)


def differences(earlier: str, later: str) -> list[Run]:
    """What was kept, removed and added, in the order of the text."""
    whole = Span(0, len(earlier), 0, len(later))
    blocks = [*_blocks(earlier, later, whole, PIECES), Block(len(earlier), len(later), 0)]
    return _merged(_pieces(earlier, later, blocks))


def _pieces(earlier: str, later: str, blocks: list[Block]) -> Iterator[Run]:
    """Between two blocks stands what was removed, then what was added; runs may be empty."""
    at_earlier = at_later = 0
    for block in blocks:
        yield Run(kind=RunKind.REMOVED, text=earlier[at_earlier : block.earlier])
        yield Run(kind=RunKind.ADDED, text=later[at_later : block.later])
        at_earlier, at_later = block.earlier + block.length, block.later + block.length
        yield Run(kind=RunKind.SAME, text=earlier[block.earlier : at_earlier])


def _merged(pieces: Iterator[Run]) -> list[Run]:
    """No run is empty, and no two of one kind follow each other."""
    runs: list[Run] = []
    for piece in pieces:
        if not piece.text:
            continue
        if runs and runs[-1].kind is piece.kind:
            runs[-1] = Run(kind=piece.kind, text=runs[-1].text + piece.text)
        else:
            runs.append(piece)
    return runs


def _blocks(earlier: str, later: str, span: Span, pieces: tuple[int, ...]) -> Iterator[Block]:
    """Equal blocks within a span, in order: its common beginning, what the pieces find, its common end."""
    head = _common_head(earlier, later, span)
    inner = Span(span.earlier + head, span.earlier_end, span.later + head, span.later_end)
    tail = _common_tail(earlier, later, inner)
    inner = inner._replace(earlier_end=inner.earlier_end - tail, later_end=inner.later_end - tail)
    yield Block(span.earlier, span.later, head)
    if pieces and inner.earlier < inner.earlier_end and inner.later < inner.later_end:
        yield from _anchored(earlier, later, inner, pieces)
    yield Block(inner.earlier_end, inner.later_end, tail)


def _anchored(earlier: str, later: str, span: Span, pieces: tuple[int, ...]) -> Iterator[Block]:
    size, shorter = pieces[0], pieces[1:]
    at_earlier, at_later = span.earlier, span.later
    for start, end in _anchors(earlier, later, span, size):
        if start < at_earlier or end < at_later:
            continue  # within the block before
        yield from _blocks(earlier, later, Span(at_earlier, start, at_later, end), shorter)
        block = Span(start, span.earlier_end, end, span.later_end)
        length = _common_head(earlier, later, block)
        yield Block(start, end, length)
        at_earlier, at_later = start + length, end + length
    rest = Span(at_earlier, span.earlier_end, at_later, span.later_end)
    yield from _blocks(earlier, later, rest, shorter)


def _anchors(earlier: str, later: str, span: Span, size: int) -> list[tuple[int, int]]:
    """Places of pieces that occur once in each text, as many as keep their order in both."""
    ones = _single(earlier, span.earlier, span.earlier_end, size)
    others = _single(later, span.later, span.later_end, size)
    pairs = [(place, others[piece]) for piece, place in ones.items() if piece in others]
    return _rising(pairs)


def _single(text: str, start: int, end: int, size: int) -> dict[str, int]:
    """Pieces that occur exactly once -> place, in the order of the text."""
    found = [text[place : place + size] for place in range(start, end - size + 1)]
    often = Counter(found)
    return {piece: place for place, piece in enumerate(found, start) if often[piece] == 1}


def _rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest part of the pairs, which rise in the first place, that rises in the second too."""
    ends: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for index, (_, place) in enumerate(pairs):
        rank = bisect_left(ends, place)
        before.append(last[rank - 1] if rank else -1)
        ends[rank : rank + 1] = [place]
        last[rank : rank + 1] = [index]
    chain, index = [], last[-1] if last else -1
    while index >= 0:
        chain.append(pairs[index])
        index = before[index]
    return chain[::-1]


def _common_head(earlier: str, later: str, span: Span) -> int:
    most = min(span.earlier_end - span.earlier, span.later_end - span.later)
    length = 0
    while length < most and earlier[span.earlier + length] == later[span.later + length]:
        length += 1
    return length


def _common_tail(earlier: str, later: str, span: Span) -> int:
    most = min(span.earlier_end - span.earlier, span.later_end - span.later)
    length = 0
    while length < most and earlier[span.earlier_end - 1 - length] == later[span.later_end - 1 - length]:
        length += 1
    return length
