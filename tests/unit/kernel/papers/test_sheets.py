"""Tables that people send: what they are is found out from the bytes, and nothing harmful is unpacked or computed."""

from __future__ import annotations

import io
import zipfile

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from kernel.papers import sheets
from kernel.papers.sheets import SheetTooLarge, UnreadableSheet, column_letter, read_tables, write_csv
from kernel.papers.xlsx import formula_like


def workbook(cells: dict[tuple[int, int], str], *, formulas: bool = False) -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target)
    page = book.add_worksheet("单位")
    for (row, column), text in cells.items():
        (page.write_formula if formulas else page.write_string)(row, column, text)
    book.close()
    return target.getvalue()


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    target = io.BytesIO(content)
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, part)
    return target.getvalue()


@pytest.mark.parametrize(("codec", "name"), [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8"), ("gb18030", "GB18030")])
def test_R14_a_csv_says_how_it_was_read(codec: str, name: str) -> None:
    read = read_tables("单位名称,类别\r\n河西区,区县\r\n".encode(codec))
    assert read.source == f"CSV（{name}）"
    assert read.tables[0].rows == [["单位名称", "类别"], ["河西区", "区县"]]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04rubbish", b"\x00\x01\x02", b"\xff\xff\xff\xff"])
def test_R14_what_is_no_table_is_refused_or_empty(content: bytes) -> None:
    if not content:
        assert read_tables(content).tables[0].rows == []
        return
    with pytest.raises(UnreadableSheet):
        read_tables(content)


def test_R14_formulas_are_read_as_text_and_marked() -> None:
    (table,) = read_tables(workbook({(1, 1): "=1+1"}, formulas=True)).tables
    assert table.formulas == [(1, 1)]
    (table,) = read_tables("a,＝cmd|'/c calc'!A1\r\n".encode()).tables
    assert table.formulas == [(0, 1)]


def test_R14_text_that_looks_like_a_formula_is_text_in_xlsx() -> None:
    (table,) = read_tables(workbook({(0, 0): "=1+1"})).tables
    assert (table.rows, table.formulas) == ([["=1+1"]], [])


def test_R14_a_bomb_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MAX_UNPACKED", 100_000)
    with pytest.raises(SheetTooLarge):
        read_tables(with_part(workbook({(0, 0): "a"}), "xl/media/bomb.xml", b"0" * 200_000))


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("xl/vbaProject.bin", b"macro"),
        ("xl/evil.xml", b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'),
        ("xl/evil16.xml", '<!DOCTYPE x><x/>'.encode("utf-16")),
    ],
)
def test_R14_macros_and_entities_are_refused(name: str, part: bytes) -> None:
    with pytest.raises(UnreadableSheet):
        read_tables(with_part(workbook({(0, 0): "a"}), name, part))


def test_R14_too_many_rows_columns_or_characters_are_refused() -> None:
    for cells in ({(sheets.MAX_ROWS + 1, 0): "a"}, {(0, sheets.MAX_COLUMNS): "a"}, {(0, 0): "a" * 2_001}):
        with pytest.raises(SheetTooLarge):
            read_tables(workbook(cells))


@given(st.lists(st.text(st.sampled_from("甲=+-@＝'\"，,a 1"), max_size=5), min_size=2, max_size=2))
def test_R14_what_is_written_as_csv_is_inert_and_read_back(row: list[str]) -> None:
    written = write_csv(["x", "y"], [row])
    (table,) = read_tables(written).tables
    assert table.formulas == []
    read = [*(table.rows[1:] or [[]])[0], None, None][:2]
    assert read == [cell.strip() or None for cell in row]


def test_R14_columns_are_named_as_a_spreadsheet_does() -> None:
    assert [column_letter(column) for column in (0, 25, 26, 701)] == ["A", "Z", "AA", "ZZ"]
    assert formula_like("  =1")
