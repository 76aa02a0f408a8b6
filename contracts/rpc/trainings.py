"""Trainings, exchanges and visits of information staff, with those who took part (notice 四(一))."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.model import Instant, Method, Strict, command, query
from contracts.rpc.fields import Day, Title
from contracts.rpc.paging import Done, ListQuery
from contracts.rpc.plans import Year
from contracts.rpc.roles import UNIT
from contracts.rpc.scoring import File
from contracts.vocabulary import Labelled, Role

MAX_PEOPLE = 500
Hours = Annotated[Decimal, Field(gt=0, le=1_000, max_digits=5, decimal_places=1, description="hours, of each person")]


class TrainingKind(Labelled):
    TRAINING = "training", "培训"
    EXCHANGE = "exchange", "交流"
    VISIT = "visit", "考察学习"


class RecordTraining(Strict):
    """What took place; who took part is given whole."""

    training_id: UUID
    subject: Title
    kind: TrainingKind
    day: Day
    """The last one where it took several."""
    hours: Hours
    organiser_id: UUID | None = None
    """The organising unit; the city's may be any and must be stated, an information officer's is his own."""
    person_ids: list[UUID] = Field(min_length=1, max_length=MAX_PEOPLE)


class ChangeTraining(RecordTraining):
    """The same for a training that is recorded already."""

    version: int | None = None
    """The version that the change builds on."""


class Attendee(Strict):
    """Somebody who took part, with the unit then."""

    person_id: UUID
    name: str
    unit_id: UUID
    unit_name: str


class _TrainingFields(Strict):
    training_id: UUID
    version: int
    subject: str
    kind: TrainingKind
    day: date
    hours: Decimal
    organiser_id: UUID
    organiser_name: str
    """As it was called on that day."""


class Training(_TrainingFields):
    people: list[Attendee]
    """A unit sees its own."""
    recorded_by: str
    recorded_at: Instant


class TrainingInShort(_TrainingFields):
    people: int
    """How many took part; a unit counts its own."""


class TrainingId(Strict):
    training_id: UUID


class ListTrainings(ListQuery):
    """Newest first; a unit sees what it organised or took part in."""

    year: Year | None = None
    kind: TrainingKind | None = None
    unit_id: UUID | None = None
    """With people of this unit."""
    organiser_id: UUID | None = None
    person_id: UUID | None = None
    """In which this person took part."""


class TrainingPage(Strict):
    items: list[TrainingInShort]
    next_cursor: str | None = None


class TrainingHoursQuery(Strict):
    year: Year


class TrainedUnit(Strict):
    """What a unit's people took part in during a year."""

    unit_id: UUID
    unit_name: str
    """As it is called now."""
    trainings: int
    people: int
    """Different persons."""
    hours: Decimal
    """Summed over persons: a training of three hours with two people is six."""


class TrainingHours(Strict):
    year: int
    units: list[TrainedUnit]
    """In the official order: reporting units under the city, and whoever else took part; a unit sees itself only."""


class ExportTrainings(Strict):
    year: Year


RECORDERS = (Role.INFORMATION_OFFICER, Role.EDITOR, Role.CHIEF_EDITOR)
"""The unit's officer for his own people, the information division for everybody."""
READERS = (*UNIT, Role.EDITOR, Role.CHIEF_EDITOR)

METHODS: dict[str, Method] = {
    "record_training": command(RecordTraining, Training, *RECORDERS),
    "change_training": command(ChangeTraining, Training, *RECORDERS),
    "remove_training": command(TrainingId, Done, *RECORDERS),
    "get_training": query(TrainingId, Training, *READERS),
    "list_trainings": query(ListTrainings, TrainingPage, *READERS),
    "training_hours": query(TrainingHoursQuery, TrainingHours, *READERS),
    "export_trainings": query(ExportTrainings, File, *READERS),
}
