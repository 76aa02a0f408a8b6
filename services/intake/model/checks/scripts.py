"""Characters of another script among simplified Chinese: traditional ones, and letters that only look like Latin."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property, lru_cache
from typing import Literal

from opencc import OpenCC

from contracts.model import Text
from services.intake.model.checks.rule import Directory, Rule
from services.intake.model.checks.written import Found, Written

_ALIKE = dict(
    zip("АВЕЅІЈКМНОРСТУХасеіјорѕухΑΒΕΖΗΙΚΜΝΟΡΤΥΧο", "ABESIJKMHOPCTYXaceijopsyxABEZHIKMNOPTYXo", strict=True)
)
_FOREIGN = "\u0370-\u03ff\u0400-\u04ff"
_MIXED = re.compile(f"[A-Za-z0-9{_FOREIGN}]++")


class TraditionalRule(Rule):
    """Traditional characters; `allowed` are those that names and set phrases keep."""

    family: Literal["traditional"]
    allowed: Text = ""

    @cached_property
    def _sought(self) -> re.Pattern[str]:
        return re.compile(f"[{''.join(_simplified().keys() - set(self.allowed))}]{{1,50}}")

    def find(self, written: Written, directory: Directory) -> Iterator[Found]:
        simple = _simplified()
        for field, text in written.fields():
            for match in self._sought.finditer(text):
                yield Found(field, *match.span(), suggestion="".join(simple[character] for character in match[0]))


@lru_cache(maxsize=1)
def _simplified() -> dict[str, str]:
    """Characters that are never simplified Chinese, each with its simplified form: the table is opencc's."""
    every = [chr(code) for code in range(0x4E00, 0xA000)]
    converted = OpenCC("t2s").convert("\n".join(every)).split("\n")
    table = {old: new for old, new in zip(every, converted, strict=True) if old != new and len(new) == 1}
    kept = set(table.values())  # 苧 is simplified for 薴, whatever else it is
    return {old: new for old, new in table.items() if old not in kept}


class LookAlikeRule(Rule):
    """Cyrillic and Greek letters in one word with Latin letters or digits that they only look like."""

    family: Literal["look-alikes"]

    def find(self, written: Written, directory: Directory) -> Iterator[Found]:
        for field, text in written.fields():
            if text.isascii():
                continue
            for match in _MIXED.finditer(text):
                latin = "".join(_ALIKE.get(character, character) for character in match[0])
                if latin != match[0] and latin.isascii() and any(map(str.isascii, match[0])):
                    yield Found(field, *match.span(), suggestion=latin)

