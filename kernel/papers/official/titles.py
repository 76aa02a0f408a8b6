"""Titles broken by sense: words, numbers with units and names stay whole, lines stand well (GB/T 9704, 7.3.1).

The standard wants titles of several lines with whole words, lengths that suit each other and the shape of a trapezium
or a lozenge. Words are those of rjieba (decision 0125); what it does not know is said here.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from kernel.papers.glyphs import one_line

LINE = 20.0
"""Characters of a title in a line: 156 mm hold 20.1 of size 2."""
CLOSING = frozenset("，。、；：！？）〕》〉”’」』】％%‰,.;:!?)]}…·—～")
OPENING = frozenset("（〔《〈“‘「『【([{")
_WHOLE = tuple(
    map(
        re.compile,
        (
            r"《[^《》]*》|“[^“”]*”|（[^（）]*）",
            r"[\u4e00-\u9fff]{0,5}〔\d{2,4}〕\d+号",
            r"[A-Za-z0-9][A-Za-z0-9.,%‰&+/:@_-]*",
            r"\d{2,4}年(?:\d{1,2}月)?(?:\d{1,2}日)?|\d{1,2}月\d{1,2}日",
            r"\d[\d.,]*[%‰]?[至到—～~-]\d[\d.,]*[%‰]?[年月日号个]?",
        ),
    )
)
_NUMBER = re.compile(
    r"[第约近超逾]?[\d.,]*[\d〇零一二两三四五六七八九十百千万亿余多]+"
    r"|[〇零一二两三四五六七八九十]+分之.*"
)
# Sixteenths, so that sums are exact
_LETTERS = {**dict.fromkeys("ABCDEFGHIJKLNOPQRSTUVXYZ&w", 0.8125), **dict.fromkeys("MWm@%‰", 1.0)}
_LINKED = frozenset({
    "个", "万", "亿", "多", "余", "余个", "万个", "多个", "百分", "美",
})  # fmt: skip
"""Words between a number and its unit."""
_HANGING = frozenset({
    "的", "地", "得", "了", "着", "过", "等", "们", "之", "后", "前", "中", "上", "下", "内", "外", "以上", "以下",
    "以来", "期间", "情况下",
})  # fmt: skip
"""Words that no line begins with."""
_LEADING = frozenset({
    "关于", "和", "与", "及", "以及", "或", "对", "在", "向", "为", "赴", "由", "从", "把", "被", "将", "不", "第",
    "至", "到", "市", "区", "县", "本", "全", "各",
})  # fmt: skip
"""Words that no line ends with."""
_BODY = re.compile(r"(?:人民)?政府|办公[室厅]|委员会|[党市区县]委|.*局|街道|办事处|集团|.*公司|中心|指挥部|人大|政协")
"""Words that carry on the name of a body."""
_SURNAME_AND_NAME = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")


def wide_of(text: str) -> float:
    """Characters of Chinese text that it is as wide as, at most: all faces set Latin letters no wider than this."""
    return sum(1.0 if ord(one) > 0x7E else _LETTERS.get(one, 0.625) for one in text)


@lru_cache(maxsize=500)
def title_lines(title: str, wide: float = LINE) -> tuple[str, ...]:
    """The title's lines, none wider than `wide` characters. Blanks at which a line ends go, nothing else is lost."""
    whole = one_line(title)
    if wide_of(whole) <= wide:
        return (whole,)
    pieces = [part for piece in _pieces(whole, wide) for part in cut(piece, wide)]
    return tuple(line for line in map(str.strip, _arranged(pieces, wide)) if line) or ("",)


Word = tuple[str, str]
"""The word and its kind, as rjieba tells them; several words that are never parted have the kind of the last."""


def _pieces(title: str, wide: float) -> list[str]:
    """The title parted wherever a line may end; wider than a line is only what is never parted."""
    units = _units(title, wide)
    pieces = [units[0][0]]
    for (before, kind), (after, next_kind) in pairwise(units):
        joined = _belong_together(before, after) or _one_name(before, kind, after, next_kind)
        if joined and wide_of(pieces[-1] + after) <= wide:
            pieces[-1] += after
        else:
            pieces.append(after)
    return pieces


