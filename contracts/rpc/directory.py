"""What intake answers about the directory of units and people."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.model import Method, Strict, Text, command, query
from contracts.rpc.fields import Name
from contracts.rpc.paging import ListQuery
from contracts.rpc.roles import CITY, UNIT
from contracts.vocabulary import Labelled, Role, UnitClass

Code = Annotated[
    Text, Field(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", description="code of the city's")
]
PHONE = r"^[0-9+(（][0-9 +()（）/、,，;；转-]*$"
Phone = Annotated[
    Text,
    Field(min_length=3, max_length=60, pattern=PHONE, description="digits, + - ( ) / , and 转 before an extension"),
]
Position = Annotated[int, Field(ge=1, le=99_999, description="place in the city's official order")]

STAFFING_READERS = (Role.EDITOR, Role.CHIEF_EDITOR, Role.DUTY_OFFICER, Role.SYSTEM_ADMINISTRATOR)
PEOPLE_READERS = (
    *UNIT, Role.EDITOR, Role.CHIEF_EDITOR, Role.DUTY_OFFICER, Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR,
)
"""Who reads names and posts: a unit those of its own, the city's desk and the administrators all (decision 0090)."""


class StaffingGap(Labelled):
    """What is missing today in a unit that reports (notice 四(一))."""

    NO_LEADER = "no_leader", "没有在任的分管负责人"
    SEVERAL_LEADERS = "several_leaders", "有两名以上在任的分管负责人"
    NO_DEPUTY = "no_deputy", "分管负责人没有代理人"
    NO_OFFICER = "no_officer", "没有在任的信息员"
    NO_FULL_TIME_OFFICER = "no_full_time_officer", "没有专职信息员"


class Post(Strict):
    unit_id: UUID
    role: Role
    title: Name
    deputy: bool = False
    valid_from: date
    valid_to: date | None = None
    full_time: bool | None = None
    """Of an information officer: full or part time; None where nobody has said."""


class _UnitFields(Strict):
    unit_id: UUID
    name: Name
    unit_class: UnitClass
    """A subunit's is its parent's, all the way up to the unit directly under the city."""
    parent_id: UUID | None = None
    valid_from: date
    valid_to: date | None = None
    code: Code | None = None
    position: Position | None = None
    phone: Phone | None = None
    """Of its information office, as the fax."""
    fax: Phone | None = None
    duty_address: Name | None = None
    """Where its duty office is."""


class RecordUnit(_UnitFields):
    """Create a unit, or change the one with this id."""

    name_since: date | None = None
    """From which day name and class hold; without it a new name holds from today."""
    version: int | None = None
    """The version that the change builds on."""


class RecordPerson(Strict):
    """Create a person with posts, or change the one with this id; posts are given whole."""

    person_id: UUID
    name: Name
    unit_id: UUID
    posts: list[Post] = Field(max_length=20)
    code: Code | None = None
    version: int | None = None


class Unit(_UnitFields):
    named_since: date
    version: int


class Person(Strict):
    person_id: UUID
    name: str
    unit_id: UUID
    posts: list[Post]
    code: str | None = None
    version: int


class FormerName(Strict):
    """A name that a unit had from a day to the day before it was named anew."""

    name: str
    since: date
    until: date


class UnitRecord(Unit):
    """A unit with what belongs to it on the day asked about."""

    former_names: list[FormerName]
    """Oldest first."""
    above: list[Unit]
    """The units it belongs to, the uppermost first."""
    subunits: list[Unit]
    """In the official order; without those that have ended."""
    people: list[Person] | None
    """Who holds a post in it; None for those who may not read people."""
    gaps: list[StaffingGap]
    """Empty for those who may not read people."""


class UnitPage(Strict):
    items: list[Unit]
    next_cursor: str | None = None


class PersonPage(Strict):
    items: list[Person]
    next_cursor: str | None = None


class ListUnits(ListQuery):
    q: Text | None = Field(default=None, max_length=100)
    """Part of the name, of a former name, or the code."""
    parent_id: UUID | None = None
    at: date | None = Field(default=None, description="only those valid on this day")


class UnitTreeQuery(Strict):
    at: date | None = Field(default=None, description="only units valid on this day; without it all")


class TreeUnit(Unit):
    depth: int
    """0 for a unit that belongs to none."""


class UnitTree(Strict):
    """All units, each below the one it belongs to, in the official order."""

    items: list[TreeUnit]


class GetUnit(Strict):
    unit_id: UUID
    at: date | None = None


class GetPerson(Strict):
    person_id: UUID


class ListPeople(ListQuery):
    q: Text | None = Field(default=None, max_length=100)
    """Part of the name, or the code."""
    unit_id: UUID | None = None
    """People of this unit, or with a post in it."""
    role: Role | None = None
    """With a post of this role."""
    at: date | None = Field(default=None, description="with such a post on this day")


class StaffingQuery(Strict):
    at: date | None = None


class UnitStaffing(Strict):
    unit_id: UUID
    name: str
    unit_class: UnitClass
    gaps: list[StaffingGap]


class Staffing(Strict):
    """Units that report and lack somebody, in the official order."""

    items: list[UnitStaffing]
    units: int
    """How many units were looked at."""


METHODS: dict[str, Method] = {
    "record_unit": command(RecordUnit, Unit, Role.SYSTEM_ADMINISTRATOR),
    "record_person": command(RecordPerson, Person, Role.SYSTEM_ADMINISTRATOR),
    "list_units": query(
        ListUnits, UnitPage, *UNIT, *CITY, Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR,
    ),
    "unit_tree": query(
        UnitTreeQuery, UnitTree, *UNIT, *CITY, Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR,
    ),
    "get_unit": query(
        GetUnit, UnitRecord, *UNIT, *CITY, Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR,
    ),
    "list_people": query(ListPeople, PersonPage, *PEOPLE_READERS),
    "get_person": query(GetPerson, Person, *PEOPLE_READERS),
    "list_staffing": query(StaffingQuery, Staffing, *STAFFING_READERS),
}
