"""Numbers as government texts write them: 32、1,200、3.5万、三十二、百分之八, with what they count."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

CHINESE_DIGITS = "零〇一二两三四五六七八九十百千万亿"
UNITS = (
    "个百分点", "平方公里", "平方米", "立方米", "公里", "亩次", "人次", "车次", "件次", "家次", "户次", "户",
    "家", "人", "名", "个", "项", "件", "起", "条", "座", "所", "处", "辆", "台", "套", "亿元", "万元", "元",
    "吨", "公斤", "米", "亩", "公顷", "场", "次", "种", "批", "类", "张", "份", "期", "册", "篇", "只", "头",
    "棵", "株", "间", "栋", "幢", "艘", "架", "小时", "分钟", "天", "年", "月", "日", "时", "分", "度", "岁",
    "倍", "点", "步", "支", "部", "层", "级", "周", "季度",
)  # fmt: skip
"""What numbers count."""

_NUMBER = re.compile(
    r"(?P<ordinal>第)?(?P<percent>百分之)?"
    r"(?:(?P<arabic>[0-9]{1,15}(?:,[0-9]{3}){0,4}(?:\.[0-9]{1,8})?)(?P<scale>[万亿]{0,2})"
    rf"|(?P<chinese>[{CHINESE_DIGITS}]{{1,20}}(?:点[零〇一二三四五六七八九]{{1,8}})?))"
    r"(?P<sign>[%％‰])?(?P<more>[余多])?"
    rf"(?P<unit>{'|'.join(sorted(UNITS, key=len, reverse=True))})?"
)
_ABOUT = re.compile(r"(?:超|近|约|逾|达到近|大约|将近|接近|突破|不足|过|破|上)$")
_SCALES = {"": 1, "万": 10**4, "亿": 10**8, "万亿": 10**12}
_LATIN = re.compile(r"[A-Za-z.·/-]")


@dataclass(frozen=True, slots=True)
class Number:
    start: int
    end: int
    """Behind its unit."""
    value: Decimal
    unit: str
    percent: bool
    exact: bool
    """Nothing like 近、超、余 stands with it."""
    arabic: bool


def numbers_in(text: str) -> tuple[Number, ...]:
    """Every number of the text that says how many; not 第三, nor 5G and A4."""
    return tuple(number for match in _NUMBER.finditer(text) if (number := _number(text, match)))


def _number(text: str, match: re.Match[str]) -> Number | None:
    start, end = match.span()
    if match["ordinal"] or (match["arabic"] and _in_a_name(text, start, end)):
        return None
    value = _arabic(match) if match["arabic"] else chinese_value(match["chinese"])
    if value is None:
        return None
    about = match["more"] or _ABOUT.search(text, max(0, start - 3), start)
    percent = bool(match["percent"] or match["sign"])
    return Number(start, end, value, match["unit"] or "", percent, not about, bool(match["arabic"]))


def _in_a_name(text: str, start: int, end: int) -> bool:
    """Digits that touch Latin letters or another figure are part of a name, a date or a version."""
    return bool((start and _LATIN.match(text, start - 1)) or _LATIN.match(text, end))


def _arabic(match: re.Match[str]) -> Decimal | None:
    scale = _SCALES.get(match["scale"])
    return None if scale is None else Decimal(match["arabic"].replace(",", "")) * scale


@lru_cache(maxsize=2_000)
def chinese_value(words: str) -> Decimal | None:
    """The value of a Chinese numeral; None for what is none, such as 百 in 百姓 or 万 alone."""
    if words[0] in "百千万亿":
        return None
    from cn2an import cn2an  # noqa: PLC0415  # half a second, which the start of the service need not wait for

    try:
        return Decimal(str(cn2an(words.replace("零零", "零"), "smart")))
    except (ValueError, ArithmeticError, IndexError, KeyError):
        return None
