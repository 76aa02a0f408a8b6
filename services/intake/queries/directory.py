"""The directory as it is read: the tree, one unit with what belongs to it, people by post, who is missing where."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, tuple_
from sqlalchemy.orm import Session

from contracts.rpc import directory as rpc
from contracts.vocabulary import UnitClass
from kernel.clock import china_day
from kernel.errors import NotFound
from kernel.principal import Principal
from kernel.service import Reading
from services.intake.model.directory import TREE_DEPTH
from services.intake.model.people import Person, staffing_gaps
from services.intake.model.search import normalised
from services.intake.model.units import Unit, UnitVersion, former_names
from services.intake.queries.keyset import cursor_after, name_after, page
from services.intake.queries.visibility import own_unit_only

_LAST_DAY = "9999-12-31"


def list_units(reading: Reading, request: rpc.ListUnits) -> rpc.UnitPage:
    """Units in the official order: all, those under a unit, or those whose name, former name or code holds `q`."""
    query = select(Unit).order_by(Unit.sort_key, Unit.id).limit(request.limit + 1)
    if request.q:
        query = query.where(_called(normalised(request.q)))
    if request.parent_id:
        query = query.where(Unit.parent_id == request.parent_id)
    if request.at:
        query = query.where(_alive(request.at))
    if request.cursor:
        query = query.where(tuple_(Unit.sort_key, Unit.id) > name_after(request.cursor))
    units, last = page(list(reading.session.scalars(query)), request.limit)
    return rpc.UnitPage(
        items=[unit_reply(unit) for unit in units],
        next_cursor=cursor_after(last.sort_key, last.id) if last else None,
    )


def unit_tree(reading: Reading, request: rpc.UnitTreeQuery) -> rpc.UnitTree:
    """All units, or those alive on a day, each below the one it belongs to."""
    query = select(Unit).order_by(Unit.sort_key, Unit.id)
    units = list(reading.session.scalars(query.where(_alive(request.at)) if request.at else query))
    shown = {unit.id for unit in units}
    below: dict[UUID | None, list[Unit]] = {}
    for unit in units:
        below.setdefault(unit.parent_id if unit.parent_id in shown else None, []).append(unit)
    return rpc.UnitTree(items=list(_branches(below, None, 0)))


def _branches(below: dict[UUID | None, list[Unit]], parent: UUID | None, depth: int) -> Iterator[rpc.TreeUnit]:
    for unit in below.get(parent, []):
        yield rpc.TreeUnit(**unit_reply(unit).model_dump(), depth=depth)
        yield from _branches(below, unit.id, depth + 1)


def get_unit(reading: Reading, request: rpc.GetUnit) -> rpc.UnitRecord:
    """One unit with former names, subunits, and its people where the reader may see them. Raises `NotFound`."""
    session, day = reading.session, request.at or china_day(reading.now)
    unit = session.get(Unit, request.unit_id)
    if unit is None:
        raise NotFound(f"没有找到单位 {request.unit_id}。", f"There is no unit {request.unit_id}.")
    versions = list(session.scalars(select(UnitVersion).where(UnitVersion.unit_id == unit.id)))
    subunits = session.scalars(
        select(Unit).where(Unit.parent_id == unit.id, _alive(day)).order_by(Unit.sort_key, Unit.id)
    )
    people = _people_of(session, unit.id, day) if _reads_people(reading.principal, unit.id) else None
    posts = [post for person in people or [] for post in person.posts if post.unit_id == unit.id]
    return rpc.UnitRecord(
        **unit_reply(unit).model_dump(),
        former_names=former_names(versions),
        above=[unit_reply(each) for each in _above(session, unit)],
        subunits=[unit_reply(each) for each in subunits],
        people=people,
        gaps=[] if people is None or unit.unit_class is UnitClass.CITY_OFFICE else staffing_gaps(posts, day),
    )


def _above(session: Session, unit: Unit) -> list[Unit]:
    found: list[Unit] = []
    while unit.parent_id is not None and len(found) <= TREE_DEPTH:
        unit = session.get_one(Unit, unit.parent_id)
        found.insert(0, unit)
    return found


def _reads_people(reader: Principal, unit_id: UUID) -> bool:
    return reader.holds(*rpc.PEOPLE_READERS) and (not own_unit_only(reader) or reader.unit_id == unit_id)


def _people_of(session: Session, unit_id: UUID, day: date) -> list[rpc.Person]:
    query = select(Person).where(_has_post(unit_id=unit_id, day=day)).order_by(Person.sort_key, Person.id)
    return [person_reply(person, only=unit_id) for person in session.scalars(query)]


def list_people(reading: Reading, request: rpc.ListPeople) -> rpc.PersonPage:
    """People by pinyin: by name or code, of a unit, with a post of a role, on a day; for a unit its own."""
    query = select(Person).where(_in_reach(reading.principal)).order_by(Person.sort_key, Person.id)
    if request.role or request.at:
        query = query.where(_has_post(unit_id=request.unit_id, role=request.role, day=request.at))
    elif request.unit_id:
        query = query.where(or_(Person.unit_id == request.unit_id, _has_post(unit_id=request.unit_id)))
    if request.q:
        typed = request.q.strip()
        spelt = [Person.name.contains(each, autoescape=True) for each in {typed, normalised(typed)}]
        query = query.where(or_(*spelt, func.lower(Person.code) == typed.lower()))
    if request.cursor:
        query = query.where(tuple_(Person.sort_key, Person.id) > name_after(request.cursor))
    people, last = page(list(reading.session.scalars(query.limit(request.limit + 1))), request.limit)
    return rpc.PersonPage(
        items=[person_reply(each, only=_only(reading.principal, each)) for each in people],
        next_cursor=cursor_after(last.sort_key, last.id) if last else None,
    )


def get_person(reading: Reading, request: rpc.GetPerson) -> rpc.Person:
    """One person, as far as the reader may see. Raises `NotFound`."""
    person = visible_person(reading.session, reading.principal, request.person_id)
    return person_reply(person, only=_only(reading.principal, person))


def visible_person(session: Session, reader: Principal, person_id: UUID) -> Person:
    """The person, if the reader may see him. Raises `NotFound`."""
    person = session.scalar(select(Person).where(Person.id == person_id, _in_reach(reader)))
    if person is None:
        raise NotFound(f"没有找到人员 {person_id}。", f"There is no person {person_id}.")
    return person


def list_staffing(reading: Reading, request: rpc.StaffingQuery) -> rpc.Staffing:
    """Units that report and lack somebody: those directly under the city, and subunits that have people."""
    day = request.at or china_day(reading.now)
    query = select(Unit).where(_alive(day), Unit.unit_class != UnitClass.CITY_OFFICE)
    units = list(reading.session.scalars(query.order_by(Unit.sort_key, Unit.id)))
    city = set(reading.session.scalars(select(Unit.id).where(Unit.unit_class == UnitClass.CITY_OFFICE)))
    posts = _posts_by_unit(reading.session.scalars(select(Person)))
    looked_at = [unit for unit in units if unit.parent_id is None or unit.parent_id in city or posts.get(unit.id)]
    found = [(unit, staffing_gaps(posts.get(unit.id, []), day)) for unit in looked_at]
    return rpc.Staffing(
        items=[
            rpc.UnitStaffing(unit_id=unit.id, name=unit.name, unit_class=unit.unit_class, gaps=gaps)
            for unit, gaps in found
            if gaps
        ],
        units=len(looked_at),
    )


def _posts_by_unit(people: Iterable[Person]) -> dict[UUID, list[rpc.Post]]:
    found: dict[UUID, list[rpc.Post]] = {}
    for person in people:
        for post in person.posts_held():
            found.setdefault(post.unit_id, []).append(post)
    return found


def _called(q: str) -> ColumnElement[bool]:
    former = exists().where(UnitVersion.unit_id == Unit.id, func.lower(UnitVersion.name).contains(q, autoescape=True))
    return or_(Unit.search_name.contains(q, autoescape=True), func.lower(Unit.code) == q, former)


def _alive(day: date) -> ColumnElement[bool]:
    return and_(Unit.valid_from <= day, or_(Unit.valid_to.is_(None), Unit.valid_to >= day))


def _in_reach(reader: Principal) -> ColumnElement[bool]:
    """People of the reader's unit, or with a post in it; all of them for the city."""
    if not own_unit_only(reader):
        return Person.id.is_not(None)
    if reader.unit_id is None:
        return Person.id.is_(None)
    return or_(Person.unit_id == reader.unit_id, _has_post(unit_id=reader.unit_id))


