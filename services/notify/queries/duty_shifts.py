"""What the duty list shows: shifts with the persons' names, and who may be put on it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from contracts.rpc import notify as rpc
from kernel.clock import china_day
from kernel.cursors import cursor_after, cut, read_cursor
from kernel.errors import Invalid
from kernel.service import Reading
from services.notify.model.contacts import Person
from services.notify.model.duty_shifts import DUTY, DutyShift


def list_duty_shifts(reading: Reading, request: rpc.ListDutyShifts) -> rpc.DutyShiftPage:
    """Shifts that end later than `since`, the earliest first."""
    statement = select(DutyShift).where(DutyShift.ends_at > (request.since or reading.now))
    if request.cursor:
        behind = read_cursor(request.cursor, datetime, UUID)
        statement = statement.where(tuple_(DutyShift.ends_at, DutyShift.shift_id) > behind)
    statement = statement.order_by(DutyShift.ends_at, DutyShift.shift_id).limit(request.limit + 1)
    page, last = cut(list(reading.session.scalars(statement)), request.limit)
    return rpc.DutyShiftPage(
        items=as_shifts(reading.session, page),
        next_cursor=cursor_after(last.ends_at, last.shift_id) if last else None,
    )


def list_duty_officers(reading: Reading, request: rpc.ListDutyOfficers) -> rpc.DutyOfficers:
    """Who holds the post duty officer on that day. Who once held it is read too: there are few, and posts end."""
    day = request.on or china_day(reading.now)
    statement = select(Person).where(Person.posts.contains([{"role": "duty_officer"}]))
    if request.cursor:
        statement = statement.where(tuple_(Person.name, Person.person_id) > _behind(reading.session, request.cursor))
    people = reading.session.scalars(statement.order_by(Person.name, Person.person_id))
    holders = islice((person for person in people if person.holds(DUTY, None, day)), request.limit + 1)
    page, last = cut(list(holders), request.limit)
    return rpc.DutyOfficers(
        items=[rpc.DutyPerson(person_id=person.person_id, name=person.name) for person in page],
        next_cursor=cursor_after(last.person_id) if last else None,
    )


def _behind(session: Session, cursor: str) -> tuple[str, UUID]:
    """Of whom the page before showed last; a long name would make the cursor too long. Raises `Invalid`."""
    person = session.get(Person, read_cursor(cursor, UUID)[0])
    if person is None:
        raise Invalid("翻页游标无效。", "The cursor is not one of ours.", pointer="/cursor")
    return person.name, person.person_id


def persons_on_duty(session: Session, now: datetime) -> list[UUID]:
    """The persons of the shift that is on at this moment, in their order; none without a shift."""
    shift = session.scalar(select(DutyShift).where(DutyShift.starts_at <= now, DutyShift.ends_at > now).limit(1))
    return shift.person_ids if shift else []


def as_shifts(session: Session, shifts: Sequence[DutyShift]) -> list[rpc.DutyShift]:
    """Shifts as the contract tells them."""
    ids = {person for shift in shifts for person in shift.person_ids}
    found = session.execute(select(Person.person_id, Person.name).where(Person.person_id.in_(ids)))
    names = {row.person_id: row.name for row in found}
    return [
        rpc.DutyShift(
            shift_id=shift.shift_id,
            starts_at=shift.starts_at,
            ends_at=shift.ends_at,
            persons=[rpc.DutyPerson(person_id=person, name=names[person]) for person in shift.person_ids],
            version=shift.version,
        )
        for shift in shifts
    ]
