"""R14: rows of an import are matched with what is held, faults name their cell, and an export changes nothing."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.rpc.directory import Post, RecordPerson, RecordUnit
from contracts.rpc.directory_files import ImportChange, ImportedTable
from contracts.vocabulary import Role, UnitClass
from kernel.papers.sheets import read_tables, write_csv
from kernel.papers.xlsx import Sheet, write
from services.intake.model.directory import Directory
from services.intake.model.directory_import import Plan, plan_import
from services.intake.model.directory_rows import PEOPLE, PEOPLE_COLUMNS, UNIT_COLUMNS, UNITS
from services.intake.queries.directory_changes import import_reply
from services.intake.queries.directory_export import people_rows, unit_rows
from tests.factories.intake import HEXI, JINNAN, OCCURRED, UnitFactory

TODAY = date(2026, 11, 24)
SUB, LI, LI_TOO = (UUID(int=number) for number in (4, 6, 7))
SINCE = date(2008, 10, 24)


def held(*people: RecordPerson, **changes: Any) -> Directory:
    hexi = UnitFactory.district(name="河西区", name_since=SINCE, **changes)
    jinnan = UnitFactory.bureau(name="市应急局", name_since=SINCE, code="YJ")
    return Directory([hexi, jinnan, below()], people)


def below(name: str = "办公室", unit_id: UUID = SUB, parent_id: UUID = HEXI) -> RecordUnit:
    return UnitFactory.district(unit_id, name, parent_id=parent_id, name_since=SINCE)


def person(person_id: UUID = LI, name: str = "李明", **changes: Any) -> RecordPerson:
    post = Post(unit_id=HEXI, role=Role.INFORMATION_OFFICER, title="信息员", valid_from=date(2020, 1, 1))
    return RecordPerson(**({"person_id": person_id, "name": name, "unit_id": HEXI, "posts": [post]} | changes))


def units(*rows: dict[str, str]) -> ImportedTable:
    return table(UNIT_COLUMNS, UNITS, rows)


def people(*rows: dict[str, str]) -> ImportedTable:
    return table(PEOPLE_COLUMNS, PEOPLE, rows)


def table(columns: dict[str, str], name: str, rows: tuple[dict[str, str], ...]) -> ImportedTable:
    used = [key for key in columns if any(key in row for row in rows)]
    cells = [[row.get(key) or None for key in used] for row in rows]
    return ImportedTable(name=name, rows=[[columns[key] for key in used], *cells])


def plan(directory: Directory, *tables: ImportedTable) -> Plan:
    return plan_import(directory, tables, TODAY)


def faults(directory: Directory, *tables: ImportedTable) -> list[tuple[int, str]]:
    return [(fault.row, fault.column) for fault in plan(directory, *tables).faults.first(200)]


def test_R14_a_row_is_matched_by_code_before_its_name() -> None:
    renamed = plan(held(), units({"code": "YJ", "name": "市应急管理局", "valid_from": "2008-10-24"}))
    assert [(unit.unit_id, unit.name) for unit in renamed.taken.units] == [(JINNAN, "市应急管理局")]


def test_R14_a_name_is_looked_for_within_the_parent_only() -> None:
    row = {"name": "办公室", "parent": "市应急局", "valid_from": "2020-01-01"}
    (created,) = plan(held(), units(row)).taken.units
    assert created.unit_id != SUB
    assert (created.parent_id, created.unit_class) == (JINNAN, UnitClass.BUREAU)
    assert plan(held(), units(row | {"parent": "河西区", "valid_from": "2008-10-24"})).taken.units == []


def test_R14_parents_and_subunits_may_come_in_any_order_in_one_file() -> None:
    rows = [
        {"name": "科", "parent": "局", "valid_from": "2020-01-01"},
        {"name": "局", "parent": "新区", "valid_from": "2020-01-01"},
        {"name": "新区", "unit_class": "区县", "valid_from": "2020-01-01"},
    ]
    for order in (rows, rows[::-1]):
        taken = plan(held(), units(*order)).taken
        assert [unit.name for unit in taken.units] == ["新区", "局", "科"]
        assert {unit.unit_class for unit in taken.units} == {UnitClass.DISTRICT}


def test_R14_units_in_a_circle_are_faults_of_their_rows() -> None:
    rows = [{"name": name, "parent": parent, "valid_from": "2020-01-01"} for name, parent in ("甲乙", "乙甲")]
    assert {column for _, column in faults(held(), units(*rows))} == {"B 上级单位"}


def test_R14_faults_name_row_and_column() -> None:
    rows = (
        {"code": "坏 码", "name": "甲", "unit_class": "区县", "valid_from": "2020-01-01"},
        {"code": "A", "name": "乙", "unit_class": "市直", "valid_from": "2020-13-01"},
        {"code": "YJ", "name": "市应急局", "valid_from": ""},
    )
    assert faults(held(), units(*rows)) == [(2, "A 单位代码"), (3, "C 类别"), (3, "D 有效期起"), (4, "D 有效期起")]


def test_R14_two_people_of_one_name_are_told_apart_or_refused() -> None:
    row = {"name": "李明", "unit": "河西区", "role": "信息员", "valid_from": "2020-01-01"}
    both = held(person(), person(LI_TOO, code="P2"))
    assert faults(both, people(row)) == [(2, "A 姓名")]
    (changed,) = plan(both, people(row | {"code": "P2", "title": "副主任"})).taken.people
    assert changed.person_id == LI_TOO


def test_R14_all_rows_of_a_person_are_the_posts_whole() -> None:
    row = {"name": "李明", "unit": "河西区", "role": "分管负责人", "title": "副主任", "valid_from": "2024-01-01"}
    deputy = row | {"post_unit": "YJ", "deputy": "是", "title": "兼职"}
    (changed,) = plan(held(person()), people(row, deputy)).taken.people
    assert [(post.unit_id, post.deputy) for post in changed.posts] == [(HEXI, False), (JINNAN, True)]


def test_R14_a_column_that_is_not_there_changes_nothing_and_an_empty_cell_clears() -> None:
    coded = held(code="HX")
    row = {"name": "河西区", "unit_class": "区县", "valid_from": "2008-10-24"}
    assert plan(coded, units(row)).taken.units == []
    (cleared,) = plan(coded, units(row | {"code": ""})).taken.units
    assert cleared.code is None


def test_R14_an_unknown_head_and_a_formula_are_faults() -> None:
    strange = ImportedTable(name=UNITS, rows=[["单位名称", "电话"], ["甲", "1"]])
    assert faults(held(), strange) == [(1, "")]
    row = {"name": "河西区", "unit_class": "区县", "valid_from": "2008-10-24"}
    formula = units(row).model_copy(update={"formulas": [(1, 0)]})
    assert faults(held(), formula) == [(2, "A 单位名称")]


def test_R14_a_dry_run_shows_old_and_new_and_what_follows_for_others() -> None:
    row = {"name": "河西区", "unit_class": "区县", "valid_from": "2008-10-24", "valid_to": "2026-11-01"}
    sub = {"name": "办公室", "parent": "河西区", "valid_from": "2008-10-24", "valid_to": "2026-10-01"}
    reply = import_reply(plan(held(person()), units(row, sub)), "XLSX", "t", dry_run=True)
    assert [(each.name, each.row, each.change) for each in reply.changes] == [
        ("河西区", 2, ImportChange.ENDED), ("办公室", 3, ImportChange.ENDED), ("李明", None, ImportChange.ENDED),
    ]
    assert [(change.field, change.old, change.new) for change in reply.changes[0].fields] == [
        ("有效期止", "", "2026-11-01")
    ]


def test_R14_ten_thousand_faults_are_counted_and_two_hundred_shown() -> None:
    rows = tuple({"name": f"单位{number}", "valid_from": "从前", "position": "首位"} for number in range(5_000))
    reply = import_reply(plan(held(), units(*rows)), "XLSX", "t", dry_run=True)
    assert (reply.fault_count, len(reply.faults), reply.changes) == (10_000, 200, [])


NAMES = st.text(
    st.sampled_from("甲乙丙=+-@＝＋'\"，, 1aA"), min_size=1, max_size=6
).filter(lambda name: name.strip() != "")
DAYS = st.dates(date(2008, 1, 1), date(2026, 1, 1))
CODES = st.one_of(st.none(), st.from_regex(r"[A-Z][0-9]{1,3}", fullmatch=True))


@st.composite
def directories(draw: st.DrawFn) -> Directory:
    """A small directory that keeps its own rules."""
    found: list[RecordUnit] = []
    codes = draw(st.lists(CODES, min_size=4, max_size=4, unique_by=lambda code: code or object()))
    for number, code in enumerate(codes):
        parent = draw(st.sampled_from([None, *found])) if found else None
        unit_class = parent.unit_class if parent else draw(st.sampled_from(list(UnitClass)[:3]))
        day = draw(DAYS)
        found.append(RecordUnit(
            unit_id=UUID(int=number + 1), name=draw(NAMES), unit_class=unit_class, code=code, valid_from=day,
            parent_id=parent.unit_id if parent else None, position=draw(st.sampled_from([None, 7])), name_since=day,
        ))
    persons = [
        RecordPerson(
            person_id=UUID(int=90 + number), name=draw(NAMES), unit_id=draw(st.sampled_from(found)).unit_id,
            posts=draw(st.lists(posts(found), max_size=3)),
        )
        for number in range(draw(st.integers(0, 3)))
    ]
    return Directory(found, persons)


def posts(found: list[RecordUnit]) -> st.SearchStrategy[Post]:
    role = st.sampled_from([Role.RESPONSIBLE_LEADER, Role.DUTY_OFFICER])
    unit_id = st.sampled_from([unit.unit_id for unit in found])
    return st.builds(
        Post, unit_id=unit_id, role=role, title=NAMES, deputy=st.booleans(), valid_from=DAYS,
        valid_to=st.sampled_from([None, date(2026, 2, 1)]), full_time=st.none(),
    )


@given(directories(), st.sampled_from(["xlsx", "csv"]))
def test_R14_an_export_imported_again_changes_nothing(directory: Directory, format_: str) -> None:
    found, persons = list(directory.units.values()), list(directory.people.values())
    rows = {UNITS: unit_rows(found), PEOPLE: people_rows(persons, found)}
    heads = {UNITS: list(UNIT_COLUMNS.values()), PEOPLE: list(PEOPLE_COLUMNS.values())}
    if format_ == "xlsx":
        sheets = [Sheet(kind, heads[kind], rows[kind]) for kind in rows]
        tables = read_tables(write(sheets, created_at=OCCURRED)).tables
    else:
        tables = [each for kind in rows for each in read_tables(write_csv(heads[kind], rows[kind])).tables]
    read = [ImportedTable(name=each.name, rows=each.rows, formulas=each.formulas) for each in tables]
    result = plan(directory, *read)
    assert result.faults.first(5) == []
    assert (result.taken.units, result.taken.people) == ([], [])


@pytest.mark.parametrize("written", ["2020-1-5", "2020/01/05", "2020.1.5", "2020年1月5日"])
def test_R14_days_are_read_as_people_write_them(written: str) -> None:
    (created,) = plan(held(), units({"name": "新区", "unit_class": "区县", "valid_from": written})).taken.units
    assert created.valid_from == date(2020, 1, 5)


def test_R14_office_phone_fax_and_address_are_taken_kept_and_cleared() -> None:
    office = {"phone": "+86 22 2300-1000转8", "fax": "022-23001001", "duty_address": "河西区大沽南路1号"}
    row = {"name": "河西区", "valid_from": SINCE.isoformat()}
    (taken,) = plan(held(), units(row | office)).taken.units
    assert taken.model_dump(include=set(office)) == office
    known = held(**office)
    assert plan(known, units(row)).taken.units == []
    (cleared,) = plan(known, ImportedTable(name=UNITS, rows=[["单位名称", "传真"], ["河西区", None]])).taken.units
    assert (cleared.fax, cleared.phone) == (None, office["phone"])
    again = [[UNIT_COLUMNS[key] for key in UNIT_COLUMNS], *unit_rows(list(known.units.values()))]
    (read,) = read_tables(write_csv(again[0], again[1:])).tables
    assert plan(known, ImportedTable(name=UNITS, rows=read.rows)).taken.units == []


@pytest.mark.parametrize("wrong", ["二三零零", "1", "12", "9" * 61, "电话 23001000", "-23001000"])
def test_R14_what_is_no_phone_is_named_by_its_cell(wrong: str) -> None:
    row = {"name": "河西区", "valid_from": SINCE.isoformat(), "phone": wrong}
    assert faults(held(), units(row)) == [(2, "C 办公电话")]
