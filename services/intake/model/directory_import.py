"""What a table of units and people would change: rows are matched with what is held, and the whole result is judged.

A row names a thing by its id (as exported), else by its code, else by its name: a unit within its parent, a person
within the unit. Whatever could be two things is a fault. A column that the table lacks leaves things as they are; an
empty cell of a column that it has clears them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from contracts.rpc.directory import RecordUnit
from contracts.rpc.directory_files import ImportedTable
from contracts.vocabulary import UnitClass
from kernel.ids import new_id
from services.intake.model.directory import Directory, Fault, Taken
from services.intake.model.directory_people import PeopleRows
from services.intake.model.directory_rows import OFFICE, PEOPLE, UNITS, Faults, Row, read_rows

COLUMN_OF = {"parent_id": "parent", "unit_id": "unit", "name_since": "name"}
"""Fields whose column is called otherwise."""
KEPT = {"code", "position", "parent_id", "valid_from", "valid_to", *OFFICE}
"""What a table without the column leaves as it is held."""


@dataclass
class Plan:
    """What an import changes; nothing when there are faults."""

    before: Directory
    taken: Taken
    faults: Faults
    rows: dict[UUID, int] = field(default_factory=dict)
    """Row (from 0) by unit or person."""
    named: int = 0
    """How many units and people the file names."""


def plan_import(before: Directory, tables: Iterable[ImportedTable], today: date) -> Plan:
    """Match the rows, put them all, judge what results."""
    faults = Faults()
    rows = read_rows(tables, faults)
    unit_rows = UnitRows(before, rows[UNITS])
    wanted = unit_rows.read()
    people_rows = PeopleRows(before, rows[PEOPLE], unit_rows)
    persons = people_rows.read()
    after = Directory(before.units.values(), before.people.values())
    taken = after.take(wanted, persons, today=today)
    for fault in taken.faults:
        _tell(fault, unit_rows, people_rows)
    numbers = {unit_id: row.number for unit_id, row in unit_rows.by_id.items()}
    numbers |= {person_id: found[0].number for person_id, found in people_rows.by_id.items()}
    return Plan(before, taken, faults, numbers, len(wanted) + len(persons))


def _tell(fault: Fault, units: UnitRows, people: PeopleRows) -> None:
    """A fault of the directory as a fault of the row that brought it."""
    parts = fault.pointer.split("/")[1:]
    if fault.subject in units.by_id:
        units.by_id[fault.subject].fault(COLUMN_OF.get(parts[-1], parts[-1]), fault.zh, fault.en)
        return
    if parts[0] == "posts":
        row, column = people.post_row(fault.subject, int(parts[1])), parts[2]
        column = "post_unit" if column == "unit_id" and row.text("post_unit") else column
    else:
        row, column = people.by_id[fault.subject][0], parts[0]
    row.fault(COLUMN_OF.get(column, column), fault.zh, fault.en)


class UnitRows:
    """The rows of units and which unit each of them is."""

    def __init__(self, directory: Directory, rows: list[Row]) -> None:
        self._directory = directory
        self._rows = rows
        self._ids: dict[int, UUID] = {}
        """Id by index of the row."""
        self.by_id: dict[UUID, Row] = {}
        self._by_code = {unit.code: unit.unit_id for unit in directory.units.values() if unit.code}
        self._rows_by_code = {code: index for index, row in enumerate(rows) if (code := row.text("code"))}
        self._held_by_name: dict[str, list[UUID]] = {}
        for unit in directory.units.values():
            self._held_by_name.setdefault(unit.name.strip(), []).append(unit.unit_id)
        self._rows_by_name: dict[str, list[int]] = {}
        for index, row in enumerate(rows):
            self._rows_by_name.setdefault(row.text("name") or "", []).append(index)

    def read(self) -> list[RecordUnit]:
        """What the rows want recorded; rows with faults are left out."""
        self._identify()
        found = [self._wanted(row, self._ids[index]) for index, row in enumerate(self._rows) if index in self._ids]
        return [unit for unit in found if unit is not None]

    def _identify(self) -> None:
        waiting = [index for index, row in enumerate(self._rows) if not self._by_sure_sign(index, row)]
        while waiting:
            ready = [index for index in waiting if not self._depends(self._rows[index].text("parent"), index)]
            for index in ready or waiting[:1]:  # a circle: the tree's own check names it
                self._take(index, self._by_name(index, self._rows[index]))
                waiting.remove(index)

    def _by_sure_sign(self, index: int, row: Row) -> bool:
        """Whether id or code say which unit it is, or that it cannot be told."""
        unit_id = row.uuid("id")
        code = row.code()
        if row.text("id") is not None:
            if unit_id not in self._directory.units and row.sound:
                row.fault("id", "没有这个编号的单位；新增的请留空。", "No unit has this id; new ones have none.")
            return self._take(index, unit_id) if row.sound else True
        if code is not None and code in self._by_code:
            return self._take(index, self._by_code[code])
        return not row.sound

    def _take(self, index: int, unit_id: UUID | None) -> bool:
        row = self._rows[index]
        if unit_id is None:
            return True
        if unit_id in self.by_id:
            row.fault(
                "name", f"与第 {self.by_id[unit_id].number + 1} 行是同一个单位。", "The same unit as another row."
            )
            return True
        self._ids[index], self.by_id[unit_id] = unit_id, row
        return True

    def _depends(self, text: str | None, asking: int) -> bool:
        """Whether the parent may be a row of which it is not known yet which unit it is."""
        if text is None or text in self._by_code:
            return False
        named = [*self._rows_by_name.get(text, []), *filter(None, [self._rows_by_code.get(text)])]
        return any(index != asking and index not in self._ids and self._rows[index].sound for index in named)

    def _by_name(self, index: int, row: Row) -> UUID | None:
        """The unit of this name within the parent, else a new one."""
        name = row.name()
        parent = self.reference(row, "parent", asking=index)
        if name is None or not row.sound:
            return None
        held = [self._directory.units[unit_id] for unit_id in self._held_by_name.get(name, [])]
        held = [unit for unit in held if unit.unit_id not in self.by_id]
        if row.has("parent"):
            held = [unit for unit in held if unit.parent_id == parent]
        if len(held) > 1:
            row.fault("name", "有多个同名单位，请填编号或单位代码。", "Several units have this name; state id or code.")
            return None
        if held and row.text("code") and held[0].code:
            row.fault(
                "code", f"同名单位的代码是 {held[0].code}；改代码请填编号。",
                f"The unit of this name has the code {held[0].code}; state its id to change the code.",
            )
            return None
        return held[0].unit_id if held else new_id()

    def reference(self, row: Row, column: str, asking: int | None = None) -> UUID | None:
        """The unit that a cell names by id, code or name. None for an empty cell or a fault."""
        text = row.text(column)
        if text is None:
            return None
        found = self.named(text, asking)
        if len(found) != 1:
            row.fault(
                column, f"没有单位“{text}”，请先登记，或在单位表中一并导入。" if not found
                else f"“{text}”对应多个单位，请改填单位代码或编号。",
                "No such unit." if not found else "Several units have this name; state code or id.",
            )
            return None
        return found.pop()

    def named(self, text: str, asking: int | None = None) -> set[UUID]:
        """Units that are meant by an id, else a code, else a name; the file's own names come before those held."""
        by_id = {unit_id for unit_id in self._directory.units if str(unit_id) == text} if len(text) == 36 else set()
        coded = self._rows_by_code.get(text)
        by_code = {self._ids[coded]} if coded is not None and coded in self._ids else set()
        if not by_code and text in self._by_code:
            by_code = {self._by_code[text]}
        named = [index for index in self._rows_by_name.get(text, []) if index != asking]
        rows = {self._ids[index] for index in named if index in self._ids}
        held = self._held_by_name.get(text, [])
        by_name = rows | {unit_id for unit_id in held if unit_id not in self.by_id}
        return by_id or by_code or by_name or set(held)

    def _wanted(self, row: Row, unit_id: UUID) -> RecordUnit | None:
        held = self._directory.units.get(unit_id)
        name, code, position = row.name(), row.code(), row.position()
        parent = self.reference(row, "parent")
        valid_from, valid_to = row.day("valid_from"), row.day("valid_to")
        phone, fax, address = row.phone("phone"), row.phone("fax"), row.name("duty_address")
        if held is None or row.has("valid_from"):
            row.needed("valid_from")
        unit_class = self._class_of(unit_id, set())
        if unit_class is None and row.sound:
            row.fault("unit_class", "必填（直接隶属市的单位）。", "Needed for a unit directly under the city.")
        if not row.sound or name is None or unit_class is None:
            return None
        read: dict[str, Any] = {"name": name, "code": code, "position": position, "parent_id": parent}
        read |= {"valid_from": valid_from, "valid_to": valid_to, "phone": phone, "fax": fax, "duty_address": address}
        if held is not None and held.name.strip() == name:
            read["name"] = held.name
        values = held.model_dump(include=KEPT) if held else {}
        values |= {key: value for key, value in read.items() if row.has(COLUMN_OF.get(key, key))}
        return RecordUnit(unit_id=unit_id, unit_class=unit_class, **values)

    def _class_of(self, unit_id: UUID, seen: set[UUID]) -> UnitClass | None:
        """What the row says, else the parent's, else what is held; a circle has none and is named elsewhere."""
        row, held = self.by_id.get(unit_id), self._directory.units.get(unit_id)
        if row is None or unit_id in seen:
            return held.unit_class if held else UnitClass.AFFILIATED
        stated = row.unit_class()
        if stated is not None or not row.sound:
            return stated
        parent = self._parent_of(row, held)
        above = self._class_of(parent, seen | {unit_id}) if parent is not None else None
        if above is not None and above is not UnitClass.CITY_OFFICE:
            return above
        return held.unit_class if held is not None and not row.has("unit_class") else None

    def _parent_of(self, row: Row, held: RecordUnit | None) -> UUID | None:
        if not row.has("parent"):
            return held.parent_id if held else None
        found = self.named(row.text("parent") or "")
        return found.pop() if len(found) == 1 else None
