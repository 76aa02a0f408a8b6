"""Paragraphs and sentences that stand in the text twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from contracts.rpc.checks import CheckedField
from services.intake.model.checks.rule import Directory, Rule
from services.intake.model.checks.written import Found, Span, Written


class DoubledRule(Rule):
    """Every repetition after the first; taking the suggestion takes it away."""

    family: Literal["doubled"]
    of: Literal["paragraph", "sentence"]
    at_least: int = Field(default=12, ge=5, description="characters; shorter ones may well return")

    def find(self, written: Written, directory: Directory) -> Iterator[Found]:
        seen: set[str] = set()
        for span in written.paragraphs if self.of == "paragraph" else self._sentences(written):
            if len(span.text) < self.at_least:
                continue
            if span.text in seen:
                yield Found(CheckedField.BODY, span.start, span.end, suggestion="" if _whole(span) else None)
            seen.add(span.text)

    def _sentences(self, written: Written) -> Iterator[Span]:
        """Those of paragraphs that are no doubles themselves: one fault is told once."""
        seen: set[str] = set()
        doubled = []
        for paragraph in written.paragraphs:
            if paragraph.text in seen:
                doubled.append(paragraph)
            seen.add(paragraph.text)
        places = iter([*doubled, Span(len(written.body) + 1, len(written.body) + 1, "")])
        skipped = next(places)
        for sentence in written.sentences:
            while skipped.end < sentence.end:
                skipped = next(places)
            if not skipped.start <= sentence.start < skipped.end:
                yield sentence


def _whole(span: Span) -> bool:
    """Whether taking it away leaves no half of a pair behind."""
    return all(span.text.count(pair[0]) == span.text.count(pair[1]) for pair in ("“”", "《》", "（）", "()"))
