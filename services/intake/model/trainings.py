"""Trainings and who took part; names and units stay as they were then."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Numeric
from sqlalchemy.orm import Mapped, mapped_column

from contracts.rpc.directory import RecordPerson
from contracts.rpc.trainings import RecordTraining, TrainingKind
from kernel.errors import Invalid
from kernel.words import Word
from services.intake.model.base import Base


class Training(Base):
    """A training, exchange or visit that took place; `day` is the last one where it took several."""

    __tablename__ = "trainings"
    __table_args__ = (Index("trainings_by_day", "day", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    day: Mapped[date]
    subject: Mapped[str]
    kind: Mapped[TrainingKind] = mapped_column(Word(TrainingKind))
    hours: Mapped[Decimal] = mapped_column(Numeric(5, 1))
    organiser_id: Mapped[UUID] = mapped_column(ForeignKey("units.id"))
    organiser_name: Mapped[str]
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime]
    version: Mapped[int]

    def record(self, request: RecordTraining, organiser_id: UUID, organiser_name: str, by: str, now: datetime) -> None:
        self.day, self.subject, self.kind = request.day, request.subject, request.kind
        self.hours = request.hours
        self.organiser_id, self.organiser_name = organiser_id, organiser_name
        self.recorded_by, self.recorded_at = by, now
        self.version = (self.version or 0) + 1


class Attendance(Base):
    """One person at one training, counted for the unit that the person was of then."""

    __tablename__ = "training_attendances"
    __table_args__ = (Index("attendances_of_person", "person_id"), Index("attendances_of_unit", "unit_id"))

    training_id: Mapped[UUID] = mapped_column(ForeignKey("trainings.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), primary_key=True)
    name: Mapped[str]
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("units.id"))
    unit_name: Mapped[str]


def unit_counted(person: RecordPerson, recorder_unit: UUID | None) -> UUID | None:
    """The unit that somebody's hours count for: the recording unit, if the person is of it or holds a post in it (None
    if not); the person's own where the city records."""
    if recorder_unit is None:
        return person.unit_id
    units = {person.unit_id, *(post.unit_id for post in person.posts)}
    return recorder_unit if recorder_unit in units else None


def check_day(day: date, today: date) -> None:
    """Raise `Invalid` for what has not taken place yet."""
    if day > today:
        raise Invalid(
            f"{day} 还没有到；培训结束后再登记。", f"{day} has not come; record a training once it is over.",
            pointer="/day",
        )


def check_once(person_ids: list[UUID]) -> None:
    """Raise `Invalid` for somebody who is named twice."""
    for place, person_id in enumerate(person_ids):
        if person_id in person_ids[:place]:
            raise Invalid("同一人列了两次。", "Somebody is named twice.", pointer=f"/person_ids/{place}")
