"""The directory as files: an import that shows every change before it makes any, and the export of the same shape."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from contracts.model import Method, Strict, Text, command, query
from contracts.rpc.scoring import File
from contracts.vocabulary import Labelled, Role

SHOWN_FAULTS = 200
"""Faults that an answer names; the others are counted."""

Cell = Annotated[Text, Field(max_length=2_000)]


class ImportedTable(Strict):
    """One table as it was read from a file, the header being its first row; blank cells are null."""

    name: Text = Field(max_length=100)
    rows: list[list[Cell | None]] = Field(max_length=10_001)
    formulas: list[tuple[int, int]] = Field(default=[], max_length=20_000)
    """Row and column, from 0, of cells that hold formulas."""


class CheckImport(Strict):
    source: Text = Field(max_length=100, description="how the file was read")
    tables: list[ImportedTable] = Field(min_length=1, max_length=5)


class ImportDirectory(CheckImport):
    follows: Text = Field(min_length=1, max_length=200, description="token of the dry run it follows")


class ImportChange(Labelled):
    CREATED = "created", "新增"
    CHANGED = "changed", "变更"
    ENDED = "ended", "终止"


class FieldChange(Strict):
    field: str
    """In Chinese, as the column's head."""
    old: str
    new: str


class ImportedThing(Strict):
    """A unit or person that the import creates or changes."""

    thing: Literal["unit", "person"]
    name: str
    table: str
    row: int | None
    """As the spreadsheet counts; None for what follows for others (class of subunits, ends of posts)."""
    change: ImportChange
    fields: list[FieldChange]


class ImportFault(Strict):
    """What is wrong, where, and what to do."""

    table: str
    row: int
    column: str
    """Letter and head; empty where the whole row is meant."""
    detail_zh: str
    detail_en: str


class DirectoryImport(Strict):
    """What an import does, or did."""

    source: str
    dry_run: bool
    token: str
    """Names this file and the directory as it is now; the import that follows states it."""
    created: int
    changed: int
    ended: int
    unchanged: int
    changes: list[ImportedThing]
    fault_count: int
    faults: list[ImportFault]
    """The first of them, by table and row."""


class ExportDirectory(Strict):
    format: Literal["xlsx", "csv"] = "xlsx"
    table: Literal["units", "people"] = "units"
    """Which table a CSV holds; XLSX holds both."""
    template: bool = False
    """The heads only, with a sheet that explains them."""


class ImportFiles(Strict):
    """Query of the address that takes the file."""

    dry_run: bool = False
    follows: Text | None = Field(default=None, max_length=200)
    name: Text | None = Field(default=None, max_length=200, description="name of the file, for the evidence")


METHODS: dict[str, Method] = {
    "check_import": query(CheckImport, DirectoryImport, Role.SYSTEM_ADMINISTRATOR),
    "import_directory": command(ImportDirectory, DirectoryImport, Role.SYSTEM_ADMINISTRATOR),
    "export_directory": query(ExportDirectory, File, Role.SYSTEM_ADMINISTRATOR),
}
