"""The directory of units and people: recorded here, told to all others by events (R14)."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.events.intake import PersonRecorded, PostHeld, UnitRecorded
from contracts.rpc import directory as rpc
from kernel.database import Work
from kernel.errors import Invalid
from services.intake.model.people import Person
from services.intake.model.units import Unit, UnitVersion
from services.intake.queries.directory import person_reply, unit_reply

_TREE_DEPTH = 20


def record_unit(work: Work, request: rpc.RecordUnit) -> rpc.Unit:
    """Create a unit or change it; recording what is held already changes nothing. Raises `Invalid`."""
    _check_parent(work.session, request)
    unit = work.session.get(Unit, request.unit_id, with_for_update=True)
    if unit is not None and unit.holds(request):
        return unit_reply(unit)
    if unit is None:
        unit = Unit.new(request)
        work.session.add(unit)
        work.session.flush()
    else:
        unit.record(request)
    work.session.add(UnitVersion.of(unit, work.now))
    _tell_unit(work, unit)
    work.audit("unit.recorded", unit.id, unit.version, name=unit.name, unit_class=str(unit.unit_class))
    return unit_reply(unit)


def record_person(work: Work, request: rpc.RecordPerson) -> rpc.Person:
    """Create a person or change one, posts given whole. Raises `Invalid`."""
    _check_units(work.session, request)
    person = work.session.get(Person, request.person_id, with_for_update=True)
    if person is not None and person.holds(request):
        return person_reply(person)
    if person is None:
        person = Person.new(request)
        work.session.add(person)
        work.session.flush()
    else:
        person.record(request)
    _tell_person(work, person)
    work.audit("person.recorded", person.id, person.version, name=person.name, posts=person.posts)
    return person_reply(person)


def republish(work: Work) -> None:
    """Publish the present state of the directory again, in its present versions: others rebuild from it."""
    for unit in work.session.scalars(select(Unit).order_by(Unit.id)):
        _tell_unit(work, unit)
    for person in work.session.scalars(select(Person).order_by(Person.id)):
        _tell_person(work, person)


def _tell_unit(work: Work, unit: Unit) -> None:
    told = UnitRecorded(
        unit_id=unit.id,
        name=unit.name,
        unit_class=unit.unit_class,
        parent_id=unit.parent_id,
        valid_from=unit.valid_from,
        valid_to=unit.valid_to,
    )
    work.emit(told, subject=unit.id, version=unit.version)


def _tell_person(work: Work, person: Person) -> None:
    posts = [PostHeld(**post.model_dump()) for post in person.posts_held()]
    told = PersonRecorded(person_id=person.id, name=person.name, unit_id=person.unit_id, posts=posts)
    work.emit(told, subject=person.id, version=person.version)


def _check_parent(session: Session, request: rpc.RecordUnit) -> None:
    """Raise `Invalid` unless the parent exists and the units stay a tree."""
    parent_id, depth = request.parent_id, 0
    while parent_id is not None:
        parent = session.get(Unit, parent_id)
        depth += 1
        if parent is None or parent.id == request.unit_id or depth > _TREE_DEPTH:
            raise Invalid(
                "上级单位不存在，或会使单位关系成环、层级过深。",
                "The parent unit does not exist, or the units would no longer form a tree of sensible depth.",
                pointer="/parent_id",
            )
        parent_id = parent.parent_id


def _check_units(session: Session, request: rpc.RecordPerson) -> None:
    known = _known_units(session, {request.unit_id, *(post.unit_id for post in request.posts)})
    named = [(request.unit_id, "/unit_id")]
    named += [(post.unit_id, f"/posts/{place}/unit_id") for place, post in enumerate(request.posts)]
    for unit_id, pointer in named:
        if unit_id not in known:
            raise Invalid(
                f"没有编号为 {unit_id} 的单位，请先登记单位。",
                f"There is no unit {unit_id}; record the unit first.",
                pointer=pointer,
            )


def _known_units(session: Session, unit_ids: Iterable[UUID]) -> set[UUID]:
    return set(session.scalars(select(Unit.id).where(Unit.id.in_(list(unit_ids)))))
