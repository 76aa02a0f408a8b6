"""A text that is checked, taken apart once for all rules."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import NamedTuple

from contracts.rpc.checks import CheckedField
from contracts.vocabulary import Kind
from services.intake.model.checks.numbers import Number, numbers_in

HAN = "\u3400-\u4dbf\u4e00-\u9fff"
"""Chinese characters, inside a class of a regular expression."""
DATE = re.compile(r"(?<![0-9.])(?:(?P<year>[12][0-9]{3})年)?(?P<month>[0-9]{1,2})月(?P<day>[0-9]{1,2})日")
_SENTENCE = re.compile(r"[^。！？\n]++[。！？]?")
_PARAGRAPH = re.compile(r"[^\n]++")
_QUOTED = re.compile(r"《[^《》\n]{1,100}》|“[^“”\n]{1,100}”")
_MARGIN = " \t\u3000"


class Found(NamedTuple):
    """What a rule found: the place, what there is to say of it, and what may stand there instead."""

    field: CheckedField
    start: int
    end: int
    zh: str = ""
    en: str = ""
    suggestion: str | None = None


class Span(NamedTuple):
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Written:
    """Title and text with what is known of them; the parts are made when the first rule asks for them."""

    title: str
    body: str
    kind: Kind
    occurred_at: datetime | None
    place: str | None
    unit: str
    """Name of the unit that writes; empty when nobody knows."""
    day: date
    """The day of the check, in Shanghai."""

    def fields(self) -> tuple[tuple[CheckedField, str], ...]:
        return ((CheckedField.TITLE, self.title), (CheckedField.BODY, self.body))

    @cached_property
    def sentences(self) -> tuple[Span, ...]:
        return _spans(_SENTENCE, self.body)

    @cached_property
    def paragraphs(self) -> tuple[Span, ...]:
        return _spans(_PARAGRAPH, self.body)

    @cached_property
    def dates(self) -> tuple[tuple[CheckedField, re.Match[str]], ...]:
        """Every 11月24日 of title and text, with its year where one is written."""
        return tuple((field, match) for field, text in self.fields() for match in DATE.finditer(text))

    @cached_property
    def title_numbers(self) -> tuple[Number, ...]:
        return numbers_in(self.title)

    @cached_property
    def body_numbers(self) -> tuple[Number, ...]:
        return numbers_in(self.body)

    @cached_property
    def numbers_by_sentence(self) -> tuple[tuple[Span, tuple[Number, ...]], ...]:
        """Sentences of the text that have numbers, with them."""
        found, place, numbers = [], 0, self.body_numbers
        for sentence in self.sentences:
            first = place
            while place < len(numbers) and numbers[place].start < sentence.end:
                place += 1
            if place > first:
                found.append((sentence, numbers[first:place]))
        return tuple(found)

    @cached_property
    def _quotations(self) -> dict[CheckedField, list[tuple[int, int]]]:
        return {field: [match.span() for match in _QUOTED.finditer(text)] for field, text in self.fields()}

    def quoted(self, field: CheckedField, start: int) -> bool:
        """Whether the place lies in a document's title or a quotation, which nobody may reword."""
        return any(first <= start < last for first, last in self._quotations[field])


def _spans(pattern: re.Pattern[str], text: str) -> tuple[Span, ...]:
    """The matches without their margins; those of nothing but blanks left out."""
    spans = []
    for match in pattern.finditer(text):
        inner = match[0].strip(_MARGIN)
        if inner:
            start = match.start() + match[0].index(inner[0])
            spans.append(Span(start, start + len(inner), inner))
    return tuple(spans)
