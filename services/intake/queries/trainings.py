"""Trainings as they are read: the list, one with its people, hours per unit, the file; a unit sees its own people."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, tuple_
from sqlalchemy.orm import Session

from contracts.rpc import trainings as rpc
from contracts.rpc.scoring import File
from contracts.vocabulary import UnitClass
from kernel.clock import china_day
from kernel.errors import NotFound
from kernel.papers.xlsx import Cell, Sheet
from kernel.principal import Principal
from kernel.service import Reading
from services.intake.model.trainings import Attendance, Training
from services.intake.model.units import Unit
from services.intake.queries.directory_export import xlsx_file
from services.intake.queries.keyset import cursor_after, day_after, page
from services.intake.queries.visibility import in_reach, own_unit_only


def list_trainings(reading: Reading, request: rpc.ListTrainings) -> rpc.TrainingPage:
    """Newest first."""
    reader = reading.principal
    query = select(Training).where(visible(reader)).order_by(Training.day.desc(), Training.id.desc())
    if request.year is not None:
        query = query.where(_in_year(request.year))
    if request.kind is not None:
        query = query.where(Training.kind == request.kind)
    if request.organiser_id is not None:
        query = query.where(Training.organiser_id == request.organiser_id)
    if request.unit_id is not None:
        query = query.where(_took_part(reader, Attendance.unit_id == request.unit_id))
    if request.person_id is not None:
        query = query.where(_took_part(reader, Attendance.person_id == request.person_id))
    if request.cursor:
        query = query.where(tuple_(Training.day, Training.id) < day_after(request.cursor))
    trainings, last = page(list(reading.session.scalars(query.limit(request.limit + 1))), request.limit)
    people = _counted(reading, [training.id for training in trainings])
    return rpc.TrainingPage(
        items=[
            rpc.TrainingInShort(**_fields(training), people=people.get(training.id, 0)) for training in trainings
        ],
        next_cursor=cursor_after(last.day.isoformat(), last.id) if last else None,
    )


def get_training(reading: Reading, request: rpc.TrainingId) -> rpc.Training:
    """One with its people. Raises `NotFound`."""
    training = visible_training(reading.session, reading.principal, request.training_id)
    attendances = _attendances(reading, Attendance.training_id == training.id)
    return rpc.Training(
        **_fields(training),
        people=[
            rpc.Attendee(person_id=each.person_id, name=each.name, unit_id=each.unit_id, unit_name=each.unit_name)
            for each in attendances
        ],
        recorded_by=training.recorded_by,
        recorded_at=training.recorded_at,
    )


def training_hours(reading: Reading, request: rpc.TrainingHoursQuery) -> rpc.TrainingHours:
    """What each unit's people took part in during the year."""
    sums = hours_of_units(reading, request.year)
    city = select(Unit.id).where(Unit.unit_class == UnitClass.CITY_OFFICE)
    today = china_day(reading.now)
    looked_at = (
        (Unit.unit_class != UnitClass.CITY_OFFICE)
        & (Unit.parent_id.is_(None) | Unit.parent_id.in_(city))
        & (Unit.valid_from <= today) & (Unit.valid_to.is_(None) | (Unit.valid_to >= today))
    )
    query = (
        select(Unit)
        .where(in_reach(reading.principal, Unit.id), or_(Unit.id.in_(list(sums)), looked_at))
        .order_by(Unit.sort_key, Unit.id)
    )
    nothing = (0, 0, Decimal(0))
    units = [(unit, *sums.get(unit.id, nothing)) for unit in reading.session.scalars(query)]
    return rpc.TrainingHours(
        year=request.year,
        units=[
            rpc.TrainedUnit(unit_id=unit.id, unit_name=unit.name, trainings=trainings, people=people, hours=hours)
            for unit, trainings, people, hours in units
        ],
    )


