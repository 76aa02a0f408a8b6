"""R14: an import follows a dry run, on the directory that it saw, and does all of it or nothing."""

from __future__ import annotations

import base64
from functools import partial
from typing import Any

import pytest

from contracts.events.intake import UnitRecorded
from contracts.rpc import directory as rpc
from contracts.rpc import directory_files as files
from contracts.rpc.scoring import File
from kernel.errors import Invalid, StaleVersion
from kernel.papers.sheets import read_tables
from tests.factories.intake import PersonFactory, UnitFactory
from tests.factories.review import at_once
from tests.integration.intake.conftest import Office

ADMINISTRATOR = PersonFactory.administrator()
HEADS = ["单位名称", "类别", "上级单位", "有效期起"]


def sheet(*rows: list[str | None]) -> list[files.ImportedTable]:
    return [files.ImportedTable(name="单位", rows=[list(HEADS), *rows])]


NEW = sheet(
    ["宁河区人民政府办公室", "区县", None, "2016-01-01"], ["宁河区应急局", None, "宁河区人民政府办公室", "2019-01-01"],
)


def tried(office: Office, tables: list[files.ImportedTable]) -> files.DirectoryImport:
    request = files.CheckImport(source="XLSX", tables=tables)
    found: files.DirectoryImport = office.call("check_import", request, ADMINISTRATOR)
    return found


def taken(office: Office, tables: list[files.ImportedTable], follows: str) -> files.DirectoryImport:
    request = files.ImportDirectory(source="XLSX", tables=tables, follows=follows)
    done: files.DirectoryImport = office.call("import_directory", request, ADMINISTRATOR)
    return done


def names(office: Office) -> set[str]:
    return {unit.name for unit in office.call("list_units", rpc.ListUnits(), ADMINISTRATOR).items}


def test_R14_a_dry_run_changes_nothing_and_the_import_does_what_it_showed(office: Office) -> None:
    before = names(office)
    found = tried(office, NEW)
    assert (found.created, found.dry_run, names(office)) == (2, True, before)
    done = taken(office, NEW, found.token)
    assert [change.name for change in done.changes] == [change.name for change in found.changes]
    assert names(office) - before == {"宁河区人民政府办公室", "宁河区应急局"}
    assert len(office.told(UnitRecorded)) == 4


def test_R14_an_import_on_a_directory_that_changed_is_refused(office: Office) -> None:
    found = tried(office, NEW)
    office.call("record_unit", UnitFactory.district(name="河西区政府办"), ADMINISTRATOR)
    with pytest.raises(StaleVersion) as refused:
        taken(office, NEW, found.token)
    assert "名录已有变更" in refused.value.detail_zh


def test_R14_an_import_of_another_file_than_was_tried_is_refused(office: Office) -> None:
    found = tried(office, NEW)
    with pytest.raises(StaleVersion) as refused:
        taken(office, sheet(["静海区", "区县", None, "2016-01-01"]), found.token)
    assert "不是试导入时的那份文件" in refused.value.detail_zh


def test_R14_one_fault_stops_the_whole_import(office: Office) -> None:
    tables = sheet(["宁河区", "区县", None, "2016-01-01"], ["静海区", "区县", None, "不详"])
    found = tried(office, tables)
    assert (found.fault_count, found.faults[0].row, found.faults[0].column) == (1, 3, "D 有效期起")
    before = names(office)
    with pytest.raises(Invalid) as refused:
        taken(office, tables, found.token)
    assert refused.value.extra["fault_count"] == 1
    assert names(office) == before


def test_R14_two_imports_that_follow_one_dry_run_are_one(office: Office) -> None:
    for number in range(3):
        tables = sheet([f"新区{number}", "区县", None, "2016-01-01"])
        token = tried(office, tables).token
        results = at_once(*(partial(taken, office, tables, token) for _ in range(3)))
        assert sum(isinstance(result, files.DirectoryImport) for result in results) == 1
        assert sum(isinstance(result, StaleVersion) for result in results) == 2


@pytest.mark.parametrize("format_", ["xlsx", "csv"])
def test_R14_what_is_exported_can_be_imported_and_changes_nothing(office: Office, format_: Any) -> None:
    taken(office, NEW, tried(office, NEW).token)
    office.call("record_person", PersonFactory.recorded(), ADMINISTRATOR)
    exported: File = office.call("export_directory", files.ExportDirectory(format=format_), ADMINISTRATOR)
    read = read_tables(base64.b64decode(exported.content_base64)).tables
    tables = [files.ImportedTable(name=each.name, rows=each.rows, formulas=each.formulas) for each in read]
    found = tried(office, tables)
    assert (found.fault_count, found.changes, found.unchanged) == (0, [], 5 if format_ == "xlsx" else 4)


def test_R14_the_template_is_read_as_an_import_of_nothing(office: Office) -> None:
    template: File = office.call("export_directory", files.ExportDirectory(template=True), ADMINISTRATOR)
    read = read_tables(base64.b64decode(template.content_base64)).tables
    assert [each.name for each in read] == ["单位", "人员", "填写说明"]
    tables = [files.ImportedTable(name=each.name, rows=each.rows) for each in read]
    assert (tried(office, tables).fault_count, tried(office, tables).unchanged) == (0, 0)
