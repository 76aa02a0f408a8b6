"""How alike two texts are, and the sketch by which texts like a new one are found among all (decision 0092).

A text is the set of its runs of three letters and digits (shingles): width, script, case, blanks and punctuation do
not count, digits do. Likeness is the share of shingles that two texts have in common (Jaccard). A sketch is a MinHash
in one pass: each shingle falls into one of `BINS` bins, and the least of a bin stays, so that two sketches agree in
about as many bins as their texts are alike. Three bins in a row make a band: texts that are alike share some band,
others hardly ever do, and bands are what the index holds.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from struct import Struct
from uuid import UUID
from zlib import crc32

from opencc import OpenCC
from sqlalchemy import ForeignKey, Index, Integer
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.intake.model.base import Base

SIMILAR = 0.3
"""Likeness from which a report is named: a copy with 15 % of its characters changed has about 0.45, reports of
different matters below 0.1."""
SHINGLE = 3
BINS, ROWS = 120, 3
SPEAKING = 20
"""Shingles below which a text says too little to be like another one."""
SENTENCE = 6
"""Letters and digits below which a sentence is a phrase that everybody uses."""

Shingles = frozenset[bytes]

_MIX, _BITS = 0x9E3779B1, 0xFFFFFFFF
_HALF = 1 << 31
"""What makes a checksum an integer of PostgreSQL."""
_LETTER = 4
"""Bytes of a letter in UTF-32, which a shingle is kept in: nothing has to be encoded for its checksum."""
_WIDTH = SHINGLE * _LETTER
_BAND = Struct(f"<{1 + ROWS}I")
_SENTENCES = re.compile(r"[^。！？!?；;\n]+[。！？!?；;]*")


class ReportSketch(Base):
    """The sketch of a report's newest version, for finding reports like it."""

    __tablename__ = "report_sketches"
    __table_args__ = (
        # A short pending list: it is read through at every question.
        Index("report_sketches_bands", "bands", postgresql_using="gin",
              postgresql_with={"gin_pending_list_limit": 256}),
    )

    report_id: Mapped[UUID] = mapped_column(ForeignKey("reports.id"), primary_key=True)
    bins: Mapped[bytes]
    """One byte of the least shingle of each bin."""
    bands: Mapped[list[int]] = mapped_column(ARRAY(Integer))


@dataclass(frozen=True)
class Sketch:
    """What is kept of a text: `bins` tell how alike two are, a shared one of the `bands` that they may be."""

    bins: bytes
    bands: tuple[int, ...]

    def agreement(self, bins: bytes) -> float:
        """The share of bins that agree, 0 to 1: about the likeness of the texts, give or take 0.05."""
        differing = int.from_bytes(self.bins) ^ int.from_bytes(bins)
        return differing.to_bytes(BINS).count(0) / BINS


@dataclass(frozen=True)
class Span:
    """Characters `begin` to before `end` of a text."""

    begin: int
    end: int


class _Plain(dict[int, str]):
    """What is left of each character, found out once: nothing of a blank, simplified script in one width and case of
    a letter. Character by character, as opencc's phrases take 4 ms a page, too long for a question asked while
    somebody types; where a phrase would decide, both texts are wrong alike."""

    def __missing__(self, code: int) -> str:
        folded = unicodedata.normalize("NFKC", chr(code)).casefold()
        return self.setdefault(code, "".join(filter(str.isalnum, str(_converter().convert(folded)))))


@lru_cache(maxsize=1)
def _converter() -> OpenCC:
    return OpenCC("t2s")


_plain = _Plain()


def plain(text: str) -> str:
    """Letters and digits only, in one spelling."""
    return text.translate(_plain)


def shingles_of(*texts: str) -> Shingles:
    """The shingles of the texts, none across two of them; none for a text shorter than one."""
    found: set[bytes] = set()
    for text in texts:
        letters = plain(text).encode("utf-32-le")
        found.update(letters[place : place + _WIDTH] for place in range(0, len(letters) - _WIDTH + 1, _LETTER))
    return frozenset(found)


def likeness(one: Shingles, other: Shingles) -> float:
    """The share of shingles in common, 0 to 1; 0 for two texts without any."""
    common = len(one & other)
    return common / (len(one) + len(other) - common) if common else 0.0


def sketch_of(shingles: Shingles) -> Sketch | None:
    """The sketch, the same in every process; None for a text that says too little."""
    if len(shingles) < SPEAKING:
        return None
    # A checksum alone is too regular: texts with nothing in common would share bands twice as often.
    hashes = sorted(((code ^ code >> 15) * _MIX & _BITS for code in map(crc32, shingles)), reverse=True)
    least = _filled({value % BINS: value // BINS for value in hashes})  # the least of a bin is the last to come
    bands = (_BAND.pack(place, *least[place : place + ROWS]) for place in range(0, BINS, ROWS))
    return Sketch(bytes(value & 0xFF for value in least), tuple(crc32(band) - _HALF for band in bands))


def _filled(least: dict[int, int]) -> list[int]:
    """All bins; an empty one takes what the next full one has, as two like texts have mostly the same bins empty."""
    filled, last = [0] * BINS, least[min(least)]
    for place in reversed(range(BINS)):
        filled[place] = last = least.get(place, last)
    return filled


def equal_sentences(text: str, other: str) -> list[tuple[Span, Span]]:
    """Where sentences of `text` stand in `other` too, in the order of `text`; each is taken once."""
    left: dict[str, list[Span]] = {}
    for key, span in reversed(_sentences(other)):
        left.setdefault(key, []).append(span)
    return [(span, left[key].pop()) for key, span in _sentences(text) if left.get(key)]


def _sentences(text: str) -> list[tuple[str, Span]]:
    found = []
    for match in _SENTENCES.finditer(text):
        sentence, key = match[0].strip(), plain(match[0])
        if len(key) >= SENTENCE:
            begin = match.start() + match[0].index(sentence)
            found.append((key, Span(begin, begin + len(sentence))))
    return found