def hours_of_units(reading: Reading, year: int) -> dict[UUID, tuple[int, int, Decimal]]:
    """Trainings, different persons and hours summed over persons, by unit."""
    query = (
        select(
            Attendance.unit_id,
            func.count(Attendance.training_id.distinct()),
            func.count(Attendance.person_id.distinct()),
            func.sum(Training.hours),
        )
        .join(Training, Training.id == Attendance.training_id)
        .where(_in_year(year), in_reach(reading.principal, Attendance.unit_id))
        .group_by(Attendance.unit_id)
    )
    return {
        unit_id: (trainings, people, hours) for unit_id, trainings, people, hours in reading.session.execute(query)
    }


def export_trainings(reading: Reading, request: rpc.ExportTrainings) -> File:
    """The year as a spreadsheet: a row for each person at each training, and the hours of units."""
    query = (
        select(Training, Attendance)
        .join(Attendance, Attendance.training_id == Training.id)
        .where(_in_year(request.year), in_reach(reading.principal, Attendance.unit_id))
        .order_by(Training.day, Training.id, Attendance.unit_name, Attendance.name, Attendance.person_id)
    )
    rows: list[list[Cell]] = [
        [
            training.day.isoformat(), training.subject, training.kind.label, training.organiser_name, training.hours,
            each.unit_name, each.name,
        ]
        for training, each in reading.session.execute(query)
    ]
    hours = training_hours(reading, rpc.TrainingHoursQuery(year=request.year))
    sums: list[list[Cell]] = [[unit.unit_name, unit.trainings, unit.people, unit.hours] for unit in hours.units]
    head = ("日期", "主题", "类别", "组织单位", "学时", "单位", "姓名")
    sheets = [
        Sheet("培训记录", head, rows, widths=(12, 40, 10, 28, 8, 28, 12)),
        Sheet("各单位学时", ("单位", "次数", "人数", "学时合计"), sums, widths=(30, 8, 8, 10)),
    ]
    return xlsx_file(f"{request.year}年培训记录.xlsx", sheets, reading.now)


def visible_training(session: Session, reader: Principal, training_id: UUID) -> Training:
    """The training, if the reader may see it. Raises `NotFound`."""
    training = session.scalar(select(Training).where(Training.id == training_id, visible(reader)))
    if training is None:
        raise NotFound(f"没有找到培训记录 {training_id}。", f"There is no training {training_id}.")
    return training


def visible(reader: Principal) -> ColumnElement[bool]:
    """For a unit what it organised or took part in."""
    if not own_unit_only(reader):
        return Training.id.is_not(None)
    return or_(in_reach(reader, Training.organiser_id), _took_part(reader))


def _took_part(reader: Principal, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    there = select(1).where(Attendance.training_id == Training.id, in_reach(reader, Attendance.unit_id), *conditions)
    return there.exists()


def _in_year(year: int) -> ColumnElement[bool]:
    return Training.day.between(date(year, 1, 1), date(year, 12, 31))


def _attendances(reading: Reading, condition: ColumnElement[bool]) -> Iterable[Attendance]:
    query = select(Attendance).where(condition, in_reach(reading.principal, Attendance.unit_id))
    return reading.session.scalars(query.order_by(Attendance.unit_name, Attendance.name, Attendance.person_id))


def _counted(reading: Reading, training_ids: list[UUID]) -> dict[UUID, int]:
    query = (
        select(Attendance.training_id, func.count().label("people"))
        .where(Attendance.training_id.in_(training_ids), in_reach(reading.principal, Attendance.unit_id))
        .group_by(Attendance.training_id)
    )
    return {row.training_id: row.people for row in reading.session.execute(query)}


def _fields(training: Training) -> dict[str, Any]:
    return {
        "training_id": training.id, "version": training.version, "subject": training.subject, "kind": training.kind,
        "day": training.day, "hours": training.hours, "organiser_id": training.organiser_id,
        "organiser_name": training.organiser_name,
    }
