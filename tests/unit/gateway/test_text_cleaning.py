"""R10: pasted text is cleaned, the writer is told what changed, and nothing that was said is touched."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.text_cleaning import HAN, RULES, clean

MARKS = "区办一12０９Ａz,.;:?!()\"'“”„ \t\u3000\u00a0\u200b\u202e\uf0b7•·●\n\r\x0b\x01（）。〇"
PASTED = st.text(st.sampled_from(MARKS), max_size=40)
SAYS = re.compile(f"[{HAN}0-9０-９]")


@pytest.mark.parametrize(
    ("pasted", "cleaned", "rules"),
    [
        ("已改造３２个小区，ＡＢＣ项目", "已改造32个小区，ABC项目", {"full_width"}),
        ("零\u200b宽\u202e方向\u00ad软连字符\ufeff", "零宽方向软连字符", {"invisible"}),
        ("控制\x01字符\r\n下一行\x0b又一行", "控制字符\n下一行\n又一行", {"line_ends", "control"}),
        ("王\u00a0敏  和\t李明", "王 敏 和 李明", {"odd_spaces", "repeated_spaces"}),
        ("\u3000\u3000缩进的段落  \n第二段", "缩进的段落\n第二段", {"indents", "trailing_spaces"}),
        ("\uf0b7 第一项\n•\t第二项\n· 第三项", "第一项\n第二项\n第三项", {"bullets", "odd_spaces"}),
        ("段落\n\n\n\n段落", "段落\n\n段落", {"blank_lines"}),
        ('推进"一网通办"改革', "推进“一网通办”改革", {"double_quotes"}),
        ("所谓'一网通办'是", "所谓‘一网通办’是", {"single_quotes"}),
        ("全区(含开发区)已完成,正在验收.", "全区（含开发区）已完成，正在验收。", {"brackets", "punctuation"}),
        ("由是观之:成效明显!还有吗?没有;完", "由是观之：成效明显！还有吗？没有；完", {"punctuation"}),
    ],
)
def test_R10_what_does_not_belong_in_a_report_is_put_right_and_told(pasted: str, cleaned: str, rules: set[str]) -> None:
    text, changes = clean(pasted)
    assert text == cleaned
    assert {change.rule for change in changes} == rules
    assert all(change.count and f"{change.count} 处" in change.note_zh for change in changes)


@pytest.mark.parametrize(
    "text",
    [
        "增长12.5%，共1,200人，比例3:2。",
        "见http://www.tj.gov.cn/a,b。",
        "王\u3000敏",
        "f(x) = 'a'",
        "一.加强领导",
        "姓名\ue863先生",
        "他说\"没有说完",
        "第一段\n\n第二段",
    ],
)
def test_R10_what_belongs_there_stays(text: str) -> None:
    assert clean(text) == (text, [])


@given(PASTED)
def test_R10_cleaning_twice_is_cleaning_once(text: str) -> None:
    once, _ = clean(text)
    assert clean(once) == (once, [])


@given(PASTED)
def test_R10_no_chinese_character_and_no_digit_is_lost_or_changed(text: str) -> None:
    said = re.compile(f"[{HAN}0-9]")
    digits = str.maketrans("０１２３４５６７８９", "0123456789")
    assert said.findall(clean(text)[0]) == said.findall(text.translate(digits))


@given(PASTED)
def test_R10_lines_that_say_something_stay_lines_of_their_own(text: str) -> None:
    pasted = [line for line in re.split("\r\n?|\x0b|\n", text) if SAYS.search(line)]
    assert len([line for line in clean(text)[0].split("\n") if SAYS.search(line)]) == len(pasted)


@pytest.mark.parametrize("piece", ["(", ".", "'", " ", "\uf0b7 ", "一.", '"', "(区", ",区", "\n", "全区,"])
def test_R10_a_long_paste_of_any_kind_is_cleaned_at_once(piece: str) -> None:
    half = 25_000 // len(piece)
    began = time.process_time()
    clean(piece * half + "区" + piece * half + ")" * 25_000)
    assert time.process_time() - began < 5  # a tenth of that on a quiet machine


def test_R10_every_rule_has_a_name_of_its_own() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)
