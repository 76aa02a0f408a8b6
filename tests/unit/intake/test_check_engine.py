"""R10: whatever the text, the check answers, marks places inside it, and taking a suggestion mends what it was for."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from types import FrameType
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from contracts.rpc.checks import CheckedField, CheckText, Finding, Findings
from contracts.vocabulary import Kind
from kernel.rule_files import read_rules
from services.intake.model.checks.engine import AT_MOST, check
from services.intake.model.checks.rule import Directory, PostHolder, UnitName
from services.intake.model.checks.rules import RULES_PATH, WritingRules

RULES = read_rules(RULES_PATH, WritingRules)
DAY = date(2026, 11, 24)
DIRECTORY = Directory(
    units=(
        UnitName(name="市应急管理局"), UnitName(name="市安全生产监督管理局", now="市应急管理局"),
        UnitName(name="市发展和改革委员会"),
    ),
    people=(PostHolder(name="李强", posts=("局长",)),),
)  # fmt: skip
EXAMPLES = [example for rule in RULES.rules for example in (*rule.examples.gives, *rule.examples.passes)]
PIECES = sorted({part for example in EXAMPLES if example.times == 1 for part in (example.title, example.body) if part})
MARKS = [
    *"，。；：、！？,.;:!?…—-\"“”‘’《》（）() \u3000\n0123456789０９一二三四五十百万亿〇○",
    *"第是年月日时分至由从增长到约余多共其中分别占%的АαA國",
]
TEXTS = st.lists(
    st.one_of(st.sampled_from(PIECES), st.sampled_from(MARKS), st.characters(codec="utf-8")), max_size=12
).map("".join)
CONTENTS = st.builds(
    CheckText,
    kind=st.sampled_from(Kind),
    title=TEXTS.map(lambda text: text.replace("\x00", "")[:200]),
    body=TEXTS.map(lambda text: text.replace("\x00", "")[:50_000]),
    occurred_at=st.none() | st.just(datetime(2026, 11, 24, tzinfo=UTC)),
)


def found(content: CheckText) -> Findings:
    return check(content, "河西区人民政府办公室", DIRECTORY, DAY, RULES)


def text_of(content: CheckText, field: CheckedField) -> str:
    return content.title if field is CheckedField.TITLE else content.body


def with_suggestion(content: CheckText, finding: Finding) -> CheckText:
    text = text_of(content, finding.field)
    changed = text[: finding.start] + (finding.suggestion or "") + text[finding.end :]
    return content.model_copy(update={finding.field.value: changed})


@given(content=CONTENTS)
@settings(max_examples=150)
def test_R10_places_lie_inside_the_text_and_the_same_text_gives_the_same_findings(content: CheckText) -> None:
    told = found(content)
    assert told == found(content)
    for each in told.items:
        text = text_of(content, each.field)
        assert 0 <= each.start <= each.end <= len(text)
        assert (text[each.start : each.end], bool(each.why_zh), bool(each.why_en)) == (each.words, True, True)
        assert each.suggestion != each.words


@given(content=CONTENTS)
@settings(max_examples=150)
@example(content=CheckText(body="，" * 60))
@example(content=CheckText(body="一、甲\n二、乙\n四、丙\n五、丁"))
@example(content=CheckText(body="全区部署。。。。"))
def test_R10_a_suggestion_taken_leaves_no_finding_of_its_rule_at_its_place(content: CheckText) -> None:
    for each in found(content).items:
        if each.suggestion is None:
            continue
        end = each.start + len(each.suggestion)
        mended = found(with_suggestion(content, each)).items
        same = [other for other in mended if (other.rule, other.field) == (each.rule, each.field)]
        assert not [other for other in same if other.start < end and each.start < other.end]


def calls(content: CheckText) -> int:
    """How many functions are called, of Python and of C: work that no busy machine changes."""
    counted = 0

    def count(_frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal counted
        counted += event in {"call", "c_call"}

    sys.setprofile(count)
    try:
        found(content)
    finally:
        sys.setprofile(None)
    return counted


@pytest.mark.parametrize(
    "repeated",
    [*"一1，。“（《第共由%的А國…-", "一是", "11月24日", "共3个，", "从1增长到2，", "1.", "\n一、", "全区 "],
)
def test_R10_work_grows_with_the_text_not_with_its_square(repeated: str) -> None:
    def of(length: int) -> CheckText:
        return CheckText(title=repeated[:1] * 200, body=(repeated * length)[:length])

    found(of(2_000))  # what is made once is made now
    assert calls(of(48_000)) < 9 * calls(of(6_000)) + 2_000


def test_R10_of_one_rule_only_so_many_findings_are_told() -> None:
    told = found(CheckText(body="今年1月,部署" * 100)).items
    assert [each.rule for each in told] == ["half-width-punctuation"] * AT_MOST


def test_R10_findings_of_muted_rules_are_counted_not_shown() -> None:
    content = CheckText(body="全区部署,各街道落实。。二○二六年布署。")
    everything = {each.rule for each in found(content).items}
    assert everything == {"half-width-punctuation", "doubled-punctuation", "zero-in-years", "wrong-words"}
    muted = check(content, "", DIRECTORY, DAY, RULES, {"wrong-words", "zero-in-years"})
    assert ({each.rule for each in muted.items}, muted.muted) == ({"half-width-punctuation", "doubled-punctuation"}, 2)
