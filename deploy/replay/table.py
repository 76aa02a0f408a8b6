"""A published table and the rule file that explains it: how many of what each unit reached, and the printed total.

The format is documented in docs/users/replay.md: a row per unit, a column per kind of event with its count, the
published total.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from contracts.vocabulary import Level, Outcome, UnitClass

SURPLUS = "\0"
"""Under this name the reader keeps cells beyond the header's; no header can hold it."""


class UnusableTable(Exception):
    """The table or its rule file cannot be used; the message names file, row and column and what to do."""


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Publication(Strict):
    code: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")
    name: str


class AdoptionColumn(Strict):
    """Counts reports adopted into a publication of the city."""

    event: Literal["adoption"]
    publication: str
    item_kind: str = "item"


class OutcomeColumn(Strict):
    """Counts what a higher level did with reports that were passed upward."""

    event: Literal["outcome"]
    level: Level
    outcome: Outcome = Outcome.ADOPTED
    publication: str | None = None


Column = Annotated[AdoptionColumn | OutcomeColumn, Field(discriminator="event")]


class TableRules(Strict):
    """How to read the table: which column is what."""

    period: str = Field(pattern=r"^\d{4}(-(0[1-9]|1[0-2])|-q[1-4])?$")
    unit: str
    published_total: str
    published_rank: str | None = None
    unit_class: str | None = None
    unit_classes: dict[str, UnitClass] = Field(default_factory=dict)
    where: dict[str, str] = Field(default_factory=dict)
    """Only rows whose columns hold these values are read."""
    publications: list[Publication] = Field(min_length=1)
    columns: dict[str, Column] = Field(min_length=1)

    @model_validator(mode="after")
    def _publications_are_listed(self) -> Self:
        listed = {publication.code for publication in self.publications}
        for name, column in self.columns.items():
            if isinstance(column, AdoptionColumn) and column.publication not in listed:
                raise ValueError(f"column {name} names the publication {column.publication}, which is not listed")
        return self


class ReplayRules(Strict):
    """A replay's rule file: how to read the table, and the scoring rules as the product takes them."""

    table: TableRules
    scoring: dict[str, Any]

    def scoring_text(self) -> str:
        return yaml.safe_dump(self.scoring, allow_unicode=True, sort_keys=False)


@dataclass(frozen=True)
class UnitRow:
    """One unit of the table."""

    unit: str
    unit_class: UnitClass
    counts: dict[str, int]
    """By column."""
    published_total: Decimal
    published_rank: int | None


def read_rules(path: Path) -> ReplayRules:
    """Read a rule file. Raises `UnusableTable` naming every wrong field."""
    try:
        return ReplayRules.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise UnusableTable(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UnusableTable(f"{path}: not UTF-8; save the rule file as UTF-8") from error
    except yaml.YAMLError as error:
        raise UnusableTable(f"{path}: not YAML: {error}") from error
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        raise UnusableTable(f"{path}: {faults}") from error


def read_table(path: Path, rules: TableRules) -> list[UnitRow]:
    """Read the table in its order. Raises `UnusableTable` for a missing column, a bad number, a unit twice."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = csv.DictReader(file, restkey=SURPLUS)
            _check_columns(path, lines.fieldnames or [], rules)
            rows = [
                _row(path, number, line, rules)
                for number, line in _whole_lines(path, lines)
                if all(line[column] == value for column, value in rules.where.items())
            ]
    except OSError as error:
        raise UnusableTable(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UnusableTable(f"{path}: not UTF-8; save the table as UTF-8") from error
    _check_units(path, rows)
    return rows


def _whole_lines(path: Path, lines: csv.DictReader[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Number and cells of each row; a row cut short or too long would put counts into wrong columns."""
    columns = len(lines.fieldnames or [])
    for number, line in enumerate(lines, 2):
        surplus: Any = line.pop(SURPLUS, [])
        cells = sum(value is not None for value in line.values()) + len(surplus)
        if cells != columns:
            raise UnusableTable(f"{path}: row {number}: has {cells} cells, the header {columns}")
        yield number, line


def _check_columns(path: Path, header: list[str] | Any, rules: TableRules) -> None:
    wanted = [rules.unit, rules.published_total, *rules.columns, *rules.where]
    wanted += [column for column in (rules.unit_class, rules.published_rank) if column]
    missing = [column for column in wanted if column not in header]
    if missing:
        raise UnusableTable(f"{path}: the table has no column {', '.join(missing)}; it has {', '.join(header)}")


def _check_units(path: Path, rows: list[UnitRow]) -> None:
    if not rows:
        raise UnusableTable(f"{path}: the table has no row that the rules select")
    names = [row.unit for row in rows]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise UnusableTable(f"{path}: units named twice: {', '.join(twice)}")


def _row(path: Path, number: int, line: dict[str, str], rules: TableRules) -> UnitRow:
    where = f"{path}: row {number}"
    label = line[rules.unit_class] if rules.unit_class else ""
    if not line[rules.unit].strip():
        raise UnusableTable(f"{where}, column {rules.unit}: the unit has no name")
    return UnitRow(
        unit=line[rules.unit].strip(),
        unit_class=rules.unit_classes.get(label, UnitClass.BUREAU),
        counts={column: _count(where, column, line[column]) for column in rules.columns},
        published_total=_decimal(where, rules.published_total, line[rules.published_total]),
        published_rank=_count(where, rules.published_rank, line[rules.published_rank])
        if rules.published_rank
        else None,
    )


def _count(where: str, column: str, text: str) -> int:
    text = text.strip() or "0"
    if not text.isdecimal():
        raise UnusableTable(f"{where}, column {column}: {text!r} is not a count (0, 1, 2, ...; empty means 0)")
    return int(text)


def _decimal(where: str, column: str, text: str) -> Decimal:
    try:
        value = Decimal(text.strip())
    except InvalidOperation as error:
        raise UnusableTable(f"{where}, column {column}: {text!r} is not a number") from error
    if not value.is_finite():
        raise UnusableTable(f"{where}, column {column}: {text!r} is not a finite number")
    return value
