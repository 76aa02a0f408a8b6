"""XLSX tables: plain cells, no formula ever, the same data gives the same bytes."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

Cell = str | int | Decimal | None

FORMULA_BEGINNINGS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
"""What a spreadsheet may take for the beginning of a formula when such text is edited or saved as CSV."""


@dataclass(frozen=True)
class Sheet:
    """One table: lines of text above it, a header row, rows; `widths` of the columns in characters."""

    name: str
    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    above: Sequence[str] = ()
    below: Sequence[str] = ()
    widths: Sequence[int] = field(default_factory=tuple)


def write(sheets: Sequence[Sheet], *, created_at: datetime) -> bytes:
    """The workbook. Text stays text even where it looks like a formula, an address or a number."""
    target = io.BytesIO()
    workbook = xlsxwriter.Workbook(
        target,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_numbers": False,
            "strings_to_urls": False,
        },
    )
    workbook.set_properties({"created": created_at.astimezone(UTC).replace(tzinfo=None)})
    pen = _Pen(workbook)
    for sheet in sheets:
        pen.write(sheet)
    workbook.close()
    return target.getvalue()


class _Pen:
    """The few formats of a workbook and how cells are written with them."""

    def __init__(self, workbook: xlsxwriter.Workbook) -> None:
        self.workbook = workbook
        self.plain = workbook.add_format()
        self.inert = workbook.add_format({"quote_prefix": True})
        self.heading = workbook.add_format({"bold": True, "border": 1, "align": "center", "text_wrap": True})
        self.inert_heading = workbook.add_format(
            {"bold": True, "border": 1, "align": "center", "text_wrap": True, "quote_prefix": True}
        )

    def write(self, sheet: Sheet) -> None:
        page = self.workbook.add_worksheet(sheet.name)
        for column, width in enumerate(sheet.widths):
            page.set_column(column, column, width)
        rows = count()
        for line in sheet.above:
            self._cell(page, next(rows), 0, line)
        head = next(rows)
        for column, title in enumerate(sheet.header):
            page.write_string(head, column, title, self.inert_heading if formula_like(title) else self.heading)
        page.freeze_panes(head + 1, 0)
        for cells in sheet.rows:
            row = next(rows)
            for column, value in enumerate(cells):
                self._cell(page, row, column, value)
        next(rows)  # an empty line
        for line in sheet.below:
            self._cell(page, next(rows), 0, line)

    def _cell(self, page: Worksheet, row: int, column: int, value: Cell) -> None:
        if value is None:
            return
        if isinstance(value, str):
            page.write_string(row, column, value, self._format(value))
        else:
            page.write_number(row, column, value, self.plain)

    def _format(self, text: str) -> Format:
        return self.inert if formula_like(text) else self.plain


def formula_like(text: str) -> bool:
    """Whether a spreadsheet may take it for a formula."""
    return text.lstrip(" \u3000").startswith(FORMULA_BEGINNINGS)
