"""Lists of the directory: units and people, by pinyin."""

from __future__ import annotations

from sqlalchemy import select, tuple_

from contracts.rpc import directory as rpc
from kernel.service import Reading
from services.intake.model.people import Person
from services.intake.model.search import normalised
from services.intake.model.units import Unit
from services.intake.queries.keyset import cursor_after, name_after, page


def list_units(reading: Reading, request: rpc.ListUnits) -> rpc.UnitPage:
    """All units, or those whose name holds `q`, sorted by pinyin."""
    query = select(Unit).order_by(Unit.sort_key, Unit.id).limit(request.limit + 1)
    if request.q:
        query = query.where(Unit.search_name.contains(normalised(request.q), autoescape=True))
    if request.cursor:
        query = query.where(tuple_(Unit.sort_key, Unit.id) > name_after(request.cursor))
    units, last = page(list(reading.session.scalars(query)), request.limit)
    return rpc.UnitPage(
        items=[unit_reply(unit) for unit in units],
        next_cursor=cursor_after(last.sort_key, last.id) if last else None,
    )


def list_people(reading: Reading, request: rpc.ListPeople) -> rpc.PersonPage:
    """People, of one unit if asked, sorted by pinyin."""
    query = select(Person).order_by(Person.sort_key, Person.id).limit(request.limit + 1)
    if request.unit_id:
        query = query.where(Person.unit_id == request.unit_id)
    if request.cursor:
        query = query.where(tuple_(Person.sort_key, Person.id) > name_after(request.cursor))
    people, last = page(list(reading.session.scalars(query)), request.limit)
    return rpc.PersonPage(
        items=[person_reply(each) for each in people],
        next_cursor=cursor_after(last.sort_key, last.id) if last else None,
    )


def unit_reply(unit: Unit) -> rpc.Unit:
    return rpc.Unit(
        unit_id=unit.id,
        name=unit.name,
        unit_class=unit.unit_class,
        parent_id=unit.parent_id,
        valid_from=unit.valid_from,
        valid_to=unit.valid_to,
        version=unit.version,
    )


def person_reply(person: Person) -> rpc.Person:
    return rpc.Person(
        person_id=person.id,
        name=person.name,
        unit_id=person.unit_id,
        posts=person.posts_held(),
        version=person.version,
    )
