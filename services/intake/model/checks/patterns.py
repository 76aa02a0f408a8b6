"""Rules that are one regular expression or a list of words: vague words, wrong words, typography."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from contracts.model import Text
from contracts.rpc.checks import CheckedField
from services.intake.model.checks.rule import Directory, Rule
from services.intake.model.checks.written import HAN, Found, Written

_ESCAPES = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*+\]", re.DOTALL)
_ENDLESS = re.compile(r"[*+](?!\+)(?<![+*?}]\+)|\{\d*,\}(?!\+)|\)\{")
_LONGEST = 50


def _bounded(pattern: str) -> str:
    """Raise `ValueError` unless the pattern compiles and can never take long, whatever the text.

    Every repetition has an upper bound or never gives back, and none repeats a group: the work at each place of the
    text has a bound, so that a text of one character 50,000 times is no trap.
    """
    expanded = pattern.replace("<汉>", f"[{HAN}]")
    try:
        compiled = re.compile(expanded)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from error
    if compiled.match(""):
        raise ValueError("it would find an empty place")
    plain = _ESCAPES.sub("x", expanded)
    if _ENDLESS.search(plain):
        raise ValueError("repetitions need an upper bound, as in [0-9]{1,9}, and must not repeat a group")
    if any(int(bound) > _LONGEST for bound in re.findall(r",(\d+)\}", plain)):
        raise ValueError(f"a repetition reaches {_LONGEST} at the most")
    return expanded


Pattern = Annotated[Text, Field(min_length=1, max_length=2_000), AfterValidator(_bounded)]
"""A regular expression; `<汉>` stands for a Chinese character."""


class PatternRule(Rule):
    """Wherever the pattern matches; `replace` is a template (\\1), `table` exchanges characters one for one."""

    family: Literal["pattern"]
    pattern: Pattern
    replace: Text | None = None
    table: dict[Text, Text] = Field(default_factory=dict)
    fields: tuple[CheckedField, ...] = tuple(CheckedField)
    in_quotations: bool = Field(default=True, description="whether 《》 and “” are looked into")

    @model_validator(mode="after")
    def _one_way(self) -> PatternRule:
        if self.replace is not None and self.table:
            raise ValueError("replace and table exclude each other")
        if any(len(old) != len(new) for old, new in self.table.items()):
            raise ValueError("both sides of a table have the same number of characters")
        return self

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern)

    @cached_property
    def _exchange(self) -> dict[int, str]:
        return {ord(old): new for olds, news in self.table.items() for old, new in zip(olds, news, strict=True)}

    def find(self, written: Written, directory: Directory) -> Iterator[Found]:
        for field, text in written.fields():
            if field not in self.fields:
                continue
            for match in self._compiled.finditer(text):
                if self.in_quotations or not written.quoted(field, match.start()):
                    yield Found(field, *match.span(), suggestion=self._instead(match))

    def _instead(self, match: re.Match[str]) -> str | None:
        if self.table:
            return match[0].translate(self._exchange)
        return None if self.replace is None else match.expand(self.replace)


class WordsRule(Rule):
    """Words to avoid; `instead` is what may be clicked. Longer words of `unless` that hold one are let pass."""

    family: Literal["words"]
    words: tuple[Text, ...] = ()
    instead: dict[Text, Text] = Field(default_factory=dict)
    unless: tuple[Text, ...] = ()
    fields: tuple[CheckedField, ...] = tuple(CheckedField)

    @model_validator(mode="after")
    def _some(self) -> WordsRule:
        if not self.words and not self.instead:
            raise ValueError("words or instead must name some words")
        if any(not word for word in (*self.words, *self.instead, *self.unless)):
            raise ValueError("a word must not be empty")
        return self

    @cached_property
    def _sought(self) -> re.Pattern[str]:
        words = sorted({*self.words, *self.instead, *self.unless}, key=len, reverse=True)
        return re.compile("|".join(map(re.escape, words)))

    def find(self, written: Written, directory: Directory) -> Iterator[Found]:
        for field, text in written.fields():
            if field not in self.fields:
                continue
            for match in self._sought.finditer(text):
                if match[0] not in self.unless and not written.quoted(field, match.start()):
                    yield Found(field, *match.span(), suggestion=self.instead.get(match[0]))
