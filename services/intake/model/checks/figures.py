"""Figures of one sentence that cannot be true together: sums, shares, growth."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from contracts.rpc.checks import CheckedField
from services.intake.model.checks.numbers import Number
from services.intake.model.checks.rule import Directory, Rule
from services.intake.model.checks.written import Found, Span, Written

_TOTAL = re.compile(
    r"(?:(?<!累)共计|合计|总计|总共|一共|(?<![公中])共(?![同享产青和建筑治赢商]))[^，。；、：0-9\n]{0,10}$"
)
_SUM_UP = re.compile(r"(?:共计|合计|总计)$")
_FLOWING = re.compile("其中|包括|注销|减少|下降|退出|现有|原有|净增|比|累计|含|至|到")
_ENUMERATED = re.compile(r"[^，。；0-9\n]{0,8}[、，和及][^，。；、0-9\n]{0,12}")
_CLOSED = re.compile(r"[^，。；、0-9\n]{0,4}[（(]?[^，。；、0-9\n]{0,4}")
"""What may stand between the last part and its total where neither comma nor 、 does: 失踪1人共计, 5人（合计."""
_COUNTING = re.compile(r"[，、（(](?:以上|上述|这|其)?$")
_OF_WHICH = re.compile("[，（(]其中")
_NEXT = re.compile("[、和及][^，。；、0-9]{0,8}")
_RESPECTIVELY = re.compile("分别(?:为|是|有|达|达到)?[^，。；0-9\n]{0,8}$")


class SumsRule(Rule):
    """Parts against their total: 分别为 and enumerations must add up, a part after 其中 cannot be more."""

    family: Literal["sums"]

    def find(self, written: Written, directory: Directory) -> Iterator[Found]:
        for sentence, numbers in written.numbers_by_sentence:
            for place, number in enumerate(numbers):
                if len(numbers) > 1 and number.exact and _stands_behind(_TOTAL, written.body, number):
                    yield from self._against(written.body, sentence, numbers, place)

    def _against(self, text: str, sentence: Span, numbers: Sequence[Number], place: int) -> Iterator[Found]:
        total, after = numbers[place], numbers[place + 1 :]
        parts = _respective(text, total, after)
        if not parts and _stands_behind(_SUM_UP, text, total):
            parts = _before(text, sentence, numbers[:place], total)
        if len(parts) > 1 and (found := sum(part.value for part in parts)) != total.value:
            yield _sum_differs(total, parts, found)
        if after and _is_a_larger_part(text, total, after[0]):
            part = after[0]
            yield Found(
                CheckedField.BODY, part.start, part.end, f"其中一部分（{part.value}）多于总数（{total.value}）。",
                f"A part ({part.value}) is more than the total ({total.value}).",
            )  # fmt: skip


def _is_a_larger_part(text: str, total: Number, part: Number) -> bool:
    alike = part.unit == total.unit and part.percent == total.percent
    return alike and part.value > total.value and _OF_WHICH.search(text, total.end, part.start) is not None


def _stands_behind(pattern: re.Pattern[str], text: str, number: Number) -> bool:
    return pattern.search(text, max(0, number.start - 14), number.start) is not None


def _respective(text: str, total: Number, after: Sequence[Number]) -> list[Number]:
    """The numbers of 分别为12、15、20人 behind a total of 人."""
    if not after or not _stands_behind(_RESPECTIVELY, text, after[0]) or after[0].start - total.end > 40:
        return []
    parts = [after[0]]
    for one, two in pairwise(after):
        if not _NEXT.fullmatch(text, one.end, two.start):
            break
        parts.append(two)
    return parts if all(part.exact and part.unit in {"", total.unit} and not part.percent for part in parts) else []


def _before(text: str, sentence: Span, before: Sequence[Number], total: Number) -> list[Number]:
    """The numbers of an enumeration that ends with 共计 or 合计, all of the total's unit; in 两项合计 the 两项 counts
    them and is none of them."""
    if not total.unit or _FLOWING.search(text, sentence.start, total.start):
        return []
    parts = before[:-1] if _counts_them(text, before, total) else before
    alike = all(part.unit == total.unit and part.exact and not part.percent for part in parts)
    joined = all(_ENUMERATED.fullmatch(text, one.end, two.start) for one, two in pairwise(parts))
    return list(parts) if alike and joined and _leads_to(text, before, total) else []


def _counts_them(text: str, before: Sequence[Number], total: Number) -> bool:
    last = before[-1] if len(before) > 2 else None
    return (
        last is not None and last.unit != total.unit and last.value == len(before) - 1
        and _stands_behind(_COUNTING, text, last)
    )


def _leads_to(text: str, before: Sequence[Number], total: Number) -> bool:
    """Whether nothing but 共计 and a few words stand between the last number and the total."""
    if not before:
        return False
    end = before[-1].end
    return any(pattern.fullmatch(text, end, total.start) for pattern in (_ENUMERATED, _CLOSED))


def _sum_differs(total: Number, parts: Sequence[Number], found: Decimal | int) -> Found:
    return Found(
        CheckedField.BODY, total.start, total.end, f"各部分相加为{found}，总数写作{total.value}。",
        f"The parts add up to {found}; the total says {total.value}.",
    )  # fmt: skip


_SHARE = re.compile(
    r"(?:占|占比|合格率|满意率|满意度|覆盖率|办结率|参保率|入户率|知晓率|普及率|出勤率|到位率|签约率|回复率|网上可办率)"
    r"(?P<of>[^，。；、0-9\n]{0,10})$"
)
_RESPECTIVE_SHARES = re.compile("分别占[^，。；0-9\n]{0,8}$")
_AND = re.compile("[、，和及]{1,2}")
_MAY_EXCEED = re.compile("去年|上年|同期|目标|任务|计划|预算|年初|增长|提高|提升|上升|下降|降低")


class SharesRule(Rule):
    """A share above 100 %, or 分别占 shares that are more than the whole together."""

    family: Literal["shares"]

    def find(self, written: Written, directory: Directory) -> Iterator[Found]:
        text = written.body
        for _, numbers in written.numbers_by_sentence:
            shares = [number for number in numbers if number.percent and number.unit != "个百分点"]
            for share in shares:
                if share.value > 100 and self._is_a_share(text, share):
                    yield Found(CheckedField.BODY, share.start, share.end, "占比、比率不应超过100%。",
                        "A share is not more than 100 %.")  # fmt: skip
            yield from self._together(text, shares)

    def _is_a_share(self, text: str, share: Number) -> bool:
        match = _SHARE.search(text, max(0, share.start - 16), share.start)
        return match is not None and not _MAY_EXCEED.search(match["of"])

    def _together(self, text: str, shares: Sequence[Number]) -> Iterator[Found]:
        if len(shares) < 2 or not _stands_behind(_RESPECTIVE_SHARES, text, shares[0]):
            return
        joined = all(_AND.fullmatch(text, one.end, two.start) for one, two in pairwise(shares))
        whole = sum(share.value for share in shares)
        if joined and whole > Decimal("100.5"):
            yield Found(
                CheckedField.BODY, shares[0].start, shares[-1].end, f"各项占比相加为{whole}%，超过100%。",
                f"The shares add up to {whole} %.",
            )  # fmt: skip


_UP, _DOWN = "增长|增加|提高|提升|上升|扩大|升|增", "下降|降低|减少|缩小|压缩|降|减"
_FROM = re.compile("[由从][^，。；0-9\n]{0,12}$")
_TO = re.compile(rf"[^，。；0-9\n]{{0,6}}?(?:(?P<up>{_UP})|(?P<down>{_DOWN}))[到至为](?:了)?[^，。；0-9\n]{{0,6}}")
_BY = re.compile(
    rf"[，、（(]?(?:同比|比上年|较上年|比去年|较去年|总体)?"
    rf"(?:(?P<up>{_UP}|增幅)|(?P<down>{_DOWN}|降幅))(?:了|约|达|达到|为)?"
)


class GrowthRule(Rule):
    """从A增长到B, with or without 增长C%: the direction and the rate must follow from the two values."""

    family: Literal["growth"]

    def find(self, written: Written, directory: Directory) -> Iterator[Found]:
        text = written.body
        for _, numbers in written.numbers_by_sentence:
            for place, (old, new) in enumerate(pairwise(numbers)):
                to = _TO.fullmatch(text, old.end, new.start)
                if to is None or not _stands_behind(_FROM, text, old) or old.percent != new.percent:
                    continue
                if (new.value < old.value) if to["up"] else (new.value > old.value):
                    yield Found(CheckedField.BODY, old.start, new.end, "增减方向与前后两个数字不符。",
                        "The direction does not fit the two figures.")  # fmt: skip
                elif place + 2 < len(numbers):
                    yield from _rate_differs(text, old, new, numbers[place + 2])


def _rate_differs(text: str, old: Number, new: Number, rate: Number) -> Iterator[Found]:
    by = _BY.fullmatch(text, new.end, rate.start)
    if by is None or not (old.exact and new.exact and rate.exact) or old.unit not in {"", new.unit}:
        return
    points = rate.unit == "个百分点"
    if old.value == 0 or points != old.percent or not (points or rate.percent):
        return
    change = abs(new.value - old.value)
    actual = change if points else change / old.value * 100
    if abs(actual - rate.value) > max(Decimal("0.15") if points else Decimal(1), rate.value / 50):
        words = f"{actual:.1f}{'个百分点' if points else '%'}"
        yield Found(
            CheckedField.BODY, rate.start, rate.end, f"按前后两个数字计算应为{words}。",
            f"By the two figures it is {words}.",
        )  # fmt: skip
