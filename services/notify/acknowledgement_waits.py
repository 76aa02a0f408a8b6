"""Use cases: duty officers are called, one after another, until somebody acknowledges an urgent report (R04, R26)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from contracts.events.intake import ReportRegistered
from contracts.vocabulary import URGENT_KINDS
from kernel.clock import china_day
from kernel.database import Work
from services.notify.messages import note_untold, tell_person
from services.notify.model.acknowledgement_waits import AcknowledgementWait
from services.notify.model.contacts import Person
from services.notify.model.duty_shifts import DUTY
from services.notify.queries.duty_shifts import persons_on_duty
from services.notify.recipients.audience import DUTY_CALL, DUTY_OFFICERS, people_to_tell

AT_ONCE = 200
"""Waits one run of the timed work takes up; the next run takes the rest."""


def begin_wait(work: Work, report: ReportRegistered, pause: timedelta, public_url: str) -> None:
    """Call the first on duty for a new urgent report; a revision of one needs no acknowledgement of its own.

    A double begins nothing, nor does a report whose acknowledgement was heard of already.
    """
    if report.kind not in URGENT_KINDS or report.version > 1:
        return
    begun = work.session.scalar(
        insert(AcknowledgementWait)
        .values(
            report_id=report.report_id, report=_told(report), place=0, calls=0,
            persons=[str(person) for person in persons_on_duty(work.session, work.now)],
        )
        .on_conflict_do_nothing()
        .returning(AcknowledgementWait)
    )
    if begun is not None:
        _call(work, begun, pause, public_url)


def end_wait(work: Work, report_id: UUID, at: datetime) -> None:
    """It was acknowledged, or withdrawn: nobody is called any more, also when this was heard of before the
    registration."""
    ended = {"acknowledged_at": at, "next_at": None}
    work.session.execute(
        insert(AcknowledgementWait)
        .values(report_id=report_id, report=None, persons=[], place=0, calls=0, **ended)
        .on_conflict_do_update(index_elements=[AcknowledgementWait.report_id], set_=ended)
    )


def call_overdue(work: Work, pause: timedelta, public_url: str) -> None:
    """Call the next for every report nobody has acknowledged in time; replicas take rows the others have not locked."""
    overdue = work.session.scalars(
        select(AcknowledgementWait)
        .where(AcknowledgementWait.next_at <= work.now)
        .order_by(AcknowledgementWait.next_at)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    for wait in overdue:
        _call(work, wait, pause, public_url)


def _call(work: Work, wait: AcknowledgementWait, pause: timedelta, public_url: str) -> None:
    people = _next_people(work, wait)
    call_id = wait.called(work.now + pause)
    told = {"report_id": wait.report_id, **(wait.report or {}), "call": wait.calls}
    if not people:
        note_untold(work, DUTY_CALL, call_id, "nobody holds the post")
    for person in people:
        tell_person(work, DUTY_CALL, call_id, told, person, public_url)
    names = [person.name for person in people]
    work.audit("call_duty_officer", wait.report_id, wait.calls, persons=names)


def _next_people(work: Work, wait: AcknowledgementWait) -> Sequence[Person]:
    """The next of the list who still holds the post today, or everybody who does."""
    while (turn := wait.next_turn(persons_on_duty(work.session, work.now))) is not None:
        person = work.session.get(Person, turn)
        if person is not None and person.holds(DUTY, None, china_day(work.now)):
            return [person]
    return people_to_tell(work.session, DUTY_OFFICERS, {}, work.now)


def _told(report: ReportRegistered) -> dict[str, Any]:
    """What a call says: a pointer to the report, not its text (access.md 2)."""
    return report.model_dump(
        mode="json", include={"report_id", "number", "unit_name", "kind", "severity", "title", "received_at", "drill"}
    )
