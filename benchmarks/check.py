"""check: the writing check of a report of 3,000 characters, ms; the yardstick is one regular expression per rule."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from statistics import median
from time import perf_counter

from benchmarks.comparison import Aim, Result, interleave
from benchmarks.ground import Ground
from contracts.rpc.checks import CheckText
from services.intake.model.checks.engine import check
from services.intake.model.checks.patterns import PatternRule, WordsRule
from services.intake.model.checks.rule import Directory, PostHolder, Rule, UnitName
from services.intake.model.checks.rules import writing_rules

LENGTH, TIMES = 3_000, 15
DAY, UNIT = date(2026, 11, 24), "河西区人民政府办公室"
PARAGRAPH = (
    "{n}月10日至20日，河西区扎实推进第{n}批老旧小区改造，完成改造{n}2个，惠及居民{n},205户，完成投资{n}.5亿元，同比增长{n}%。"
    "一是强化组织领导，成立“工作专班”；二是加强统筹协调，召开推进会{n}次；三是严格督导检查，发现问题{n}6个，已全部整改到位。\n"
)
FIGURE = r"第?(?:百分之)?[0-9][0-9.,]*[万亿]*%?[余多]?|[零一二三四五六七八九十百千万]+"
DATES = r"(?:[0-9]{4}年)?[0-9]{1,2}月[0-9]{1,2}日"
BY_HAND = {
    "length": r"\S", "title-numbers": FIGURE, "title-places": r"..(?:街道|[省市区县乡镇村路])",
    "element": r"建议|措施|以来|反映|据", "unit-names": "市安全生产监督管理局|市发展改革委员会",
    "posts": "(?:副?(?:局长|主任|书记))李强",
    "sums": rf"共计?[^，。]{{0,10}}(?:{FIGURE})", "shares": rf"占[^，。]{{0,10}}(?:{FIGURE})",
    "growth": rf"[由从][^，。]{{0,10}}(?:{FIGURE})", "impossible-dates": DATES, "weekdays": DATES + "（?星期",
    "date-ranges": DATES + "至", "occurrence-dates": DATES + "[^。]{0,20}发生", "pairs": "[“”《》（）]",
    "serials": r"(?:^|\n)[一二三四五六七八九十]{1,3}、|[一二三四五]是", "doubled": r"[^。\n]{12,}[。\n]",
    "traditional": "[區國辦會為與時實對業]", "look-alikes": "[\u0370-\u04ff]",
}  # fmt: skip
"""What the rule of a family would be as one regular expression."""


def report() -> CheckText:
    body = "".join(PARAGRAPH.format(n=number) for number in range(1, 40))
    return CheckText(title="河西区完成32个老旧小区改造", body=body[:LENGTH])


def directory() -> Directory:
    """Sixty units, some with a former name, and an office of twelve."""
    units = [UnitName(name=f"市第{number}工作和服务委员会") for number in range(60)]
    former = [UnitName(name=f"市第{number}工作局", now=units[number].name) for number in range(10)]
    people = [PostHolder(name=f"王{character}", posts=("办公室主任",)) for character in "敏强芳伟静洋刚婷倩涛丽峰"]
    return Directory(units=(*units, *former), people=tuple(people))


def one_expression(rule: Rule) -> re.Pattern[str]:
    if isinstance(rule, PatternRule):
        return re.compile(rule.pattern)
    if isinstance(rule, WordsRule):
        return re.compile("|".join(map(re.escape, (*rule.words, *rule.instead))))
    return re.compile(BY_HAND[getattr(rule, "family", "")])


def run(ground: Ground) -> list[Result]:
    """Median of each round's checks, with the dictionaries read before."""
    content, known, rules = report(), directory(), writing_rules()
    expressions = [one_expression(rule) for rule in rules.rules if rule.looks_at(content.kind)]

    def product() -> float:
        return _median(lambda: check(content, UNIT, known, DAY, rules))

    def by_hand() -> float:
        return _median(lambda: [list(each.finditer(content.title + content.body)) for each in expressions])

    product(), by_hand()
    ours, theirs = interleave(product, by_hand)
    note = f"{len(content.body):,} characters, {len(expressions)} rules; the aim is also <= 30 ms"
    return [Result("check", "ms", Aim(5, at_least=False), ours, theirs, [note])]


def _median(work: Callable[[], object]) -> float:
    spent = []
    for _ in range(TIMES):
        began = perf_counter()
        work()
        spent.append((perf_counter() - began) * 1_000)
    return median(spent)
