from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from kernel.papers.xlsx import Sheet, write

CREATED = datetime(2026, 12, 5, 1, 30, tzinfo=UTC)
DANGEROUS = [
    "=1+1", "＝1+1", "+1", "-1", "@SUM(A1)", "＋1", "－1", "＠A", " =1", "\u3000＝1", '=HYPERLINK("http://a")', "\t=1",
]


def sheet(*texts: str) -> Sheet:
    return Sheet("通报", ("单位", "得分"), [(text, Decimal("5.5")) for text in texts], widths=(30, 10))


@pytest.mark.parametrize("text", DANGEROUS)
def test_R19_text_that_looks_like_a_formula_stays_inert_text(text: str) -> None:
    cell = load_workbook(io.BytesIO(write([sheet(text)], created_at=CREATED)))["通报"]["A2"]

    assert (cell.data_type, cell.value, cell.quotePrefix) == ("s", text, True)


@pytest.mark.parametrize("text", ["https://example.cn/a", "0012", "1e5", "喆堃镕昇䶮"])
def test_R19_text_is_neither_made_a_link_nor_a_number(text: str) -> None:
    cell = load_workbook(io.BytesIO(write([sheet(text)], created_at=CREATED)))["通报"]["A2"]

    assert (cell.data_type, cell.value, cell.hyperlink) == ("s", text, None)


def test_R19_points_are_numbers() -> None:
    cell = load_workbook(io.BytesIO(write([sheet("水利局")], created_at=CREATED)))["通报"]["B2"]

    assert (cell.data_type, cell.value) == ("n", 5.5)


def test_R19_lines_above_and_below_stand_around_the_table() -> None:
    table = Sheet("通报", ("单位",), [("水利局",)], above=("标题",), below=("说明",))

    page = load_workbook(io.BytesIO(write([table], created_at=CREATED)))["通报"]

    assert [row[0].value for row in page.iter_rows()] == ["标题", "单位", "水利局", None, "说明"]


def test_R19_same_data_same_bytes_and_no_time_of_making_inside() -> None:
    first, second = (write([sheet("水利局")], created_at=CREATED) for _ in range(2))

    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 31, 0, 0, 0)}
        assert b"2026-12-05T01:30:00Z" in archive.read("docProps/core.xml")
