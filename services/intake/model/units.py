"""Reporting units: a tree with dates; every recorded state is kept, so that an old report names its unit as it was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from contracts.rpc.directory import FormerName, RecordUnit
from contracts.vocabulary import UnitClass
from kernel.clock import china_day
from kernel.errors import Conflict
from kernel.words import Word
from services.intake.model.base import AT_COMMIT, Base
from services.intake.model.search import normalised, sort_key


class Unit(Base):
    """A unit as the directory holds it now."""

    __tablename__ = "units"
    __table_args__ = (
        UniqueConstraint("code", name="units_code_once", **AT_COMMIT),
        Index("units_by_name", "sort_key", "id"),
        Index("units_of_parent", "parent_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    search_name: Mapped[str]
    sort_key: Mapped[str]
    """The official order: those with a position come first, by it; the others by pinyin."""
    unit_class: Mapped[UnitClass] = mapped_column(Word(UnitClass))
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("units.id"))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    code: Mapped[str | None]
    position: Mapped[int | None]
    named_since: Mapped[date | None]
    """From which day name and class hold; None is `valid_from`, for units recorded before names were dated."""
    phone: Mapped[str | None]
    """Of the information office, as the fax."""
    fax: Mapped[str | None]
    duty_address: Mapped[str | None]
    version: Mapped[int]

    @classmethod
    def new(cls, request: RecordUnit) -> Unit:
        return cls(id=request.unit_id, version=0)

    @property
    def name_day(self) -> date:
        """From which day name and class hold."""
        return self.named_since or self.valid_from

    def check_alive(self, day: date) -> None:
        """Raise `Conflict` once the unit has ended: nothing new begins in its name."""
        if self.valid_to is not None and day > self.valid_to:
            raise Conflict(
                f"“{self.name}”已于 {self.valid_to} 终止，不能再新建稿件；已有稿件仍可办完。",
                f"{self.name} ended on {self.valid_to}: no new draft can be begun; drafts that exist can be finished.",
            )

    def recorded(self) -> RecordUnit:
        """What was recorded of it."""
        return RecordUnit(
            unit_id=self.id,
            name=self.name,
            unit_class=self.unit_class,
            parent_id=self.parent_id,
            valid_from=self.valid_from,
            valid_to=self.valid_to,
            code=self.code,
            position=self.position,
            name_since=self.name_day,
            phone=self.phone,
            fax=self.fax,
            duty_address=self.duty_address,
        )

    def record(self, request: RecordUnit) -> None:
        """Take over what was recorded; it was checked before (`model/directory.py`)."""
        self.name = request.name
        self.search_name = normalised(request.name)
        self.sort_key = official_key(request.position, request.name)
        self.unit_class = request.unit_class
        self.parent_id = request.parent_id
        self.valid_from = request.valid_from
        self.valid_to = request.valid_to
        self.code = request.code
        self.position = request.position
        self.named_since = request.name_since
        self.phone, self.fax, self.duty_address = request.phone, request.fax, request.duty_address
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
            valid_from=unit.name_day,
            recorded_at=recorded_at,
        )


def official_key(position: int | None, name: str) -> str:
    """Sorts by position, then by pinyin; "!" stands before every letter, so that units without a position follow."""
    return f"!{position:05d} {sort_key(name)}" if position is not None else sort_key(name)


def version_on(versions: list[UnitVersion], day: date) -> UnitVersion | None:
    """The version in force on `day`: the last recorded of those valid by then, else the first ever recorded."""
    in_order = sorted(versions, key=lambda each: each.version)
    valid = [each for each in in_order if each.valid_from <= day]
    return valid[-1] if valid else next(iter(in_order), None)


def began_later(versions: list[UnitVersion], occurred_at: datetime | None) -> bool:
    """Whether the unit did not exist yet when this happened; nobody is refused for it, somebody looks at it."""
    began = min((each.valid_from for each in versions), default=None)
    return occurred_at is not None and began is not None and china_day(occurred_at) < began


@dataclass(frozen=True)
class Naming:
    """A name from a day on, until the next one."""

    since: date
    name: str


def namings(versions: list[UnitVersion]) -> list[Naming]:
    """The names of a unit in the order of their days, as `version_on` finds them."""
    found: list[Naming] = []
    for each in sorted(versions, key=lambda version: version.version):
        found = [earlier for earlier in found if earlier.since < each.valid_from]
        if not found or found[-1].name != each.name:
            found.append(Naming(each.valid_from, each.name))
    return found


def former_names(versions: list[UnitVersion]) -> list[FormerName]:
    """What the unit was called before, oldest first."""
    return [
        FormerName(name=earlier.name, since=earlier.since, until=later.since - timedelta(days=1))
        for earlier, later in pairwise(namings(versions))
    ]