def _units(title: str, wide: float) -> list[Word]:
    """Words with what is never parted from them: marks, further digits, the unit of a number, all of a name in 《》."""
    from rjieba import tag  # noqa: PLC0415  # its dictionary takes half a second, which the start need not wait for

    words: list[Word] = tag(title)
    inside = {
        place
        for pattern in _WHOLE
        for found in pattern.finditer(title)
        if wide_of(found[0]) <= wide
        for place in range(found.start() + 1, found.end())
    }
    units, place = [words[0]], len(words[0][0])
    for index, ((before, _), (after, kind)) in enumerate(pairwise(words)):
        earlier = words[index - 1][0] if index else ""
        if place in inside or _never_parted(before, after) or _counted(earlier, before, after):
            units[-1] = (units[-1][0] + after, kind)
        else:
            units.append((after, kind))
        place += len(after)
    return units


def _never_parted(before: str, after: str) -> bool:
    digits = all(one.isascii() and one.isalnum() for one in (before[-1], after[0]))
    return digits or after[0].isspace() or after[0] in CLOSING or before[-1] in OPENING


def _belong_together(before: str, after: str) -> bool:
    """What no line begins or ends with, though it might."""
    if before[-1].isspace():
        return False
    return before in _LEADING or (after in _HANGING and before[-1] != "》")


def _one_name(before: str, kind: str, after: str, next_kind: str) -> bool:
    """A body's name in several words, or a person's whose rare given name the dictionary does not know."""
    if _BODY.fullmatch(after) and kind in {"ns", "nt", "n", "nz", "nr", "j"}:
        return True
    rare = len(before) == len(after) == 1 and next_kind in {"x", "nr", "zg", "g"}
    return rare and kind in {"nr", "zg", "x", "n", "q"} and bool(_SURNAME_AND_NAME.fullmatch(after))


def _counted(earlier: str, before: str, after: str) -> bool:
    """A number and its unit, also with 万 or 个 between them."""
    if not after[0].isalnum():
        return False
    return bool(_NUMBER.fullmatch(before)) or (before in _LINKED and bool(_NUMBER.fullmatch(earlier)))


def cut(piece: str, wide: float) -> list[str]:
    """A piece longer than a line, cut where it is full; not before a closing mark if that can be helped."""
    parts = []
    while wide_of(piece) > wide:
        full = max(length for length in range(1, len(piece)) if wide_of(piece[:length]) <= wide)
        allowed = [at for at in range(full, 0, -1) if _may_begin(piece[at:]) and piece[at - 1] not in OPENING]
        at = allowed[0] if allowed else full
        parts.append(piece[:at])
        piece = piece[at:]
    return [*parts, piece]


def _may_begin(rest: str) -> bool:
    return rest.lstrip()[:1] not in CLOSING


State = tuple[int, int, bool]
"""Where the last line begins and ends, and whether a line was shorter than the one before it already."""


def _arranged(pieces: list[str], wide: float) -> list[str]:
    """As few lines as possible, of these the ones that stand best: see `_cost`."""
    ends = [0.0]
    for piece in pieces:
        ends.append(ends[-1] + wide_of(piece))
    fewest = _fewest(ends, wide)
    mean = ends[-1] / fewest
    best: dict[State, tuple[float, tuple[int, ...]]] = {(0, 0, False): (0.0, ())}
    for left in range(fewest - 1, -1, -1):
        found: dict[State, tuple[float, tuple[int, ...]]] = {}
        for (start, end, fallen), (cost, breaks) in best.items():
            for stop in range(end + 1, len(pieces) + 1):
                width = ends[stop] - ends[end]
                if width > wide:
                    break
                if ends[-1] - ends[stop] > left * wide or (left == 0) != (stop == len(pieces)):
                    continue
                shorter = end > 0 and width < ends[end] - ends[start]
                waist = fallen and end > 0 and width > ends[end] - ends[start]
                state = (end, stop, fallen or shorter)
                worth = cost + _cost(pieces[stop - 1], width, mean, last=left == 0) + (12 if waist else 0)
                if state not in found or worth < found[state][0]:
                    found[state] = (worth, (*breaks, stop))
        best = found
    _, breaks = min(best.values())
    return ["".join(pieces[start:stop]) for start, stop in pairwise((0, *breaks))]


def _fewest(ends: list[float], wide: float) -> int:
    """Lines that are needed when each takes as many pieces as it can."""
    lines, start = 1, 0.0
    for before, end in pairwise(ends):
        if end - start > wide:
            lines, start = lines + 1, before
    return lines


def _cost(last_piece: str, width: float, mean: float, *, last: bool) -> float:
    """Lengths that suit each other; a line best ends at a blank or a mark, where the sentence does."""
    ended = last or last_piece[-1].isspace() or last_piece[-1] in CLOSING
    return (width - mean) ** 2 + (0 if ended else 6)
