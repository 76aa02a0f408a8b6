"""How a table is set: broken here where typesetter and word processors would break it differently.

About Chinese text they agree. Of a word longer than its column each makes something else (the one prints it across the
lines, another breaks it here, a third there), so rows would differ in height and papers in pages. Cells with such words
are given line by line, none wider than the column in any face; all others are left to the writer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

from kernel.papers.glyphs import one_line
from kernel.papers.official.content import Table
from kernel.papers.official.titles import CLOSING, OPENING, cut, wide_of

MANY_COLUMNS = 7
"""A table with more is set in small type."""
SIZE, SMALL_SIZE = 12, 9
"""Points of type; a line takes six more."""
INSET = 4
"""Points between a cell's text and its rules, left and right."""
TYPE_AREA = 156 / 25.4 * 72
_SLACK = 1.0
"""Points that rules and roundings take of a column."""
_LONG = 0.5
"""Of a column's width: where a longer word goes is worth more than a line."""
MOST_TOGETHER = 15
"""Lines of a row that is never parted between two pages."""
_LEFT = 12
"""Characters of a cell; with a longer one in it, a column is set from the left as a whole."""
_WORD = r"[^\s\u2000-\U0010ffff]+"
_WORDS, _UNITS = re.compile(_WORD), re.compile(f"{_WORD}|.")
"""Words of letters and figures; these, blanks, and every other character by itself."""
_HAN = r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
_MEETING = re.compile(f"(?<={_HAN})(?=[!-~])|(?<=[!-~])(?={_HAN})")
_GAP = 0.25
"""Of a character, between Chinese and Latin: LibreOffice puts it there though the paper says not to."""


@dataclass(frozen=True)
class Cell:
    """Its text in lines, of which each may be broken further unless there are several."""

    lines: tuple[str, ...]
    centred: bool


@dataclass(frozen=True)
class Row:
    cells: tuple[Cell, ...]
    whole: bool
    """Never parted between two pages."""


@dataclass(frozen=True)
class Layout:
    """The header and the rows; `shares` are the columns' of the type area, `size` the type's in points."""

    header: Row
    rows: tuple[Row, ...]
    shares: tuple[int, ...]
    size: int

    @property
    def line(self) -> int:
        """Points from line to line."""
        return self.size + 6


def laid_out(table: Table) -> Layout:
    """The same for every writer."""
    shares = table.widths or (1,) * len(table.header)
    size = SMALL_SIZE if len(shares) > MANY_COLUMNS else SIZE
    wide = tuple((TYPE_AREA * share / sum(shares) - 2 * INSET - _SLACK) / size for share in shares)
    centred = tuple(all(len(one_line(text)) <= _LEFT for text in column) for column in zip(*table.rows, strict=True))
    header = _row(table.header, wide, (True,) * len(shares))
    return Layout(header, tuple(_row(row, wide, centred) for row in table.rows), shares, size)


def _row(texts: tuple[str, ...], wide: tuple[float, ...], centred: tuple[bool, ...]) -> Row:
    cells, high = [], 1
    for text, width, middle in zip(map(one_line, texts), wide, centred, strict=True):
        lines = cell_lines(text, width)
        cells.append(Cell(lines, middle))
        high = max(high, sum(ceil(set_wide(line) / max(1.0, width)) for line in lines))
    return Row(tuple(cells), high <= MOST_TOGETHER)


def cell_lines(text: str, wide: float) -> tuple[str, ...]:
    """The text as it is, or in lines of at most `wide` characters (at least one) where it has a long word.

    A word is parted only when it is longer than a line; it then begins one. No line begins with a closing mark if that
    can be helped.
    """
    if set_wide(text) <= wide or not any(wide_of(word) > _LONG * wide for word in _WORDS.findall(text)):
        return (text,)
    wide = max(1.0, wide)
    lines = [""]
    for unit in _units(text):
        if set_wide(lines[-1] + unit.rstrip()) <= wide:
            lines[-1] += unit
        else:
            *full, rest = cut(unit, wide)
            lines += [*full, rest]
    return tuple(line for line in map(str.strip, lines) if line)


def set_wide(text: str) -> float:
    """Characters that it is as wide as in any face and program, at most."""
    return wide_of(text) + _GAP * len(_MEETING.findall(text))


def _units(text: str) -> Iterator[str]:
    """What no line end parts: words, and characters with the marks that go with them."""
    unit = ""
    for found in _UNITS.findall(text):
        if unit and (found in CLOSING or unit[-1] in OPENING):
            unit += found
            continue
        if unit:
            yield unit
        unit = found
    if unit:
        yield unit
