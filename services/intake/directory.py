"""The directory of units and people: recorded here, told to all others by events (R14)."""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from contracts.events.intake import PersonRecorded, PostHeld, UnitRecorded
from contracts.rpc import directory as rpc
from kernel.clock import china_day
from kernel.database import Work
from kernel.errors import StaleVersion
from kernel.locks import lock_key
from services.intake.model.directory import Directory, Taken
from services.intake.model.people import Person
from services.intake.model.units import Unit, UnitVersion
from services.intake.queries.directory import person_reply, unit_reply

Thing = TypeVar("Thing", Unit, Person)

_LOCK = text("SELECT pg_advisory_xact_lock(:key)").bindparams(key=lock_key("directory"))


def record_unit(work: Work, request: rpc.RecordUnit) -> rpc.Unit:
    """Create a unit or change it, its subunits' classes and its people's posts with it. Recording what is held already
    changes nothing. Raises `Invalid`, `StaleVersion`."""
    lock_directory(work.session)
    _check_version(work.session.get(Unit, request.unit_id), request.version)
    people = _people_with_posts_in(work.session, request.unit_id) if request.valid_to else []
    taken = Directory(_units(work.session), people).take([request], today=china_day(work.now))
    if taken.faults:
        raise taken.faults[0].refusal()
    keep(work, taken)
    return unit_reply(work.session.get_one(Unit, request.unit_id))


def record_person(work: Work, request: rpc.RecordPerson) -> rpc.Person:
    """Create a person or change one, posts given whole. Raises `Invalid`, `StaleVersion`."""
    lock_directory(work.session)
    held = work.session.get(Person, request.person_id)
    _check_version(held, request.version)
    same_code = select(Person).where(Person.code == request.code, Person.code.is_not(None))
    people = [*work.session.scalars(same_code), *([held] if held else [])]
    directory = Directory(_units(work.session), [person.recorded() for person in people])
    taken = directory.take([], [request], today=china_day(work.now))
    if taken.faults:
        raise taken.faults[0].refusal()
    keep(work, taken)
    return person_reply(work.session.get_one(Person, request.person_id))


def lock_directory(session: Session) -> None:
    """Until the end of the transaction nobody else changes the directory: its rules are about the whole of it."""
    session.execute(_LOCK)


def load_directory(session: Session) -> Directory:
    """All of it."""
    return Directory(_units(session), [person.recorded() for person in session.scalars(select(Person))])


def keep(work: Work, taken: Taken) -> None:
    """Save what an act changes and tell of it; units before their subunits, and all units before people."""
    units = [_recorded(work.session, Unit, unit.unit_id, unit) for unit in taken.units]
    work.session.flush()
    for unit in units:
        work.session.add(UnitVersion.of(unit, work.now))
        _tell_unit(work, unit)
        work.audit("unit.recorded", unit.id, unit.version, name=unit.name, unit_class=str(unit.unit_class))
    people = [_recorded(work.session, Person, person.person_id, person) for person in taken.people]
    work.session.flush()
    for person in people:
        _tell_person(work, person)
        work.audit("person.recorded", person.id, person.version, name=person.name, posts=person.posts)


def _recorded(session: Session, kind: type[Thing], thing_id: UUID, request: Any) -> Thing:
    """What was recorded of a unit or person, on the row that is held or a new one."""
    thing = session.get(kind, thing_id)
    if thing is None:
        thing = kind.new(request)
        session.add(thing)
    thing.record(request)
    return thing


def republish(work: Work) -> None:
    """Publish the present state of the directory again, in its present versions: others rebuild from it."""
    for unit in work.session.scalars(select(Unit).order_by(Unit.id)):
        _tell_unit(work, unit)
    for person in work.session.scalars(select(Person).order_by(Person.id)):
        _tell_person(work, person)


def _units(session: Session) -> list[rpc.RecordUnit]:
    return [unit.recorded() for unit in session.scalars(select(Unit))]


def _people_with_posts_in(session: Session, unit_id: UUID) -> list[rpc.RecordPerson]:
    there = Person.posts.contains([{"unit_id": str(unit_id)}])
    return [person.recorded() for person in session.scalars(select(Person).where(there))]


def _check_version(held: Unit | Person | None, version: int | None) -> None:
    present = held.version if held else 0
    if version is not None and version != present:
        raise StaleVersion(
            f"名录已是第 {present} 版，您改的是第 {version} 版。",
            f"The directory holds version {present}; your change builds on version {version}.",
            extra={"version": present},
        )


def _tell_unit(work: Work, unit: Unit) -> None:
    told = UnitRecorded(
        unit_id=unit.id,
        name=unit.name,
        unit_class=unit.unit_class,
        parent_id=unit.parent_id,
        valid_from=unit.valid_from,
        valid_to=unit.valid_to,
        code=unit.code,
        position=unit.position,
        named_since=unit.name_day,
    )
    work.emit(told, subject=unit.id, version=unit.version)


def _tell_person(work: Work, person: Person) -> None:
    posts = [PostHeld(**post.model_dump()) for post in person.posts_held()]
    told = PersonRecorded(
        person_id=person.id, name=person.name, unit_id=person.unit_id, posts=posts, code=person.code
    )
    work.emit(told, subject=person.id, version=person.version)
