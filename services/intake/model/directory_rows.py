"""Rows of a table of units or people: which columns there are, and how their cells are read. Faults name the cell."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar
from uuid import UUID

from contracts.rpc.directory import PHONE
from contracts.rpc.directory_files import ImportedTable, ImportFault
from contracts.vocabulary import Labelled, Role, UnitClass
from kernel.papers.sheets import column_letter

UNITS, PEOPLE = "单位", "人员"
"""Names of the two tables, as sheets are named."""
UNIT_COLUMNS: dict[str, str] = {
    "id": "编号", "code": "单位代码", "name": "单位名称", "unit_class": "类别", "parent": "上级单位",
    "position": "排序", "valid_from": "有效期起", "valid_to": "有效期止",
    "phone": "办公电话", "fax": "传真", "duty_address": "值班地址",
}  # fmt: skip
OFFICE = ("phone", "fax", "duty_address")
"""How a unit's information office is reached."""
PEOPLE_COLUMNS: dict[str, str] = {
    "id": "编号", "code": "人员编号", "name": "姓名", "unit": "所属单位", "role": "岗位", "title": "职务",
    "post_unit": "任职单位", "deputy": "代理", "full_time": "专兼职", "valid_from": "任职起", "valid_to": "任职止",
}  # fmt: skip
NEEDED = {UNITS: ("name",), PEOPLE: ("name", "unit")}
COLUMNS = {UNITS: UNIT_COLUMNS, PEOPLE: PEOPLE_COLUMNS}
POST_ROLES = tuple(role for role in Role if role not in {Role.API_CLIENT, Role.SYSTEM})
MAX_NAME = 100

_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
Word = TypeVar("Word", bound=Labelled)
_Value = TypeVar("_Value")


class Faults:
    """What is wrong so far, in the order of tables, rows and columns."""

    def __init__(self) -> None:
        self._found: list[tuple[tuple[str, int, int], ImportFault]] = []

    def add(self, table: Heads, row: int, column: str, zh: str, en: str) -> None:
        """`row` counts from 0, as in the table; `column` is a key of `COLUMNS`, or empty."""
        place = table.places.get(column, -1)
        words = f"{column_letter(place)} {table.words[column]}" if place >= 0 else table.words.get(column, "")
        fault = ImportFault(table=table.name, row=row + 1, column=words, detail_zh=zh, detail_en=en)
        self._found.append(((table.name, row, place), fault))

    def __len__(self) -> int:
        return len(self._found)

    def first(self, number: int) -> list[ImportFault]:
        ordered = sorted(self._found, key=lambda found: found[0])
        return [fault for _, fault in ordered[:number]]


@dataclass(frozen=True)
class Heads:
    """The heads of a table: its kind, and where its columns stand."""

    name: str
    places: dict[str, int]

    @property
    def words(self) -> dict[str, str]:
        return COLUMNS.get(self.name, {})


class Row:
    """One row: cells by column; whatever cannot be read becomes a fault and None."""

    def __init__(self, heads: Heads, number: int, cells: dict[str, str | None], faults: Faults) -> None:
        self.heads, self.number, self.cells, self._faults = heads, number, cells, faults
        self.sound = True
        self._said: set[tuple[str, str]] = set()

    def has(self, column: str) -> bool:
        """Whether the table has the column at all; what it lacks is left as it is held."""
        return column in self.heads.places

    def text(self, column: str) -> str | None:
        return self.cells.get(column)

    def fault(self, column: str, zh: str, en: str) -> None:
        self.sound = False
        if (column, zh) not in self._said:
            self._said.add((column, zh))
            self._faults.add(self.heads, self.number, column, zh, en)

    def needed(self, column: str) -> str | None:
        text = self.text(column)
        if text is None:
            self.fault(column, "必填，不能为空。", "This cell must not be empty.")
        return text

    def name(self, column: str = "name") -> str | None:
        text = self.needed(column) if column == "name" else self.text(column)
        if text is not None and len(text) > MAX_NAME:
            self.fault(column, f"超过 {MAX_NAME} 字。", f"More than {MAX_NAME} characters.")
            return None
        return text

    def uuid(self, column: str) -> UUID | None:
        return self._read(
            column, UUID, "不是系统导出的编号；新增的请留空。", "Not an id of an export; leave it empty for a new one."
        )

    def code(self) -> str | None:
        return self._read(
            "code", _code, "代码只能用英文字母、数字和 . _ -，最多 40 个字符。",
            "A code has letters, digits and . _ - only, at most 40.",
        )

    def day(self, column: str) -> date | None:
        return self._read(column, _day, "日期应如 2026-11-24。", "A date is written like 2026-11-24.")

    def position(self) -> int | None:
        return self._read("position", _position, "排序应为 1 至 99999 的整数。", "An integer from 1 to 99999.")

    def phone(self, column: str) -> str | None:
        return self._read(
            column, _phone, "电话只能用数字、空格和 + - ( ) / 、，分机前写“转”，3 至 60 个字符。",
            "Digits, blanks, + - ( ) / and 转 before an extension, 3 to 60 characters.",
        )

    def word(self, column: str, words: Iterable[Word]) -> Word | None:
        known = {each.label: each for each in words}
        text = self.text(column)
        found = known.get(text or "") or next((each for each in known.values() if each.value == text), None)
        if text is not None and found is None:
            self.fault(column, f"只能填：{'、'.join(known)}。", f"One of: {', '.join(known.values())}.")
        return found

    def unit_class(self) -> UnitClass | None:
        return self.word("unit_class", UnitClass)

    def role(self) -> Role | None:
        return self.word("role", POST_ROLES)

    def choice(self, column: str, yes: str, no: str) -> bool | None:
        text = self.text(column)
        if text not in {None, yes, no}:
            self.fault(column, f"只能填“{yes}”或“{no}”。", f"Either {yes} or {no}.")
        return None if text is None else text == yes

    def _read(self, column: str, read: Callable[[str], _Value], zh: str, en: str) -> _Value | None:
        text = self.text(column)
        if text is None:
            return None
        try:
            return read(text)
        except (ValueError, OverflowError):
            self.fault(column, zh, en)
            return None


