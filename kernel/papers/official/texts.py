"""A report's plain text as blocks of an official paper: headings known by their numbers, tables by bars or tabs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from math import ceil
from typing import TypeVar

from kernel.papers.glyphs import cells_wide
from kernel.papers.official.content import Block, Heading, Paragraph, Table

Placed = TypeVar("Placed")

_NUMBERED = (
    re.compile(r"[一二三四五六七八九十百]{1,4}、"),
    re.compile(r"[（(][一二三四五六七八九十百]{1,4}[)）]"),
    re.compile(r"\d{1,2}[.．、](?!\d)"),
    re.compile(r"[（(]\d{1,2}[)）]"),
)
"""The numbers of headings of level 1 to 4 (7.3.3)."""
_SENTENCE = re.compile(r"[^。！？；：，]{1,40}。")
_BAR = re.compile(r"[|｜]")
_EDGES = re.compile(r"^[|｜]|[|｜]$")
_RULE = re.compile(r":?-{2,}:?")
"""What other programs write between a table's header and its rows."""
_CAPTION = re.compile(r"附?表[0-9０-９一二三四五六七八九十]{0,3}[：:\s]\s*\S.{0,50}")
MOST_COLUMNS = 12
"""Of a table: with more, a column of the type area holds no word."""
LEAST_SHARE = 0.06
"""Of the type area, about, for a column."""
LONGEST_HEADER = 40
"""Characters of a header's cell: it is repeated on every page."""
LONGEST_HEADING = 60
"""Characters of a line that is a heading as a whole; a longer one is a paragraph that begins with a number."""


def blocks_of(text: str) -> tuple[Block, ...]:
    """One block per line, and a table where lines hold cells; blank lines separate nothing more than others do.

    A numbered line without a full stop is a heading; of one whose first sentence is short, that sentence is. Two or
    more lines with cells parted by bars (`|` or `｜`) are one table, the first its header, shorter rows filled up with
    empty cells; so are lines of the same number of cells parted by tabs. A short line that begins with 表 right above
    is its caption.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    blocks: list[Block] = []
    for parted, group in groupby(lines, key=_parted):
        same = list(group)
        table = _table([_cells(line) for line in same]) if parted else None
        if table is None:
            blocks += map(_block, same)
        else:
            blocks.append(replace(table, caption=_taken_caption(blocks)))
    return tuple(blocks)


def with_placed(blocks: Sequence[Block], placed: Iterable[tuple[int | None, Placed]]) -> list[Block | Placed]:
    """The blocks, and behind the one that each names by its number from 1, or the last, what was placed, in order."""
    behind: dict[int, list[Placed]] = {}
    for after, one in placed:
        behind.setdefault(min(after or len(blocks), len(blocks)), []).append(one)
    laid: list[Block | Placed] = [*behind.get(0, [])]
    for number, block in enumerate(blocks, start=1):
        laid += [block, *behind.get(number, [])]
    return laid


def _parted(line: str) -> str:
    """By what the line is parted into cells, with their number for tabs: those of another number are another table."""
    if _BAR.search(line.strip().strip("|｜")):
        return "|"
    return "\t" * line.count("\t")


def _cells(line: str) -> tuple[str, ...]:
    if "\t" in line and _parted(line) != "|":
        return tuple(cell.strip() for cell in line.split("\t"))
    return tuple(cell.strip() for cell in _BAR.split(_EDGES.sub("", line.strip())))


def _table(rows: list[tuple[str, ...]]) -> Table | None:
    """None where it would be no table to look at: one row, too many columns, a header of whole sentences."""
    rows = [row for row in rows if not all(_RULE.fullmatch(cell) for cell in row)]
    columns = max(map(len, rows), default=0)
    if len(rows) < 2 or columns > MOST_COLUMNS or max(map(len, rows[0])) > LONGEST_HEADER:
        return None
    header, *others = (row + ("",) * (columns - len(row)) for row in rows)
    return Table(header, tuple(others), widths=_widths((header, *others)))


def _widths(rows: Sequence[tuple[str, ...]]) -> tuple[int, ...]:
    """Shares by each column's longest cell, none less than a seventh of another, nor so small that nothing fits."""
    shares = [min(28, max(4, *(int(cells_wide(cell) + 2) for cell in column))) for column in zip(*rows, strict=True)]
    least = ceil(sum(shares) * LEAST_SHARE)
    return tuple(max(share, least) for share in shares)


def _taken_caption(blocks: list[Block]) -> str:
    if blocks and isinstance(blocks[-1], Paragraph) and _CAPTION.fullmatch(blocks[-1].text):
        caption = blocks.pop()
        assert isinstance(caption, Paragraph)
        return caption.text
    return ""


def _block(line: str) -> Block:
    line = line.strip()
    for level, number in _levels(line):
        rest = line[len(number) :]
        sentence = _SENTENCE.match(rest)
        if sentence and sentence.end() < len(rest):
            return Heading(level, number + sentence[0], rest[sentence.end() :].strip())
        if "。" not in rest and len(line) <= LONGEST_HEADING and rest.strip():
            return Heading(level, line)
    return Paragraph(line)


def _levels(line: str) -> Iterator[tuple[int, str]]:
    for level, pattern in enumerate(_NUMBERED, start=1):
        found = pattern.match(line)
        if found:
            yield level, found[0]
