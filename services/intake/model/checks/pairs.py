"""Quotation marks and brackets without their other half."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from services.intake.model.checks.rule import Directory, Rule
from services.intake.model.checks.written import Found, Written

_CLOSES = {"”": "“", "’": "‘", "）": "（", "》": "《", "〉": "〈", "」": "「", "』": "『", "】": "【", "〕": "〔"}
_MARKS = re.compile(f"[()\n{''.join(_CLOSES)}{''.join(_CLOSES.values())}]")
_NARROW = {"(": "（", ")": "）"}
_LABEL = re.compile(r"[0-9a-zA-Z一二三四五六七八九十①-⑩]")
_NESTED = 5
"""How many marks may stand open at once."""
_BOTH = _CLOSES | {opening: closing for closing, opening in _CLOSES.items()}


class PairsRule(Rule):
    """Within a paragraph; 1) and 一） at a label may stand alone, width is another rule's matter."""

    family: Literal["pairs"]

    def find(self, written: Written, directory: Directory) -> Iterator[Found]:
        for field, text in written.fields():
            for place, mark in _alone(text):
                missing = _BOTH[_NARROW.get(mark, mark)]
                yield Found(
                    field, place, place + 1, f"“{mark}”缺少与之配对的“{missing}”。", f"“{mark}” lacks its “{missing}”."
                )


def _alone(text: str) -> Iterator[tuple[int, str]]:
    open_marks: list[tuple[int, str]] = []
    for match in _MARKS.finditer(text + "\n"):
        place, mark = match.start(), _NARROW.get(match[0], match[0])
        if mark == "\n":
            yield from ((at, text[at]) for at, _ in open_marks)
            open_marks = []
        elif mark not in _CLOSES:
            open_marks.append((place, mark))
        elif (depth := _depth(open_marks, _CLOSES[mark])) is not None:
            yield from ((at, text[at]) for at, _ in open_marks[depth + 1 :])
            del open_marks[depth:]
        elif not (mark == "）" and _is_label(text, place)) and mark != "’":
            yield place, text[place]


def _depth(open_marks: list[tuple[int, str]], opening: str) -> int | None:
    """Where among the last open marks this one stands."""
    for depth in range(len(open_marks) - 1, max(-1, len(open_marks) - _NESTED), -1):
        if open_marks[depth][1] == opening:
            return depth
    return None


def _is_label(text: str, place: int) -> bool:
    return bool(place and _LABEL.match(text, place - 1))