def read_rows(tables: Iterable[ImportedTable], faults: Faults) -> dict[str, list[Row]]:
    """The rows of units and of people; a table that is neither, or lacks a needed column, is a fault."""
    found: dict[str, list[Row]] = {UNITS: [], PEOPLE: []}
    for table in tables:
        if not any(any(row) for row in table.rows) or table.name == "填写说明":
            continue
        heads = _heads(table, faults)
        if heads is not None:
            found[heads.name] += _rows(table, heads, faults)
    return found


def _heads(table: ImportedTable, faults: Faults) -> Heads | None:
    header = [(cell or "").strip() for cell in table.rows[0]]
    kind = next((name for name in (UNITS, PEOPLE) if COLUMNS[name]["name"] in header), None)
    if kind is None:
        unknown = Heads(table.name, {})
        faults.add(
            unknown, 0, "",
            f"第一行应为表头：单位表须有“{UNIT_COLUMNS['name']}”，人员表须有“{PEOPLE_COLUMNS['name']}”；请用下载的模板。",
            "The first row must hold the heads of a table of units or people; use the template.",
        )
        return None
    keys = {word: key for key, word in COLUMNS[kind].items()}
    heads = Heads(kind, {keys[word]: place for place, word in enumerate(header) if word in keys})
    sound = len(faults)
    for place, word in enumerate(header):
        if word and (word not in keys or header.index(word) != place):
            faults.add(
                heads, 0, "", f"{column_letter(place)} 列“{word}”不认识或重复；认识的列：{'、'.join(keys)}。",
                f"Column {column_letter(place)} is unknown or doubled.",
            )
    for key in NEEDED[kind]:
        if key not in heads.places:
            faults.add(heads, 0, "", f"缺少列“{COLUMNS[kind][key]}”。", f"The column {key} is missing.")
    return heads if len(faults) == sound else None


def _rows(table: ImportedTable, heads: Heads, faults: Faults) -> list[Row]:
    formulas = set(table.formulas)
    rows = []
    for number, cells in enumerate(table.rows):
        if number == 0 or not any(cells):
            continue
        padded = [*cells, *([None] * (1 + max(heads.places.values()) - len(cells)))]
        row = Row(heads, number, {key: _stripped(padded[place]) for key, place in heads.places.items()}, faults)
        for key, place in heads.places.items():
            if (number, place) in formulas:
                row.fault(
                    key, "单元格是公式，不予计算；请粘贴为数值。", "A formula; it is not computed. Paste it as a value."
                )
        rows.append(row)
    return rows


def _stripped(cell: str | None) -> str | None:
    return (cell or "").strip() or None


def _day(text: str) -> date:
    match = _DATE.fullmatch(text)
    if match is None:
        raise ValueError(text)
    day = date(*(int(part) for part in match.groups()))
    if not 1900 <= day.year <= 2200:
        raise ValueError(text)
    return day


def _code(text: str) -> str:
    if not _CODE.fullmatch(text):
        raise ValueError(text)
    return text


def _phone(text: str) -> str:
    if not (3 <= len(text) <= 60 and re.fullmatch(PHONE, text)):
        raise ValueError(text)
    return text


def _position(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= 99_999 and len(text) <= 5):
        raise ValueError(text)
    return int(text)
