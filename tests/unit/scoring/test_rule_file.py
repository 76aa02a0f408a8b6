from __future__ import annotations

from decimal import Decimal

import pytest

from services.scoring.default_rules import DEFAULT
from services.scoring.model.rule_file import WrongRuleFile, read_rules

HEAD = "place: 某市\nversion: 2026-1\nvalid_from: 2026-01-01\n"


def mistakes(text: str) -> list[tuple[int, str, str]]:
    with pytest.raises(WrongRuleFile) as caught:
        read_rules(text)
    return [(one.line, one.field, one.zh) for one in caught.value.mistakes]


def test_R19_default_rules_are_usable() -> None:
    assert read_rules(DEFAULT.read_text(encoding="utf-8")).version == "2008-1"


def test_R19_points_are_decimals_as_written_never_binary_floats() -> None:
    book = read_rules(HEAD + "adoption:\n  - {level: city, points: 0.1}\n")

    assert book.adoption[0].points == Decimal("0.1")


def test_R19_all_mistakes_are_named_at_once_by_line_and_field() -> None:
    text = HEAD + "adoption:\n  - {level: citty, points: 5}\n  - level: city\n    pionts: 3\n"

    assert mistakes(text) == [
        (5, "adoption[1].level", "取值不在允许范围内，可用：'county', 'city', 'upper', 'province' or 'state'"),
        (6, "adoption[2].points", "缺少此项"),
        (7, "adoption[2].pionts", "不认识的字段"),
    ]


@pytest.mark.parametrize(
    ("points", "zh"),
    [
        ("many", "应为数字"),
        ("NaN", "应为有限的数字"),
        (".inf", "应为数字"),
        ("1.234", "小数最多 2 位"),
        ("1e999", "数字过大，最多 7 位"),
        ("10001", "不得大于 10000（扣分应写负数）"),
    ],
)
def test_R19_points_that_are_none_are_refused_in_chinese(points: str, zh: str) -> None:
    assert mistakes(HEAD + f"adoption:\n  - {{level: city, points: {points}}}\n") == [(5, "adoption[1].points", zh)]


@pytest.mark.parametrize(("day", "zh"), [("0001-01-01", "不得小于 1900-01-01"), ("9999-12-31", "应小于 2201-01-01")])
def test_R19_a_first_day_outside_the_calendar_is_refused(day: str, zh: str) -> None:
    assert mistakes(f"place: 某市\nversion: 2026-1\nvalid_from: {day}\n") == [(3, "valid_from", zh)]


def test_R19_a_deduction_above_zero_is_refused() -> None:
    text = HEAD + "deduction:\n  - {event: urgent report late, points: 10}\n"

    assert mistakes(text) == [(5, "deduction[1].points", "不得大于 0（扣分应写负数）")]


@pytest.mark.parametrize(
    ("text", "line", "zh"),
    [
        ("", 1, "应由“字段: 值”的各行组成"),
        ("- 1", 1, "应由“字段: 值”的各行组成"),
        ("a: 1\nb: [", 2, "不是合法的 YAML：expected the node content, but found '<stream end>'"),
        ("a: &x 1\nb: *x", 1, "不支持锚点和别名（& *）"),
        ("? [a]\n: 1", 1, "字段名应为文字"),
        ("a:\n" + "".join("  " * n + "- a:\n" for n in range(1, 12)), 6, "嵌套过深"),
    ],
)
def test_R19_what_is_no_rule_file_is_refused_with_its_line(text: str, line: int, zh: str) -> None:
    assert mistakes(text) == [(line, "文件", zh)]


def test_R19_a_field_written_twice_is_refused() -> None:
    assert mistakes("place: a\nplace: b\n") == [(2, "place", "同一字段写了两次")]


def test_R19_two_lines_for_the_same_happening_are_refused() -> None:
    lines = "adoption:\n  - {level: city, points: 6}\n  - {level: city, points: 8}\n"

    assert mistakes(HEAD + lines) == [(1, "文件", "两行规则针对同一情形：adoption.city")]


def test_R19_lines_without_a_winner_are_refused_and_the_way_out_is_told() -> None:
    lines = "adoption:\n  - {publication: 要情, points: 6}\n  - {level: city, points: 8}\n"

    (_, _, zh) = mistakes(HEAD + lines)[0]

    assert zh == "“《要情》采用”与“市级采用”会同时适用于同一情形且不分主次，请补充一行同时写明两者条件的规则"


def test_R19_a_line_with_the_criteria_of_both_settles_it() -> None:
    lines = (
        "adoption:\n  - {publication: 要情, points: 6}\n  - {level: city, points: 8}\n"
        "  - {level: city, publication: 要情, points: 9}\n"
    )

    assert len(read_rules(HEAD + lines).adoption) == 3


def test_R19_a_combined_item_is_named_so_and_the_word_digest_is_kept_for_hashes() -> None:
    lines = "adoption:\n  - {level: city, item_kind: combined, points: 5}\n"

    (rule,) = read_rules(HEAD + lines).adoption

    assert "综合" in rule.heading_zh()
    assert "digest" not in DEFAULT.read_text(encoding="utf-8")
