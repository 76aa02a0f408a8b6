"""Recording of trainings: the information division for everybody, an information officer for his own unit (R14)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import delete, select

from contracts.rpc import trainings as rpc
from contracts.rpc.paging import Done
from kernel.clock import china_day
from kernel.database import Work
from kernel.errors import Conflict, Forbidden, Invalid, NotFound, StaleVersion
from kernel.principal import Principal
from kernel.service import Reading
from services.intake.directory import lock_directory
from services.intake.model.people import Person
from services.intake.model.trainings import Attendance, Training, check_day, check_once, unit_counted
from services.intake.model.units import Unit, UnitVersion, version_on
from services.intake.queries.trainings import get_training, visible
from services.intake.queries.visibility import own_unit_only


def record_training(work: Work, request: rpc.RecordTraining) -> rpc.Training:
    """Record what took place. Raises `Invalid` (named place), `Conflict` for an id in use."""
    lock_directory(work.session)
    if work.session.get(Training, request.training_id) is not None:
        raise Conflict("这次培训已经登记。", "This training is recorded already.")
    return _keep(work, Training(id=request.training_id, version=0), request)


def change_training(work: Work, request: rpc.ChangeTraining) -> rpc.Training:
    """Change what is recorded. Raises `NotFound`, `StaleVersion`, `Forbidden`, `Invalid`."""
    training = _own(work, request.training_id)
    if request.version is not None and request.version != training.version:
        raise StaleVersion(
            f"这条培训记录已是第 {training.version} 版，您改的是第 {request.version} 版。",
            f"The record is at version {training.version}; your change builds on version {request.version}.",
        )
    return _keep(work, training, request)


def remove_training(work: Work, request: rpc.TrainingId) -> Done:
    """Take a wrong record away; the audit keeps what it said. Raises `NotFound`, `Forbidden`."""
    training = _own(work, request.training_id)
    people = [str(each.person_id) for each in _attendances(work, training.id).values()]
    work.audit(
        "training.removed", training.id, training.version, about=training.subject, day=training.day.isoformat(),
        hours=str(training.hours), people=people,
    )
    work.session.execute(delete(Attendance).where(Attendance.training_id == training.id))
    work.session.delete(training)
    return Done()


def _own(work: Work, training_id: UUID) -> Training:
    """The record, if the person acting sees it and may change it."""
    lock_directory(work.session)
    query = select(Training).where(Training.id == training_id, visible(work.principal))
    training = work.session.scalar(query)
    if training is None:
        raise NotFound(f"没有找到培训记录 {training_id}。", f"There is no training {training_id}.")
    unit_id = _recorder_unit(work.principal)
    others = {each.unit_id for each in _attendances(work, training.id).values()} - {unit_id}
    if unit_id is not None and (training.organiser_id != unit_id or others):
        raise Forbidden(
            "这条记录由市信息处登记，或有其他单位的人员，请市信息处变更。",
            "Recorded by the city, or with people of other units; the city's information division changes it.",
        )
    return training


def _recorder_unit(recorder: Principal) -> UUID | None:
    """The unit that a unit's officer records for; None for the city. Raises `Forbidden`."""
    if not own_unit_only(recorder):
        return None
    if recorder.unit_id is None:
        raise Forbidden("您的账号没有单位。", "Your account has no unit.")
    return recorder.unit_id


def _keep(work: Work, training: Training, request: rpc.RecordTraining) -> rpc.Training:
    check_day(request.day, china_day(work.now))
    check_once(request.person_ids)
    organiser = _organiser(work, request)
    before = _attendances(work, training.id)
    after = _attending(work, request, before)
    name = _names_on(work, {organiser.id}, request.day)[organiser.id]
    training.record(request, organiser.id, name, work.principal.name, work.now)
    work.session.add(training)
    work.session.flush()
    for attendance in before.values():
        if attendance not in after:
            work.session.delete(attendance)
    work.session.add_all(after)
    work.session.flush()
    work.audit(
        "training.recorded", training.id, training.version, about=training.subject, kind=str(training.kind),
        day=training.day.isoformat(), hours=str(training.hours), organiser_id=str(organiser.id),
        people=[str(each) for each in request.person_ids],
    )
    reading = Reading(work.session, work.principal, work.now)
    return get_training(reading, rpc.TrainingId(training_id=training.id))


def _organiser(work: Work, request: rpc.RecordTraining) -> Unit:
    own = _recorder_unit(work.principal)
    unit_id = request.organiser_id or own
    if own is not None and unit_id != own:
        raise Invalid(
            "信息员只登记本单位组织的培训交流；市里或其他单位组织的由市信息处登记。",
            "An information officer records what his own unit organised.", pointer="/organiser_id",
        )
    unit = work.session.get(Unit, unit_id) if unit_id else None
    if unit is None:
        raise Invalid("请写明组织单位。", "State the organising unit; there is no such unit.", pointer="/organiser_id")
    return unit


def _attendances(work: Work, training_id: UUID) -> dict[UUID, Attendance]:
    query = select(Attendance).where(Attendance.training_id == training_id)
    return {each.person_id: each for each in work.session.scalars(query)}


def _attending(work: Work, request: rpc.RecordTraining, held: dict[UUID, Attendance]) -> list[Attendance]:
    """Whoever is on the list already keeps name and unit; a stranger is as good as nobody."""
    new = [person_id for person_id in request.person_ids if person_id not in held]
    people = {each.id: each for each in work.session.scalars(select(Person).where(Person.id.in_(new)))}
    recorder = _recorder_unit(work.principal)
    units = {person_id: unit_counted(person.recorded(), recorder) for person_id, person in people.items()}
    for place, person_id in enumerate(request.person_ids):
        if person_id not in held and units.get(person_id) is None:
            raise Invalid(
                f"第 {place + 1} 名人员不在名录中，或不属于本单位。", "Nobody of the directory whom you may record.",
                pointer=f"/person_ids/{place}",
            )
    of = {person_id: unit_id for person_id, unit_id in units.items() if unit_id is not None}
    names = _names_on(work, set(of.values()), request.day)
    return [
        held.get(person_id)
        or Attendance(
            training_id=request.training_id, person_id=person_id, name=people[person_id].name, unit_id=of[person_id],
            unit_name=names[of[person_id]],
        )
        for person_id in request.person_ids
    ]


def _names_on(work: Work, unit_ids: set[UUID], day: date) -> dict[UUID, str]:
    """What units were called on a day."""
    versions: dict[UUID, list[UnitVersion]] = {}
    for version in work.session.scalars(select(UnitVersion).where(UnitVersion.unit_id.in_(unit_ids))):
        versions.setdefault(version.unit_id, []).append(version)
    found = {unit_id: version_on(each, day) for unit_id, each in versions.items()}
    return {unit_id: version.name for unit_id, version in found.items() if version}
