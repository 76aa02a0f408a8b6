"""What intake answers about the directory of units and people."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from pydantic import Field

from contracts.model import Method, Strict, Text, command, query
from contracts.rpc.fields import Name
from contracts.rpc.paging import ListQuery
from contracts.rpc.roles import CITY, UNIT
from contracts.vocabulary import Role, UnitClass


class Post(Strict):
    unit_id: UUID
    role: Role
    title: Name
    deputy: bool = False
    valid_from: date
    valid_to: date | None = None


class RecordUnit(Strict):
    """Create a unit, or change the one with this id."""

    unit_id: UUID
    name: Name
    unit_class: UnitClass
    parent_id: UUID | None = None
    valid_from: date
    valid_to: date | None = None


class RecordPerson(Strict):
    """Create a person with posts, or change the one with this id; posts are given whole."""

    person_id: UUID
    name: Name
    unit_id: UUID
    posts: list[Post] = Field(max_length=20)


class Unit(RecordUnit):
    version: int


class Person(RecordPerson):
    version: int


class UnitPage(Strict):
    items: list[Unit]
    next_cursor: str | None = None


class PersonPage(Strict):
    items: list[Person]
    next_cursor: str | None = None


class ListUnits(ListQuery):
    q: Text | None = Field(default=None, max_length=100)


class ListPeople(ListQuery):
    unit_id: UUID | None = None


METHODS: dict[str, Method] = {
    "record_unit": command(RecordUnit, Unit, Role.SYSTEM_ADMINISTRATOR),
    "record_person": command(RecordPerson, Person, Role.SYSTEM_ADMINISTRATOR),
    "list_units": query(
        ListUnits, UnitPage, *UNIT, *CITY, Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR,
    ),
    "list_people": query(ListPeople, PersonPage, Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR),
}
