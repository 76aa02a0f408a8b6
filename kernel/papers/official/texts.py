"""A report's plain text as blocks of an official paper: headings known by their numbers, tables by their tabs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from kernel.papers.official.content import Block, Heading, Paragraph, Table

_NUMBERED = (
    re.compile(r"[一二三四五六七八九十百]{1,4}、"),
    re.compile(r"[（(][一二三四五六七八九十百]{1,4}[)）]"),
    re.compile(r"\d{1,2}[.．、](?!\d)"),
    re.compile(r"[（(]\d{1,2}[)）]"),
)
"""The numbers of headings of level 1 to 4 (7.3.3)."""
_SENTENCE = re.compile(r"[^。！？；：，]{1,40}。")
LONGEST_HEADING = 60
"""Characters of a line that is a heading as a whole; a longer one is a paragraph that begins with a number."""


def blocks_of(text: str) -> tuple[Block, ...]:
    """One block per line; lines of the same number of cells, parted by tabs, are one table, the first its header.

    A numbered line without a full stop is a heading; of one whose first sentence is short, that sentence is. Blank
    lines separate nothing more than other lines do.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    blocks: list[Block] = []
    for cells, group in groupby(lines, key=_cells):
        same = list(group)
        blocks += [_table(same)] if cells > 1 and len(same) > 1 else map(_block, same)
    return tuple(blocks)


def _cells(line: str) -> int:
    return len(line.split("\t"))


def _table(lines: list[str]) -> Table:
    header, *rows = (tuple(cell.strip() for cell in line.split("\t")) for line in lines)
    return Table(header, tuple(rows))


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
