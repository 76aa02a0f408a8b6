"""Reporting units: a tree with dates; every recorded state is kept, so that an old report names its unit as it was."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from contracts.rpc.directory import RecordUnit
from contracts.vocabulary import UnitClass
from kernel.errors import Invalid
from services.intake.model.base import Base, Word
from services.intake.model.search import normalised, sort_key


class Unit(Base):
    """A unit as the directory holds it now."""

    __tablename__ = "units"
    __table_args__ = (Index("units_by_name", "sort_key", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    search_name: Mapped[str]
    sort_key: Mapped[str]
    unit_class: Mapped[UnitClass] = mapped_column(Word(UnitClass))
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("units.id"))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    version: Mapped[int]

    @classmethod
    def new(cls, request: RecordUnit) -> Unit:
        unit = cls(id=request.unit_id, version=0)
        unit.record(request)
        return unit

    def holds(self, request: RecordUnit) -> bool:
        """Whether this is what the directory holds already."""
        return request == RecordUnit(
            unit_id=self.id,
            name=self.name,
            unit_class=self.unit_class,
            parent_id=self.parent_id,
            valid_from=self.valid_from,
            valid_to=self.valid_to,
        )

    def record(self, request: RecordUnit) -> None:
        """Take over what was recorded. Raises `Invalid`."""
        check_dates(request.valid_from, request.valid_to, "/valid_to")
        self.name = request.name
        self.search_name = normalised(request.name)
        self.sort_key = sort_key(request.name)
        self.unit_class = request.unit_class
        self.parent_id = request.parent_id
        self.valid_from = request.valid_from
        self.valid_to = request.valid_to
        self.version += 1


class UnitVersion(Base):
    """Name and class of a unit from a day on, as recorded once."""

    __tablename__ = "unit_versions"

    unit_id: Mapped[UUID] = mapped_column(ForeignKey("units.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    unit_class: Mapped[UnitClass] = mapped_column(Word(UnitClass))
    valid_from: Mapped[date]
    recorded_at: Mapped[datetime]

    @classmethod
    def of(cls, unit: Unit, recorded_at: datetime) -> UnitVersion:
        return cls(
            unit_id=unit.id,
            version=unit.version,
            name=unit.name,
            unit_class=unit.unit_class,
            valid_from=unit.valid_from,
            recorded_at=recorded_at,
        )


def version_on(versions: list[UnitVersion], day: date) -> UnitVersion | None:
    """The version in force on `day`: the last recorded of those valid by then, else the first ever recorded."""
    in_order = sorted(versions, key=lambda each: each.version)
    valid = [each for each in in_order if each.valid_from <= day]
    return valid[-1] if valid else next(iter(in_order), None)


def check_dates(valid_from: date, valid_to: date | None, pointer: str) -> None:
    """Raise `Invalid` when a period ends before it begins."""
    if valid_to is not None and valid_to < valid_from:
        raise Invalid(
            f"有效期止（{valid_to}）不能早于有效期起（{valid_from}）。",
            f"The period ends ({valid_to}) before it begins ({valid_from}).",
            pointer=pointer,
        )