def _has_post(*, unit_id: UUID | None = None, role: str | None = None, day: date | None = None) -> ColumnElement[bool]:
    """Whether one and the same post is in the unit, of the role, and held on the day."""
    post = func.jsonb_array_elements(Person.posts).table_valued("value", name="post").render_derived()
    field = post.c.value.op("->>")
    conditions: list[ColumnElement[bool]] = []
    if unit_id:
        conditions.append(field("unit_id") == str(unit_id))
    if role:
        conditions.append(field("role") == str(role))
    if day:  # days of the same length sort as text
        conditions += [field("valid_from") <= day.isoformat()]
        conditions += [func.coalesce(field("valid_to"), _LAST_DAY) >= day.isoformat()]
    return select(1).select_from(post).where(*conditions).exists()


def _only(reader: Principal, person: Person) -> UUID | None:
    """A unit sees of somebody else's person the posts in this unit only."""
    return reader.unit_id if own_unit_only(reader) and person.unit_id != reader.unit_id else None


def unit_reply(unit: Unit) -> rpc.Unit:
    return rpc.Unit(
        unit_id=unit.id,
        name=unit.name,
        unit_class=unit.unit_class,
        parent_id=unit.parent_id,
        valid_from=unit.valid_from,
        valid_to=unit.valid_to,
        code=unit.code,
        position=unit.position,
        named_since=unit.name_day,
        phone=unit.phone,
        fax=unit.fax,
        duty_address=unit.duty_address,
        version=unit.version,
    )


def person_reply(person: Person, *, only: UUID | None = None) -> rpc.Person:
    """A person; with `only` without posts in other units."""
    return rpc.Person(
        person_id=person.id,
        name=person.name,
        unit_id=person.unit_id,
        posts=[post for post in person.posts_held() if only is None or post.unit_id == only],
        code=person.code,
        version=person.version,
    )
