"""R23: cells with words longer than their column are broken once, for every writer."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kernel.papers.glyphs import one_line
from kernel.papers.official.content import Table
from kernel.papers.official.tables import INSET, MOST_TOGETHER, TYPE_AREA, cell_lines, laid_out
from kernel.papers.official.texts import MOST_COLUMNS, blocks_of
from kernel.papers.official.titles import wide_of
from tests.factories.papers import SCALE

CODE = "91120103MA05X7R2K4"
WORDS = st.sampled_from([
    "河西区", "，", "。", "（", "）", " ", "2026年", "3.5%", CODE, "1234567890" * 4,
    "https://www.tj.gov.cn/a-b/c.html?id=9", "Supercalifragilisticexpialidocious", "W", "é", "·", "“", "”",
])  # fmt: skip
TEXTS = st.lists(WORDS, max_size=12).map("".join) | st.text(max_size=60)


@given(TEXTS.map(one_line), st.floats(0.5, 40))
@example("", 5.0)
@example("。" * 30 + CODE, 3.0)
@example("（" * 30 + CODE, 3.0)
@example("字" + CODE + " " + CODE, 1.0)
def test_R23_no_line_of_a_broken_cell_is_wider_than_its_column_and_nothing_is_lost(text: str, wide: float) -> None:
    lines = cell_lines(text, wide)

    assert "".join("".join(lines).split()) == "".join(text.split())
    assert len(lines) == 1 or max(map(wide_of, lines)) <= max(1.0, wide)


def test_R23_the_cells_of_a_column_all_begin_left_or_stand_all_in_the_middle() -> None:
    short, long = ("河西区", "9家"), ("东山县", "已完成一百二十家，其余年底前完成")
    laid = laid_out(Table(("单位", "进度"), (short, long)))

    assert [[cell.centred for cell in row.cells] for row in (laid.header, *laid.rows)] == [
        [True, True], [True, False], [True, False],
    ]  # fmt: skip
    assert laid_out(Table(("单位",), ())).header.cells[0].centred


@given(st.lists(st.from_regex(r"[0-9A-Za-z./-]{1,30}", fullmatch=True), max_size=8), st.floats(1, 40))
def test_R23_a_word_is_parted_only_where_it_is_longer_than_a_line(words: list[str], wide: float) -> None:
    shown = "\n".join(cell_lines(" ".join(words), wide)).split()

    assert [word for word in words if wide_of(word) <= wide and word not in shown] == []


@pytest.mark.parametrize(
    ("text", "wide", "lines"),
    [
        ("河西区已完成整改并复查", 4, ("河西区已完成整改并复查",)),
        (CODE, 13, (CODE,)),
        (f"统一社会信用代码{CODE}，已核实。", 8, ("统一社会信用代码", "91120103MA0", "5X7R2K4，已核", "实。")),
        ("详见https://tj.gov.cn/x", 6, ("详见", "https://t", "j.gov.cn/", "x")),
        ("1234567890123", 4, ("123456", "789012", "3")),
    ],
)
def test_R23_cells_are_broken_at_words_and_where_a_line_is_full(text: str, wide: float, lines: tuple[str, ...]) -> None:
    assert cell_lines(text, wide) == lines


def test_R23_a_row_goes_on_to_the_next_page_only_when_it_is_high() -> None:
    layout = laid_out(replace(SCALE, rows=(*SCALE.rows, (CODE * 30, "1", "已整改"))))

    assert [row.whole for row in (layout.header, *layout.rows)] == [True] * (len(SCALE.rows) + 1) + [False]
    assert len(layout.rows[-1].cells[0].lines) > MOST_TOGETHER
    assert (layout.size, layout.line) == (12, 18)


@given(st.lists(st.integers(0, 60), min_size=1, max_size=MOST_COLUMNS))
def test_R23_every_column_holds_a_character(lengths: list[int]) -> None:
    rows = "|".join(["甲"] * len(lengths)), "|".join("字" * length for length in lengths)
    for table in blocks_of("\n".join(rows)):
        if isinstance(table, Table):
            layout = laid_out(table)
            assert min(layout.shares) / sum(layout.shares) * TYPE_AREA - 2 * INSET >= layout.size
