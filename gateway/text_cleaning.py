"""Pasted text made clean: what came along from Word, a web page or a PDF and does not belong in a report.

Never changes a Chinese character, the value of a digit, or where lines end, but for blank lines. Doing it twice is
doing it once: the rules are repeated until none finds anything, and each only ever takes away what it looks for.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

HAN = "〇\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_BEFORE, _AFTER = f"{HAN}”’》）】", f"{HAN}“‘《（【"
_BLANKS = " \u3000"
_BULLETS = "•●■◆◇▪▫►▶➢➤‣⁃∙◦·\uf000-\uf0ff"
"""The last are glyphs of Word's symbol fonts; other private use characters may be rare characters of names."""
_HALF_TO_FULL = dict(zip(",.;:?!", "，。；：？！", strict=True))
_HAN = re.compile(f"[{HAN}]")
_DOUBLE_QUOTE = re.compile('["„‟〝〞＂]')
_NUMBER = re.compile("[一二三四五六七八九十]{1,4}")
_MARK = re.compile(rf"(?<=[{_BEFORE}])([,.;:?!])[{_BLANKS}]*(?=[{_AFTER}]|$)", re.MULTILINE)

Result = tuple[str, int]
"""The text and in how many places it was changed."""


@dataclass(frozen=True)
class Rule:
    """One thing that is put right; `note_zh` tells the writer."""

    name: str
    note_zh: str
    put_right: Callable[[str], Result]


@dataclass(frozen=True)
class Change:
    """What a rule put right, in how many places."""

    rule: str
    count: int
    note_zh: str


def clean(text: str) -> tuple[str, list[Change]]:
    """The clean text and what was changed, in the order of the rules."""
    counts: Counter[str] = Counter()
    before = None
    while text != before:
        before = text
        for rule in RULES:
            text, places = rule.put_right(text)
            counts[rule.name] += places
    return text, [
        Change(rule.name, counts[rule.name], f"{rule.note_zh} {counts[rule.name]} 处")
        for rule in RULES
        if counts[rule.name]
    ]


def _replacing(pattern: str, by: str | Callable[[re.Match[str]], str]) -> Callable[[str], Result]:
    compiled = re.compile(pattern, re.MULTILINE)

    def put_right(text: str) -> Result:
        return compiled.subn(by, text)

    return put_right


def _half_width(found: re.Match[str]) -> str:
    return "".join(chr(ord(character) - 0xFEE0) for character in found[0])


def _quotes(text: str) -> Result:
    """Straight and odd quotes in pairs next to Chinese text; a line with one too many is left to its writer."""
    characters, pairs, start = list(text), 0, 0
    for line in text.split("\n"):
        places = [start + found.start() for found in _DOUBLE_QUOTE.finditer(line)]
        for opening, closing in zip(places[::2], places[1::2], strict=False) if len(places) % 2 == 0 else ():
            if _beside_han(text, opening) or _beside_han(text, closing):
                characters[opening], characters[closing] = "“”"
                pairs += 1
        start += len(line) + 1
    return "".join(characters), pairs


def _beside_han(text: str, place: int) -> bool:
    return any(_HAN.match(beside) for beside in (text[max(place - 1, 0) : place], text[place + 1 : place + 2]))


def _brackets(text: str) -> Result:
    """A pair that holds Chinese text or stands behind it. One pass, however deep they are nested."""
    characters, pairs, last_han = list(text), 0, -1
    open_at: list[int] = []
    for place, character in enumerate(text):
        if character == "\n":
            open_at.clear()
        elif character == "(":
            open_at.append(place)
        elif character == ")" and open_at:
            opening = open_at.pop()
            if last_han > opening or _HAN.match(text[max(opening - 1, 0) : opening]):
                characters[opening], characters[place] = "（）"
                pairs += 1
        elif _HAN.match(character):
            last_han = place
    return "".join(characters), pairs


def _punctuation(text: str) -> Result:
    """Half-width marks between Chinese characters, or at a line's end behind one; the stop of "一." stays."""
    places = 0

    def full_width(found: re.Match[str]) -> str:
        nonlocal places
        begins = text.rfind("\n", 0, found.start()) + 1
        if found[1] == "." and _NUMBER.fullmatch(text, begins, found.start()):
            return found[0]
        places += 1
        return _HALF_TO_FULL[found[1]]

    return _MARK.sub(full_width, text), places


RULES: tuple[Rule, ...] = (
    Rule("line_ends", "换行符统一", _replacing("\r\n?|[\x0b\x0c\x85\u2028\u2029]", "\n")),
    Rule("control", "删去控制字符", _replacing("[\x00-\x08\x0e-\x1f\x7f-\x9f]+", "")),
    Rule(
        "invisible", "删去看不见的字符（零宽、方向控制、软连字符）",
        _replacing("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]+", ""),
    ),
    Rule("odd_spaces", "不间断空格、制表符改为普通空格", _replacing("[\t\u00a0\u1680\u2000-\u200a\u202f\u205f]", " ")),
    Rule("bullets", "删去行首的项目符号", _replacing(rf"^[{_BLANKS}]*(?:[{_BULLETS}][{_BLANKS}]*)+", "")),
    Rule("symbols", "删去 Word 符号字体的字符", _replacing("[\uf000-\uf0ff]+", "")),
    Rule("full_width", "全角字母、数字改为半角", _replacing("[０-９Ａ-Ｚａ-ｚ]+", _half_width)),
    Rule("trailing_spaces", "删去行尾空格", _replacing(rf"(?<![{_BLANKS}])[{_BLANKS}]+$", "")),
    Rule("indents", "删去行首空格（版式自会缩进）", _replacing(rf"^[{_BLANKS}]+", "")),
    Rule("repeated_spaces", "连续空格合为一个", _replacing(rf"[{_BLANKS}]{{2,}}", " ")),
    Rule("blank_lines", "多余的空行合为一行", _replacing("\n{3,}", "\n\n")),
    Rule("double_quotes", "中文旁的引号改为“”", _quotes),
    Rule(
        "single_quotes", "中文旁的单引号改为‘’",
        _replacing(rf"['‚‛＇](?=[{HAN}])([^'‚‛＇\n]*)(?<=[{HAN}])['‚‛＇]", r"‘\1’"),
    ),
    Rule("brackets", "中文旁的半角括号改为全角", _brackets),
    Rule("punctuation", "汉字之间的半角标点改为全角", _punctuation),
)  # fmt: skip
