"""R10: the rules of the writing check are data, and each carries its own tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from kernel.rule_files import WrongRules, read_rules
from services.intake.model.checks.rule import NOBODY, Example
from services.intake.model.checks.rules import RULES_PATH, WritingRules, load_writing_rules, try_examples
from services.intake.model.checks.written import Written

RULES = read_rules(RULES_PATH, WritingRules)


@pytest.mark.parametrize("rule", RULES.rules, ids=lambda rule: rule.id)
def test_R10_a_rule_gives_and_passes_what_its_examples_say(rule: object) -> None:
    assert try_examples(WritingRules(rules=(rule,))) == []


def wrong(tmp_path: Path, old: str, new: str) -> str:
    text = RULES_PATH.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "rules.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(WrongRules) as raised:
        load_writing_rules(path)
    return str(raised.value)


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("words: 布署, suggestion: 部署", "words: 布署, suggestion: 布置", "rule wrong-words: examples.gives.0 gives"),
        ("at_most: 35", "at_most: 10", "rule long-title: examples.passes.0 gives"),
        ("id: long-title", "id: long-text", "two rules have the id long-text"),
        ("family: pairs", "family: couples", "rules.36: Input tag 'couples'"),
        (r"'(?<=<汉>)-{2,}+(?=<汉>)'", "'(-+)+x'", "dash|upper bound"),
        (r"'(?<=<汉>)-{2,}+(?=<汉>)'", "'(?<=<汉>-{2}'", "not a regular expression"),
        (r"'(?<=<汉>)-{2,}+(?=<汉>)'", "'-?'", "empty place"),
        (r"'(?<=<汉>)-{2,}+(?=<汉>)'", "'-{2,900}x'", "reaches 50 at the most"),
    ],
)
def test_R10_a_wrong_file_of_rules_is_named_with_rule_and_place(
    tmp_path: Path, old: str, new: str, named: str
) -> None:
    said = wrong(tmp_path, old, new)
    assert str(tmp_path) in said
    assert any(each in said for each in named.split("|")), said


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=1, max_size=20))
@example("薴")
def test_R10_what_traditional_characters_become_is_simplified(text: str) -> None:
    rule = RULES.by_id("traditional")
    assert rule is not None

    def written(body: str) -> Written:
        return rule.written(Example(body=body))

    for found in rule.find(written(text), NOBODY):
        assert not list(rule.find(written(found.suggestion or ""), NOBODY))


SUMS = next(each for each in read_rules(RULES_PATH, WritingRules).rules if each.id == "sums")


@given(
    st.lists(st.integers(1, 999), min_size=2, max_size=5), st.sampled_from(["", "，", "、", "，伤亡"]),
    st.sampled_from(["共计", "合计", "总计"]), st.integers(-3, 3),
)
def test_R10_an_enumeration_closed_with_its_total_is_found_exactly_when_it_does_not_add_up(
    parts: list[int], before: str, word: str, off: int
) -> None:
    total = sum(parts) + off
    assume(total >= 0)  # nobody counts fewer than none
    enumerated = "、".join(f"{place}{part}人" for place, part in zip("甲乙丙丁戊", parts, strict=False))
    text = Example(body=f"{enumerated}{before}{word}{total}人。")
    found = list(SUMS.find(SUMS.written(text), NOBODY))
    assert bool(found) == (off != 0)
