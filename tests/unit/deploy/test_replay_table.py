"""Reading a published table and its rule file: every bad input says precisely what is wrong and where."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from contracts.vocabulary import UnitClass
from deploy.layout import ROOT
from deploy.replay.table import TableRules, UnitRow, UnusableTable, read_rules, read_table

EXAMPLE = ROOT / "examples" / "zhalantun-2023-q1"
HEADER = "unit,adopted,upper,total,rank"
TABLE: dict[str, Any] = {
    "period": "2023-q1",
    "unit": "unit",
    "published_total": "total",
    "published_rank": "rank",
    "publications": [{"code": "portal", "name": "网站"}],
    "columns": {
        "adopted": {"event": "adoption", "publication": "portal"},
        "upper": {"event": "outcome", "level": "upper"},
    },
}


def read(tmp_path: Path, *lines: str, header: str = HEADER, encoding: str = "utf-8", **changes: Any) -> list[UnitRow]:
    path = tmp_path / "table.csv"
    path.write_text("\n".join([header, *lines]) + "\n", encoding=encoding)
    return read_table(path, TableRules.model_validate(TABLE | changes))


def test_the_example_is_read_as_it_was_published() -> None:
    rows = read_table(EXAMPLE / "table.csv", read_rules(EXAMPLE / "rules.yaml").table)
    assert [row.published_total for row in rows] == [205, 180, 145, 135, 130]
    assert rows[0].counts == {"city_adopted": 35, "hulunbuir_adopted": 3}


def test_an_empty_count_is_none_at_all(tmp_path: Path) -> None:
    assert read(tmp_path, "甲局,3,,15.5,1")[0].counts == {"adopted": 3, "upper": 0}


def test_a_total_keeps_its_decimals(tmp_path: Path) -> None:
    assert read(tmp_path, "甲局,3,0,15.50,1")[0].published_total == Decimal("15.50")


def test_a_table_saved_by_a_spreadsheet_with_its_mark_is_read(tmp_path: Path) -> None:
    assert read(tmp_path, "甲局,3,0,15,1", encoding="utf-8-sig")[0].unit == "甲局"


def test_only_rows_that_the_rules_select_are_read(tmp_path: Path) -> None:
    rows = read(
        tmp_path,
        "甲局,1,0,5,1,局",
        "乙区,2,0,10,1,区",
        header=f"{HEADER},class",
        where={"class": "区"},
        unit_class="class",
        unit_classes={"区": "district"},
    )
    assert [(row.unit, row.unit_class) for row in rows] == [("乙区", UnitClass.DISTRICT)]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("甲局,三,0,15,1", r"row 2, column adopted: '三' is not a count"),
        ("甲局,-3,0,15,1", r"row 2, column adopted: '-3' is not a count"),
        ("甲局,1.5,0,15,1", r"row 2, column adopted: '1.5' is not a count"),
        ("甲局,3,0,十五,1", r"row 2, column total: '十五' is not a number"),
        ("甲局,3,0,,1", r"row 2, column total: '' is not a number"),
        ("甲局,3,0,NaN,1", r"row 2, column total: 'NaN' is not a finite number"),
        ("甲局,3,0,Infinity,1", r"row 2, column total: 'Infinity' is not a finite number"),
        ("甲局,3,0,15,第一", r"row 2, column rank: '第一' is not a count"),
        (" ,3,0,15,1", r"row 2, column unit: the unit has no name"),
        ("甲局,3,0", r"row 2: has 3 cells, the header 5"),
        ("甲局,3,0,15,1,9", r"row 2: has 6 cells, the header 5"),
    ],
)
def test_a_bad_cell_is_named_by_row_and_column(tmp_path: Path, line: str, words: str) -> None:
    with pytest.raises(UnusableTable, match=words):
        read(tmp_path, line)


def test_a_missing_column_is_named_beside_those_that_are_there(tmp_path: Path) -> None:
    with pytest.raises(UnusableTable, match=r"no column upper; it has unit, adopted, total, rank"):
        read(tmp_path, "甲局,3,15,1", header="unit,adopted,total,rank")


def test_a_unit_named_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableTable, match="units named twice: 甲局"):
        read(tmp_path, "甲局,3,0,15,1", "甲局,2,0,10,2")


def test_an_empty_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableTable, match="no row that the rules select"):
        read(tmp_path)


def test_a_file_without_a_header_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("")
    with pytest.raises(UnusableTable, match="the table has no column"):
        read_table(path, TableRules.model_validate(TABLE))


def test_a_table_in_another_encoding_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UnusableTable, match="not UTF-8; save the table as UTF-8"):
        read(tmp_path, "甲局,3,0,15,1", encoding="gb18030")


def test_a_table_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableTable, match="cannot be read: No such file"):
        read_table(tmp_path / "none.csv", TableRules.model_validate(TABLE))


def rule_file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "rules.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"period": "2023-Q1"}, "table.period"),
        ({"period": "2023-13"}, "table.period"),
        ({"publications": []}, "table.publications"),
        ({"columns": {}}, "table.columns"),
        ({"columns": {"adopted": {"event": "adopted"}}}, "table.columns.adopted"),
        ({"columns": {"upper": {"event": "outcome", "level": "moon"}}}, "table.columns.upper.outcome.level"),
        ({"column": "x"}, "table.column: Extra inputs"),
        (
            {"columns": {"adopted": {"event": "adoption", "publication": "paper"}}},
            "column adopted names the publication paper",
        ),
    ],
)
def test_a_wrong_field_of_the_rule_file_is_named(tmp_path: Path, change: dict[str, Any], words: str) -> None:
    document = {"table": TABLE | change, "scoring": {}}
    with pytest.raises(UnusableTable, match=words):
        read_rules(rule_file(tmp_path, yaml.safe_dump(document, allow_unicode=True)))


@pytest.mark.parametrize(
    ("text", "words"),
    [("table: [", "not YAML"), ("", "valid dictionary"), ("- 1", "valid dictionary"), ("\t:", "not YAML")],
)
def test_a_rule_file_of_another_shape_is_refused(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(UnusableTable, match=words):
        read_rules(rule_file(tmp_path, text))


def test_a_rule_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_bytes("place: 扎兰屯".encode("gb18030"))
    with pytest.raises(UnusableTable, match="not UTF-8"):
        read_rules(path)
