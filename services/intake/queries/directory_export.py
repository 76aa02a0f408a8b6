"""The directory as a file of the shape that an import takes: what is exported and imported again changes nothing."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from contracts.rpc.directory import Post, RecordPerson, RecordUnit
from contracts.rpc.directory_files import ExportDirectory
from contracts.rpc.scoring import File
from contracts.vocabulary import UnitClass
from kernel.clock import china_day
from kernel.papers.sheets import write_csv
from kernel.papers.xlsx import Sheet, write
from kernel.service import Reading
from services.intake.model.directory_rows import PEOPLE, PEOPLE_COLUMNS, POST_ROLES, UNIT_COLUMNS, UNITS
from services.intake.model.people import Person
from services.intake.model.units import Unit

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HELP = (
    ("编号", "导出时自带，用来认定是哪个单位或哪个人，请勿改动；新增的留空。"),
    ("认定办法", "先看编号，再看代码，最后看名称（单位在同一上级之下，人员在同一单位之内）；分不清的会指出。"),
    ("类别", "、".join(each.label for each in UnitClass) + "；下级单位随上级，可不填。"),
    ("上级单位", "填单位代码或名称；直接向市报送的留空。"),
    ("岗位", "、".join(role.label for role in POST_ROLES)),
    ("一人多岗", "一个岗位一行；同一人的各行合起来就是他的全部岗位，没有列出的岗位将被删除。离任请填任职止。"),
    ("日期", "如 2026-11-24。单元格不能是公式。"),
    ("没有的列", "表中没有的列不作改动；有列而留空，表示清空。"),
)

Cells = list[str | None]


def export_directory(reading: Reading, request: ExportDirectory) -> File:
    """Units and people, or the heads only."""
    units: list[RecordUnit] = []
    people: list[RecordPerson] = []
    if not request.template:
        units = [each.recorded() for each in reading.session.scalars(select(Unit).order_by(Unit.sort_key, Unit.id))]
        found = reading.session.scalars(select(Person).order_by(Person.unit_id, Person.sort_key, Person.id))
        people = [each.recorded() for each in found]
    name = "名录模板" if request.template else f"名录{china_day(reading.now)}"
    tables = {UNITS: unit_rows(units), PEOPLE: people_rows(people, units)}
    if request.format == "csv":
        kind = UNITS if request.table == "units" else PEOPLE
        return _file(f"{name}-{kind}.csv", "text/csv", write_csv(_header(kind), tables[kind]))
    sheets = [Sheet(kind, _header(kind), rows, widths=_widths(kind)) for kind, rows in tables.items()]
    help_sheet = Sheet("填写说明", ("项目", "说明"), HELP, widths=(14, 100))
    return xlsx_file(f"{name}.xlsx", [*sheets, help_sheet], reading.now)


def xlsx_file(name: str, sheets: list[Sheet], now: datetime) -> File:
    """A spreadsheet to be downloaded."""
    return _file(name, XLSX_TYPE, write(sheets, created_at=now))


def _header(kind: str) -> list[str]:
    return list((UNIT_COLUMNS if kind == UNITS else PEOPLE_COLUMNS).values())


def _widths(kind: str) -> list[int]:
    return [38, *([18] * (len(_header(kind)) - 1))]


def _file(name: str, media_type: str, content: bytes) -> File:
    return File(
        name=name, media_type=media_type, content_base64=base64.b64encode(content).decode(),
        sha256=hashlib.sha256(content).hexdigest(),
    )


def unit_rows(units: list[RecordUnit]) -> list[Cells]:
    """One row for each unit, in the order of `UNIT_COLUMNS`."""
    references = _references(units)
    return [
        [
            str(unit.unit_id), unit.code, unit.name, unit.unit_class.label,
            references[unit.parent_id] if unit.parent_id else None, str(unit.position) if unit.position else None,
            *_days(unit.valid_from, unit.valid_to), unit.phone, unit.fax, unit.duty_address,
        ]
        for unit in units
    ]


def people_rows(people: list[RecordPerson], units: list[RecordUnit]) -> list[Cells]:
    """One row for each post, in the order of `PEOPLE_COLUMNS`; one without a post for whoever has none."""
    references = _references(units)
    return [row for person in people for row in _person_rows(person, references)]


def _person_rows(person: RecordPerson, references: dict[UUID, str]) -> Iterable[Cells]:
    known: Cells = [str(person.person_id), person.code, person.name, references[person.unit_id]]
    if not person.posts:
        yield [*known, *([None] * 7)]
    for post in person.posts:
        elsewhere = references[post.unit_id] if post.unit_id != person.unit_id else None
        yield [
            *known, post.role.label, post.title, elsewhere, "是" if post.deputy else "否", _full_time(post),
            *_days(post.valid_from, post.valid_to),
        ]


def _full_time(post: Post) -> str | None:
    return None if post.full_time is None else "专职" if post.full_time else "兼职"


def _days(valid_from: date, valid_to: date | None) -> Cells:
    return [valid_from.isoformat(), valid_to.isoformat() if valid_to else None]


def _references(units: list[RecordUnit]) -> dict[UUID, str]:
    """How another row names each unit: by its code, else its name where nothing else is called so, else its id."""
    called: dict[str, set[UUID]] = {}
    for unit in units:
        for word in (unit.code, unit.name.strip()):
            if word:
                called.setdefault(word, set()).add(unit.unit_id)
    return {unit.unit_id: _reference(unit, called) for unit in units}


def _reference(unit: RecordUnit, called: dict[str, set[UUID]]) -> str:
    words = [word for word in (unit.code, unit.name.strip()) if word and called[word] == {unit.unit_id}]
    return words[0] if words else str(unit.unit_id)
