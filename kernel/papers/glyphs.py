"""Which characters the installed fonts can print, read from their `cmap` tables (OpenType 1.9, clause cmap).

The typesetter refuses a paper with a character that no font has (PDF/A forbids it), and nobody's report may keep an
issue from being printed: `printable` puts the typesetters' mark for a missing character in its place.
"""

from __future__ import annotations

import re
import struct
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from kernel.papers.fonts import library

MISSING = "〓"
"""Geta: what Chinese and Japanese printers set where a character is not in the case."""
_UNICODE = {(3, 10), (3, 1), (0, 3), (0, 4), (0, 6)}
"""Platform and encoding of the tables that map Unicode."""
_SELECTORS = {chr(code) for code in (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))}
_BLANKS = re.compile(r"[^\S\u3000]+")


def printable(text: str, font_dir: Path | None) -> str:
    """One line of text with 〓 for every character that no font has."""
    line, known = one_line(text), characters(font_dir)
    # Set by set, as almost no text has any of them
    return line.translate({ord(one): MISSING for one in set(line) if ord(one) not in known and one != " "})


def unprintable(text: str, font_dir: Path | None) -> list[str]:
    """The characters of `text` that are printed as 〓, each once, in their order."""
    known = characters(font_dir)
    return [one for one in dict.fromkeys(one_line(text)) if ord(one) not in known and one != " "]


def cells_wide(text: str) -> float:
    """About how many characters of Chinese text it is as wide as."""
    return sum(1 if ord(one) > 0x2E7F or one in "“”‘’—…·〔〕" else 0.5 for one in text)


def one_line(text: str) -> str:
    """What of a text leaves a mark on paper, NFC; line ends and tabs are spaces. Blanks at both ends go, the
    ideographic ones too: indents are the layout's."""
    whole = unicodedata.normalize("NFC", text)
    kept = whole.translate({ord(one): None for one in set(whole) if not one.isspace() and _unseen(one)})
    return _BLANKS.sub(" ", kept).strip()


def _unseen(one: str) -> bool:
    """Control and format characters, halves of pairs, what is no character for ever (no XML may hold it), and
    variation selectors (the character itself is printed)."""
    return unicodedata.category(one) in ("Cc", "Cf", "Cs") or one in _SELECTORS or ord(one) & 0xFFFE == 0xFFFE


@lru_cache(maxsize=4)
def characters(font_dir: Path | None) -> frozenset[int]:
    """The code points that any font of this installation can print. Reads all fonts once; some 0.1 s."""
    paths = {font.path for font in library(font_dir).fonts() if font.path}
    return frozenset(code for path in sorted(paths) for code in _mapped(Path(path).read_bytes()))


def _mapped(font: bytes) -> Iterator[int]:
    """All code points of a font file, or of all fonts of a collection."""
    if font[:4] == b"ttcf":
        (count,) = struct.unpack_from(">I", font, 8)
        for beginning in struct.unpack_from(f">{count}I", font, 12):
            yield from _of_one(font, beginning)
    else:
        yield from _of_one(font, 0)


def _of_one(font: bytes, beginning: int) -> Iterator[int]:
    (tables,) = struct.unpack_from(">H", font, beginning + 4)
    for number in range(tables):
        tag, _, offset, _ = struct.unpack_from(">4sIII", font, beginning + 12 + 16 * number)
        if tag == b"cmap":
            yield from _of_table(font, offset)


def _of_table(font: bytes, table: int) -> Iterator[int]:
    (count,) = struct.unpack_from(">H", font, table + 2)
    for number in range(count):
        platform, encoding, offset = struct.unpack_from(">HHI", font, table + 4 + 8 * number)
        if (platform, encoding) in _UNICODE:
            (form,) = struct.unpack_from(">H", font, table + offset)
            if form == 4:
                yield from _segments(font, table + offset)
            elif form == 12:
                yield from _groups(font, table + offset)


def _segments(font: bytes, at: int) -> Iterator[int]:
    """Format 4: segments of the basic plane; glyph 0 means no glyph."""
    (doubled,) = struct.unpack_from(">H", font, at + 6)
    count = doubled // 2
    ends = struct.unpack_from(f">{count}H", font, at + 14)
    starts = struct.unpack_from(f">{count}H", font, at + 16 + doubled)
    deltas = struct.unpack_from(f">{count}H", font, at + 16 + 2 * doubled)
    ranges_at = at + 16 + 3 * doubled
    ranges = struct.unpack_from(f">{count}H", font, ranges_at)
    for number, (start, end, delta, skip) in enumerate(zip(starts, ends, deltas, ranges, strict=True)):
        for code in range(start, min(end, 0xFFFE) + 1):
            if skip:
                (glyph,) = struct.unpack_from(">H", font, ranges_at + 2 * number + skip + 2 * (code - start))
            else:
                glyph = (code + delta) % 65_536
            if glyph:
                yield code


def _groups(font: bytes, at: int) -> Iterator[int]:
    """Format 12: groups of all planes."""
    (count,) = struct.unpack_from(">I", font, at + 12)
    for number in range(count):
        start, end, glyph = struct.unpack_from(">III", font, at + 16 + 12 * number)
        yield from range(start if glyph else start + 1, end + 1)
