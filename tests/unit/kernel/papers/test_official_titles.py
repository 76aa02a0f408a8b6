"""R23: titles break by sense (GB/T 9704, 7.3.1): words, numbers with units and names stay whole, lines stand well."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kernel.papers.glyphs import one_line
from kernel.papers.official.titles import CLOSING, LINE, title_lines, wide_of

PARTS = st.sampled_from((
    "河西区人民政府", "市商务局", "关于", "推进", "供热保障", "政务服务", "的", "通知", "、", "，",
    "《考核评分办法》", "〔2026〕15号", "12.5万户", "6.8%", "2026年11月24日", "5G", "专网", "赵喆", "“放管服”",
    "改革", "和", "情况", "（征求意见稿）", "第三季度", "2000万标准箱", "……", "www.tj.gov.cn", " ", "\u3000",
))  # fmt: skip
TITLES = st.lists(PARTS, min_size=1, max_size=30).map("".join) | st.text(max_size=120)


def bare(text: str) -> str:
    return re.sub(r"\s", "", text)


@settings(deadline=None)
@given(TITLES)
@example("")
@example(" ")
@example("，" * 45)
@example("W" * 90)
@example("《" * 45)
def test_R23_nothing_is_lost_and_no_line_is_wider_than_the_type_area(title: str) -> None:
    lines = title_lines(title)
    assert bare("".join(lines)) == bare(one_line(title))
    assert max(map(wide_of, lines)) <= LINE


@settings(deadline=None)
@given(TITLES)
def test_R23_no_line_begins_with_a_closing_mark_unless_the_line_before_is_full_of_them(title: str) -> None:
    for before, line in pairwise(title_lines(title)):
        assert line[0] not in CLOSING or set(before[1:]) <= CLOSING


@settings(deadline=None)
@given(st.lists(PARTS, min_size=1, max_size=20).map("和".join))  # numbers glued to numbers are none
def test_R23_numbers_dates_and_their_units_stay_together(title: str) -> None:
    begun = {match.start() for match in re.finditer(r"(?<=[\d.])[\d.%年月日万]", bare(title))}
    place = 0
    for line in title_lines(title)[:-1]:
        place += len(bare(line))
        assert place not in begun


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("关于限期办理市领导批示事项的通知", "关于限期办理市领导批示事项的通知"),
        (
            "关于印发《天津市全市政务信息工作考核评分办法》的通知",
            "关于印发/《天津市全市政务信息工作考核评分办法》/的通知",
        ),
        (
            "河西区人民政府办公室关于第三季度12.5万户居民供热保障工作情况的报告",
            "河西区人民政府办公室关于第三季度/12.5万户居民供热保障工作情况的报告",
        ),
        (
            "市商务局赵喆陈堃李䶮带队赴滨海新区调研跨境电子商务综合试验区建设",
            "市商务局赵喆陈堃李䶮带队赴滨海新区/调研跨境电子商务综合试验区建设",
        ),
        ("关于津政办发〔2026〕15号文件贯彻落实情况的报告", "关于津政办发〔2026〕15号/文件贯彻落实情况的报告"),
        (
            "河西区推进政务服务一网通办 全区事项网上可办率达到98%",
            "河西区推进政务服务一网通办/全区事项网上可办率达到98%",
        ),
    ],
)
def test_R23_titles_stand_as_a_printer_would_set_them(title: str, lines: str) -> None:
    assert "/".join(title_lines(title)) == lines


def test_R23_lines_of_a_long_title_have_no_waist() -> None:
    """A trapezium or a lozenge: no line is shorter than both of its neighbours."""
    title = (
        "市人民政府办公厅关于进一步加强政务信息报送工作提高信息采用率和批示率"
        "做好2027年度重点课题调研工作的若干意见（征求意见稿）"
    )
    widths = [wide_of(line) for line in title_lines(title)]
    assert len(widths) == 4
    assert not any(one > two < three for one, two, three in zip(widths, widths[1:], widths[2:], strict=False))
    assert max(widths) - min(widths) < 8
