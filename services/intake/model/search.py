"""Chinese search: text becomes bigrams, made here because PostgreSQL has no Chinese parser (libraries.md).

Text and question go through the same normal form, so width, script and case make no difference. A run of Chinese
characters is indexed as its overlapping pairs plus its last character; a question of two characters or more is the
phrase of its pairs, a single character is found by prefix. Words and numbers are found by their beginning.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from uuid import UUID

from opencc import OpenCC
from sqlalchemy import ForeignKey, Index
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from services.intake.model.base import Base

_CHINESE = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_RUNS = re.compile(f"(?P<chinese>[{_CHINESE}]+)|(?P<word>(?:(?![{_CHINESE}])[^\\W_])+)")
_LONGEST_WORD = 100
"""Characters of a word that are looked at: a lexeme has to stay below 2 KB."""


class ReportSearch(Base):
    """The search side of a report: number, title and unit name as bigrams."""

    __tablename__ = "report_search"
    __table_args__ = (Index("report_search_terms", "terms", postgresql_using="gin"),)

    report_id: Mapped[UUID] = mapped_column(ForeignKey("reports.id"), primary_key=True)
    terms: Mapped[str] = mapped_column(TSVECTOR)


@lru_cache(maxsize=1)
def _to_simplified() -> OpenCC:
    return OpenCC("t2s")


def normalised(text: str) -> str:
    """One spelling for all: NFKC (width), simplified script, case folded."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return str(_to_simplified().convert(folded))


def sort_key(name: str) -> str:
    """By pinyin, as Chinese lists are sorted; the name itself decides between equal sounds."""
    from pypinyin import lazy_pinyin  # noqa: PLC0415  # half a second, which the start need not wait for

    plain = normalised(name)
    return " ".join(lazy_pinyin(plain)) + "\t" + plain


def search_terms(*texts: str) -> str:
    """The texts as a tsvector literal; a gap between two texts keeps phrases from reaching across."""
    places: dict[str, list[int]] = {}
    place = 1
    for text in texts:
        for terms in _indexed(text):
            for term in terms:
                places.setdefault(term, []).append(place)
            place += 1
        place += 1
    return " ".join(f"'{term}':{','.join(map(str, found))}" for term, found in places.items())


def search_question(text: str) -> str | None:
    """The question as a tsquery; every part must be found. None when nothing in it can be searched for."""
    parts = [_asked(run, chinese) for run, chinese in _runs(text)]
    return " & ".join(parts) or None


def _runs(text: str) -> Iterator[tuple[str, bool]]:
    for match in _RUNS.finditer(normalised(text)):
        chinese = match["chinese"] is not None
        yield (match[0] if chinese else match[0][:_LONGEST_WORD]), chinese


def _indexed(text: str) -> Iterator[tuple[str, ...]]:
    """The terms at each place of the text, in order."""
    for run, chinese in _runs(text):
        if chinese:
            yield from ((pair,) for pair in _pairs(run))
            yield (run[-1],)
        else:
            # 0000123 is also found as 123.
            yield tuple(dict.fromkeys((run, run.lstrip("0") or run)))


def _asked(run: str, chinese: bool) -> str:
    if chinese and len(run) > 1:
        return "(" + " <-> ".join(f"'{pair}'" for pair in _pairs(run)) + ")"
    return f"'{run}':*"


def _pairs(run: str) -> list[str]:
    return [run[place : place + 2] for place in range(len(run) - 1)]
