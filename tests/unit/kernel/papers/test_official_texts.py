from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.papers.glyphs import one_line, printable, unprintable
from kernel.papers.official.content import (
    Article,
    Heading,
    OfficialDocument,
    Paragraph,
    Table,
    date_zh,
    document_number,
)
from kernel.papers.official.texts import blocks_of
from tests.factories.papers import CREATED, DAY, notice


@pytest.mark.parametrize(
    ("line", "block"),
    [
        ("一、压实责任", Heading(1, "一、压实责任")),
        ("（二）压实责任", Heading(2, "（二）压实责任")),
        ("3.压实责任", Heading(3, "3.压实责任")),
        ("（4）压实责任", Heading(4, "（4）压实责任")),
        ("一、压实责任。各街道开展排查。", Heading(1, "一、压实责任。", "各街道开展排查。")),
        ("一、" + "压" * 70, Paragraph("一、" + "压" * 70)),
        ("2026年，共检查企业3家", Paragraph("2026年，共检查企业3家")),
        ("3.5万家企业复工", Paragraph("3.5万家企业复工")),
        ("　　各街道开展排查。", Paragraph("各街道开展排查。")),
        ("一、各街道，开展排查，效果明显。", Paragraph("一、各街道，开展排查，效果明显。")),
    ],
)
def test_R23_numbered_lines_are_headings_of_their_level(line: str, block: object) -> None:
    assert blocks_of(line) == (block,)


def test_R23_lines_parted_by_tabs_are_a_table() -> None:
    text = "各区情况：\n单位\t件数\n河西区\t3\n东山县\t5\n以上。"

    assert blocks_of(text) == (
        Paragraph("各区情况："),
        Table(("单位", "件数"), (("河西区", "3"), ("东山县", "5")), widths=(5, 4)),
        Paragraph("以上。"),
    )


def test_R23_lines_parted_by_bars_are_a_table_with_the_caption_above_it() -> None:
    text = "表1　各区情况\n| 单位 | 件数 | 备注 |\n|---|:--:|---|\n河西区｜3\n东山县|5|含重点企业"

    (table,) = blocks_of(text)
    assert table == Table(
        ("单位", "件数", "备注"), (("河西区", "3", ""), ("东山县", "5", "含重点企业")), "表1　各区情况", (5, 4, 7)
    )


@pytest.mark.parametrize(
    "text",
    [
        "甲|乙", "甲|乙\n以上。", "|甲|\n|乙|", "|".join("列" * 13) + "\n" + "|".join("值" * 13), "|",
        "一" * 41 + "|乙\n丙|丁",
    ],
)
def test_R23_what_is_no_table_stays_text_as_it_was_written(text: str) -> None:
    assert blocks_of(text) == tuple(Paragraph(line) for line in text.splitlines())


def test_R23_a_line_that_only_begins_like_a_caption_stays_where_it_is() -> None:
    first, table = blocks_of("表彰了以下单位。\n甲|乙\n丙|丁")

    assert first == Paragraph("表彰了以下单位。")
    assert isinstance(table, Table)
    assert not table.caption


@given(st.text())
def test_R23_blocks_keep_every_word_of_the_text(text: str) -> None:
    kept = "".join(
        one.caption + "".join("".join(row) for row in (one.header, *one.rows)) if isinstance(one, Table)
        else one.text + getattr(one, "followed_by", "")
        for one in blocks_of(text)
    )  # fmt: skip

    assert _words(kept) == _words(text)


def _words(text: str) -> str:
    """Without blanks, and without what draws the lines of a table."""
    return re.sub(r"[\s|｜:-]", "", text)


def test_R23_document_number_has_six_cornered_brackets_and_no_zeros() -> None:
    assert document_number("府办督", 2026, 5) == "府办督〔2026〕5号"


def test_R23_dates_are_figures_without_zeros() -> None:
    assert date_zh(DAY) == "2026年11月5日"


def test_R23_rows_are_as_long_as_the_header() -> None:
    with pytest.raises(ValueError, match="as many cells"):
        Table(("单位", "件数"), (("河西区",),))


def test_R23_a_paper_without_an_article_is_none() -> None:
    with pytest.raises(ValueError, match="at least one article"):
        OfficialDocument("空", "办公室", CREATED, notice().head, ())


def test_R23_headings_have_four_levels() -> None:
    with pytest.raises(ValueError, match="heading level 5"):
        Article("标题", (Heading(5, "五"),))


def test_R23_blanks_of_typing_are_not_printed_but_those_within_names_are() -> None:
    assert one_line("　　王　晓\t来信\n说\u200b明\ufe0f ") == "王　晓 来信 说明"


def test_R23_characters_without_a_glyph_are_named() -> None:
    assert unprintable("赵😀𬭎😀𠮷", None) == ["😀", "𠮷"]
    assert printable("赵😀𬭎", None) == "赵〓𬭎"
