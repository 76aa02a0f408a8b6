"""Title against text: numbers and places of the title must stand in the text (notice 二(四))."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from contracts.model import Text
from contracts.rpc.checks import CheckedField
from services.intake.model.checks.numbers import Number
from services.intake.model.checks.rule import Directory, Rule
from services.intake.model.checks.written import Found, Span, Written

_NEAR = (Decimal("0.7"), Decimal("1.5"))
"""A number that is called 近、超、余 stands for any of this neighbourhood."""
_PLACE_ENDS = ("街道", "新区", "开发区", "省", "市", "区", "县", "乡", "镇", "村", "路", "旗", "州")
_VILLAGES = ("街道", "乡", "镇", "村")
"""Ends that no name of a person has: the dictionary takes 唐官屯 for one."""


class TitleNumbersRule(Rule):
    """A title's number of one of the `units`, unless it counts what the text lists (三项、五个)."""

    family: Literal["title-numbers"]
    units: frozenset[Text]
    listing_units: frozenset[Text]
    listed_up_to: int = 10

    def find(self, written: Written, directory: Directory) -> Iterator[Found]:
        if not written.body.strip():
            return
        for number in written.title_numbers:
            if self._counts(number, written.title) and not any(_same(number, each) for each in written.body_numbers):
                words = written.title[number.start : number.end]
                yield Found(
                    CheckedField.TITLE, number.start, number.end, f"标题中的“{words}”在正文中没有出现。",
                    f"“{words}” of the title does not stand in the text.",
                )  # fmt: skip

    def _counts(self, number: Number, title: str) -> bool:
        if number.percent:
            return True
        if number.unit not in self.units or (not number.arabic and number.value <= 1):
            return False
        return not (number.unit in self.listing_units and number.value <= self.listed_up_to)


def _same(wanted: Number, stated: Number) -> bool:
    if wanted.percent != stated.percent:
        return False
    if wanted.exact:
        return wanted.value == stated.value
    return wanted.value * _NEAR[0] <= stated.value <= wanted.value * _NEAR[1]


class TitlePlacesRule(Rule):
    """A title's place that the text does not name, neither short (河西) nor as 全区、我市; one's own unit is known."""

    family: Literal["title-places"]

    def find(self, written: Written, directory: Directory) -> Iterator[Found]:
        if not written.body.strip():
            return
        for place in _places(written.title, directory):
            if not _told(place.text, written):
                yield Found(
                    CheckedField.TITLE, place.start, place.end, f"标题中的“{place.text}”在正文中没有出现。",
                    f"“{place.text}” of the title does not stand in the text.",
                )  # fmt: skip


def _told(place: str, written: Written) -> bool:
    end = next((each for each in _PLACE_ENDS if place.endswith(each)), "")
    core = place.removesuffix(end) if len(place) - len(end) >= 2 else place
    if core in written.body or core in written.unit or (written.unit and written.unit in place):
        return True
    return bool(end) and any(f"{own}{end[-1]}" in written.body for own in "全我本该各辖")


def _places(title: str, directory: Directory) -> Iterator[Span]:
    found = {unit.name for unit in directory.units if unit.now is None and unit.name in title}
    for name in sorted(found):
        if not any(name != other and name in other for other in found):
            yield Span(title.index(name), title.index(name) + len(name), name)
    for place in _tagged_places(title):
        if not any(place.text in name for name in found):
            yield place


@lru_cache(maxsize=200)
def _tagged_places(title: str) -> tuple[Span, ...]:
    """Places with 省、区、镇、路 and the like at their end; the title hardly changes while the text is written."""
    from rjieba import tag  # noqa: PLC0415  # its dictionary takes half a second, which the start need not wait for

    places, place, words = [], 0, tag(title)
    for index, (word, kind) in enumerate(words):
        after = words[index + 1][0] if index + 1 < len(words) else ""
        name = word + after if kind in {"ns", "nr"} and after in _PLACE_ENDS else word
        ends = _PLACE_ENDS if kind == "ns" else _VILLAGES if kind == "nr" else ()
        if len(name) > 2 and name.endswith(ends):
            places.append(Span(place, place + len(name), name))
        place += len(word)
    return tuple(places)
