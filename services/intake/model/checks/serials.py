"""Serial numbers that skip or repeat: 一、 （一） 1. （1） at the beginning of paragraphs, and 一是 二是 三是."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from contracts.rpc.checks import CheckedField
from services.intake.model.checks.numbers import chinese_value
from services.intake.model.checks.rule import Directory, Rule
from services.intake.model.checks.written import Found, Written

_CHINESE = "[一二三四五六七八九十]{1,3}"
_HEADING = re.compile(
    rf"(?:^|\n)[ \u3000\t]{{0,8}}(?:(?P<l1>{_CHINESE})、|[（(](?P<l2>{_CHINESE})[）)]"
    r"|(?P<l3>[0-9]{1,2})[.．、](?![0-9])|[（(](?P<l4>[0-9]{1,2})[）)])"
)
_INLINE = re.compile(rf"(?:^|[，。；：！？\n])[ \u3000]{{0,4}}(?P<l5>{_CHINESE})是")
_DIGITS = "零一二三四五六七八九"


class SerialsRule(Rule):
    """Each level counts on by one or begins anew with 1; a higher level lets the lower ones begin anew."""

    family: Literal["serials"]

    def find(self, written: Written, directory: Directory) -> Iterator[Found]:
        yield from _out_of_order(_HEADING, written.body)
        yield from _out_of_order(_INLINE, written.body)


def _out_of_order(pattern: re.Pattern[str], text: str) -> Iterator[Found]:
    last: dict[str, int] = {}
    for match in pattern.finditer(text):
        level = str(match.lastgroup)
        number = _number(match[level])
        wanted = last.get(level, 0) + 1
        if number is None:
            continue
        if level in last and number not in {1, wanted}:
            instead = str(wanted) if match[level].isdigit() else _chinese(wanted)
            yield Found(
                CheckedField.BODY, *match.span(level), f"前一序号之后应为“{instead}”。",
                f"After the serial number before, “{instead}” is due.", instead,
            )  # fmt: skip
        last = {known: value for known, value in last.items() if known < level} | {level: number}


def _number(words: str) -> int | None:
    """None for what is no serial number that one could count on from."""
    value = int(words) if words.isascii() else int(chinese_value(words) or 0)
    return value if 0 < value < 99 else None


def _chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    return ("" if tens < 2 else _DIGITS[tens]) + ("十" if tens else "") + (_DIGITS[ones] if ones else "")
