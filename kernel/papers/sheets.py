"""Reading tables that people send: XLSX and CSV, with limits that hold before anything is unpacked; writing CSV.

What is read is text and nothing else: a formula is named as such and not computed, no entity is expanded, no macro
is let in, and it is told how the file was read.
"""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from kernel.errors import Refusal
from kernel.papers.xlsx import formula_like

MAX_ROWS = 10_000
MAX_COLUMNS = 40
MAX_CELL = 2_000
"""Characters of one cell."""
MAX_SHEETS = 5
MAX_PARTS = 200
MAX_UNPACKED = 40 * 1024 * 1024
"""Bytes of all parts of an XLSX file together."""
_BROKEN = (
    zipfile.BadZipFile, zlib.error, InvalidFileException, ParseError, KeyError, ValueError, TypeError, AttributeError,
    IndexError, EOFError, NotImplementedError, RuntimeError,
)
"""What openpyxl and zipfile raise on a file that is not what it says."""


class UnreadableSheet(Refusal):
    """The file is no table that can be read; the message says what to do."""

    problem = "unsupported-media-type"


class SheetTooLarge(Refusal):
    """The file holds more than is read at once."""

    problem = "too-large"


@dataclass(frozen=True)
class Table:
    """One sheet, as text; blank cells are None. `formulas` are (row, column) from 0."""

    name: str
    rows: list[list[str | None]]
    formulas: list[tuple[int, int]] = field(default_factory=list)


@dataclass(frozen=True)
class Tables:
    """Everything in a file, and in words how it was read."""

    source: str
    tables: list[Table]


def read_tables(content: bytes) -> Tables:
    """All tables of an XLSX or CSV file. Raises `UnreadableSheet` and `SheetTooLarge`."""
    if content.startswith(b"PK\x03\x04"):
        return Tables("XLSX", _read_xlsx(content))
    return _read_csv(content)


def write_csv(header: Sequence[str], rows: Iterable[Sequence[str | None]]) -> bytes:
    """UTF-8 with the mark by which spreadsheets know it; a formula-like text begins with an apostrophe."""
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(header)
    writer.writerows([inert(cell or "") for cell in row] for row in rows)
    return target.getvalue().encode("utf-8-sig")


def inert(text: str) -> str:
    """As it is written into CSV; `_typed` reads it back."""
    return f"'{text}" if formula_like(text.lstrip("'")) else text


def _typed(text: str) -> str:
    return text[1:] if text.startswith("'") and formula_like(text.lstrip("'")) else text


def _read_csv(content: bytes) -> Tables:
    text, encoding = _decoded(content)
    rows: list[list[str | None]] = []
    formulas: list[tuple[int, int]] = []
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), strict=True)):
            formulas += [(number, column) for column, cell in enumerate(cells) if formula_like(cell)]
            rows.append(_checked([_typed(cell).strip() or None for cell in cells], number))
    except csv.Error as error:
        raise UnreadableSheet(
            f"CSV 第 {len(rows) + 1} 行附近格式不正确（引号没有成对，或单元格过长）。",
            f"The CSV is malformed near row {len(rows) + 1}: {error}.",
        ) from error
    return Tables(f"CSV（{encoding}）", [Table("", _trimmed(rows), formulas)])


def _decoded(content: bytes) -> tuple[str, str]:
    if b"\x00" not in content:
        for codec, name in (("utf-8-sig", "UTF-8"), ("gb18030", "GB18030")):
            try:
                return content.decode(codec), name
            except UnicodeDecodeError:
                continue
    raise UnreadableSheet(
        "这不是 XLSX，也不是 UTF-8 或 GB18030 编码的 CSV；请用电子表格软件另存为 .xlsx。",
        "This is neither XLSX nor CSV in UTF-8 or GB18030; save it as .xlsx with a spreadsheet program.",
    )


def _read_xlsx(content: bytes) -> list[Table]:
    try:
        _check_parts(content)
        book = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
        if len(book.worksheets) > MAX_SHEETS:
            raise SheetTooLarge(
                f"工作表超过 {MAX_SHEETS} 张。", f"The workbook has more than {MAX_SHEETS} sheets."
            )
        return [_read_sheet(sheet) for sheet in book.worksheets]
    except _BROKEN as error:
        raise UnreadableSheet(
            "XLSX 文件已损坏或不规范，请用电子表格软件打开后另存一份。",
            "The XLSX file is damaged; open it in a spreadsheet program and save it anew.",
        ) from error


def _check_parts(content: bytes) -> None:
    """Refuse bombs, macros and documents with entities before anything parses the file."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
            raise SheetTooLarge(
                "XLSX 解压后过大，未予读取；请删去图片和多余的工作表。",
                "The XLSX would unpack to more than is read; remove pictures and needless sheets.",
            )
        for part in parts:
            # zipfile never gives out more than file_size, whatever the packed bytes hold
            if part.filename.lower().endswith("vbaproject.bin") or _declares_types(archive.read(part)):
                raise UnreadableSheet(
                    "文件中含有宏或外部实体，不予读取；请另存为不含宏的 .xlsx。",
                    "The file holds macros or entities; save it as .xlsx without them.",
                )


def _declares_types(part: bytes) -> bool:
    return b"<!DOCTYPE" in part.replace(b"\x00", b"")


def _read_sheet(sheet: Any) -> Table:
    sheet.reset_dimensions()  # what the file says of its size need not be true
    rows: list[list[str | None]] = []
    formulas: list[tuple[int, int]] = []
    for number, cells in enumerate(sheet.iter_rows()):
        formulas += [(number, column) for column, cell in enumerate(cells) if cell.data_type == "f"]
        row = [_text(cell.value) for cell in cells]
        if number < MAX_ROWS or any(row):
            rows.append(_checked(row, number))
    return Table(str(sheet.title), _trimmed(rows), formulas)


def _text(value: Any) -> str | None:
    """A cell's value as a person would type it."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip() or None


def _checked(row: list[str | None], number: int) -> list[str | None]:
    while row and row[-1] is None:
        row.pop()
    if number > MAX_ROWS:
        raise SheetTooLarge(
            f"表格超过 {MAX_ROWS} 行，请分几次导入。", f"The table has more than {MAX_ROWS} rows; import it in parts."
        )
    if len(row) > MAX_COLUMNS or any(len(cell or "") > MAX_CELL for cell in row):
        raise SheetTooLarge(
            f"第 {number + 1} 行超过 {MAX_COLUMNS} 列，或有单元格超过 {MAX_CELL} 字。",
            f"Row {number + 1} has more than {MAX_COLUMNS} columns, or a cell of more than {MAX_CELL} characters.",
        )
    return row


def _trimmed(rows: list[list[str | None]]) -> list[list[str | None]]:
    """Without the blank rows at the end."""
    while rows and not any(rows[-1]):
        rows.pop()
    return rows


def column_letter(column: int) -> str:
    """Its letter in a spreadsheet; the first is A."""
    return "".join(_letters(column))


def _letters(column: int) -> Iterator[str]:
    if column >= 26:
        yield from _letters(column // 26 - 1)
    yield chr(ord("A") + column % 26)
