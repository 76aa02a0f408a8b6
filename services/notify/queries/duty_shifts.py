"""What the duty list shows: shifts with the persons' names, and who may be put on it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from contracts.rpc import notify as rpc
from kernel.clock import china_day
from kernel.errors import Invalid
from kernel.service import Reading
from services.notify.model.contacts import Person
from services.notify.model.duty_shifts import DUTY, DutyShift


def list_duty_shifts(reading: Reading, request: rpc.ListDutyShifts) -> rpc.DutyShiftPage:
    """Shifts that end later than `since`, the earliest first."""
    statement = select(DutyShift).where(DutyShift.ends_at > (request.since or reading.now))
    if request.cursor:
        statement = statement.where(tuple_(DutyShift.ends_at, DutyShift.shift_id) > _cursor(request.cursor))
    statement = statement.order_by(DutyShift.ends_at, DutyShift.shift_id).limit(request.limit + 1)
    rows = list(reading.session.scalars(statement))
    page = rows[: request.limit]
    more = len(rows) > request.limit
    return rpc.DutyShiftPage(
        items=as_shifts(reading.session, page),
        next_cursor=f"{page[-1].ends_at.isoformat()} {page[-1].shift_id}" if more else None,
    )


def list_duty_officers(reading: Reading, request: rpc.ListDutyOfficers) -> rpc.DutyOfficers:
    """Who holds the post duty officer on that day."""
    day = request.on or china_day(reading.now)
    people = reading.session.scalars(
        select(Person).where(Person.posts.contains([{"role": "duty_officer"}])).order_by(Person.name, Person.person_id)
    )
    return rpc.DutyOfficers(
        items=[
            rpc.DutyPerson(person_id=person.person_id, name=person.name)
            for person in people
            if person.holds(DUTY, None, day)
        ]
    )


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


def _cursor(cursor: str) -> tuple[datetime, UUID]:
    try:
        ends_at, _, shift_id = cursor.partition(" ")
        instant = datetime.fromisoformat(ends_at)
        if instant.tzinfo is None:
            raise ValueError("no zone")
        return instant, UUID(shift_id)
    except ValueError as error:
        raise Invalid("翻页游标无效。", "The cursor is not one of ours.", pointer="/cursor") from error
