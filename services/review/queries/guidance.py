"""Guidance with who answered which point: all of it for the city's people, what concerns it for a unit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, func, or_, select, tuple_
from sqlalchemy.orm import Session

from contracts.rpc import guidance as rpc
from contracts.rpc.deadlines import Deadline as DeadlineShown
from contracts.rpc.paging import ListQuery
from contracts.rpc.roles import CITY, DESK
from contracts.vocabulary import AmendmentAct, DeadlineKind, Secrecy
from kernel.cursors import cursor_after, cut, read_cursor
from kernel.deadlines.model import Deadline
from kernel.errors import NotFound
from kernel.principal import Principal
from kernel.service import Reading
from services.review.model.desk import DeskItem
from services.review.model.guidance import (
    Guidance,
    GuidancePoint,
    GuidanceUnit,
    PointAnswer,
    clock_id,
    due_together,
)
from services.review.queries.deadlines import deadline_shown

_COPIED = ("guidance_id", "version", "state", "period", "title", "saved_by", "issued_by", "issued_at", "due_at")
_KEY = (Guidance.period, Guidance.guidance_id)
RECEIVED = func.coalesce(PointAnswer.received_at, DeskItem.received_at)
"""Since when the report has answered the point."""
STANDING = or_(DeskItem.amended_act.is_(None), DeskItem.amended_act != AmendmentAct.WITHDRAWAL)
"""A report that its unit has withdrawn answers nothing."""


def list_guidance(reading: Reading, request: ListQuery) -> rpc.GuidancePage:
    """The newest period first; what is being drawn up, editors see only."""
    statement = _visible(reading.principal).order_by(*(column.desc() for column in _KEY)).limit(request.limit + 1)
    if request.cursor:
        statement = statement.where(tuple_(*_KEY) < read_cursor(request.cursor, str, UUID))
    page, last = cut(reading.session.scalars(statement).all(), request.limit)
    numbers = _numbers(reading.session, [row.guidance_id for row in page])
    return rpc.GuidancePage(
        items=[
            rpc.GuidanceRow(
                guidance_id=row.guidance_id, state=row.state, period=row.period, title=row.title,
                points=numbers.get(row.guidance_id, 0), issued_at=row.issued_at, due_at=row.due_at,
            )
            for row in page
        ],
        next_cursor=cursor_after(last.period, last.guidance_id) if last else None,
    )  # fmt: skip


def get_guidance(reading: Reading, request: rpc.GuidanceId) -> rpc.Guidance:
    """One with its points. Raises `NotFound`, also for one not issued to the reader's unit."""
    guidance = visible_guidance(reading.session, reading.principal, request.guidance_id)
    return guidance_shown(reading.session, reading.principal, guidance, reading.now)


def visible_guidance(session: Session, reader: Principal, guidance_id: UUID, *, lock: bool = False) -> Guidance:
    """The guidance if this person may see it. Raises `NotFound`."""
    statement = _visible(reader).where(Guidance.guidance_id == guidance_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    guidance = session.scalar(statement)
    if guidance is None:
        raise NotFound("没有这份报送要点。", "There is no such guidance.")
    return guidance


def points_of(session: Session, guidance: Guidance) -> Sequence[GuidancePoint]:
    """In order."""
    statement = select(GuidancePoint).where(GuidancePoint.guidance_id == guidance.guidance_id)
    return session.scalars(statement.order_by(GuidancePoint.number)).all()


def unanswered_points(session: Session, guidance: Guidance) -> list[GuidancePoint]:
    """Points that no standing report answers, whatever its class."""
    answered = {answer.point_id for answer in _answers(session, guidance, list(Secrecy), None)}
    return [point for point in points_of(session, guidance) if point.point_id not in answered]


def carried_into(session: Session, points: Iterable[UUID]) -> dict[UUID, Guidance]:
    """Of these points, those that stand in another guidance already, each with that guidance."""
    rows = session.execute(
        select(GuidancePoint.carried_from, Guidance)
        .join(Guidance, Guidance.guidance_id == GuidancePoint.guidance_id)
        .where(GuidancePoint.carried_from.in_(list(points)))
    )
    return {point: guidance for point, guidance in rows if point is not None}


def issued_points(session: Session, points: Iterable[UUID]) -> set[UUID]:
    """Of these, the points of guidance that was issued."""
    statement = select(GuidancePoint.point_id).join(Guidance, Guidance.guidance_id == GuidancePoint.guidance_id)
    wanted = statement.where(GuidancePoint.point_id.in_(list(points)), Guidance.issued_at.is_not(None))
    return set(session.scalars(wanted))


def all_answered_at(session: Session, unit_id: UUID, points: Sequence[GuidancePoint]) -> datetime | None:
    """When standing reports of the unit had answered every one of the points; None while one is left."""
    statement = (
        select(func.min(RECEIVED))
        .join(DeskItem, DeskItem.report_id == PointAnswer.report_id)
        .where(PointAnswer.point_id.in_([point.point_id for point in points]), PointAnswer.unit_id == unit_id)
        .where(STANDING)
        .group_by(PointAnswer.point_id)
    )
    times = session.scalars(statement).all()
    return max(times) if len(times) == len(points) else None


def guidance_shown(session: Session, reader: Principal, guidance: Guidance, now: datetime) -> rpc.Guidance:
    """As the contract tells it; reports above the reader's clearance are counted for nobody."""
    of_city = reader.holds(*CITY)
    own = None if of_city else reader.unit_id
    units, points = _units(session, guidance, own), points_of(session, guidance)
    told, readable = (
        _answers(session, guidance, classes, own) for classes in (list(Secrecy), Secrecy.up_to(reader.clearance))
    )
    answered = Counter(answer.unit_id for answer in readable)
    return rpc.Guidance(
        **{name: getattr(guidance, name) for name in _COPIED},
        unit_ids=[UUID(unit_id) for unit_id in guidance.unit_ids] if of_city else [],
        unit_classes=guidance.unit_classes if of_city else [],
        points=[_Point(row, row.due_at or guidance.due_at, units, now).shown(readable, told) for row in points],
        deadlines=_deadlines(session, guidance, points, units, now),
        units=[
            rpc.UnitAnswers(unit_id=row.unit_id, unit_name=row.unit_name, number=answered[row.unit_id])
            for row in units
        ],
    )


@dataclass(frozen=True)
class _Point:
    """A point as it stands: who has answered it in time or late, and who owes it."""

    row: GuidancePoint
    due_at: datetime | None
    units: Sequence[GuidanceUnit]
    now: datetime

    def shown(self, readable: Sequence[_Answered], told: Sequence[_Answered]) -> rpc.GuidancePoint:
        """A unit whose answer the reader may not know of owes nothing all the same."""
        row = self.row
        return rpc.GuidancePoint(
            point_id=row.point_id, number=row.number, text=row.text, topic=row.topic, carried_from=row.carried_from,
            answered_by=[self._answers(answer) for answer in readable if answer.point_id == row.point_id],
            due_at=self.due_at, own_due_at=row.due_at, overdue=self.due_at is not None and self.due_at < self.now,
            owed_by=[] if self.due_at is None else self._owing(told),
        )  # fmt: skip

    def _answers(self, answer: _Answered) -> rpc.UnitAnswers:
        late = self.due_at is not None and answer.first_at > self.due_at
        return rpc.UnitAnswers(unit_id=answer.unit_id, unit_name=answer.unit_name, number=answer.number, late=late)

    def _owing(self, told: Sequence[_Answered]) -> list[rpc.OwingUnit]:
        done = {answer.unit_id for answer in told if answer.point_id == self.row.point_id}
        return [
            rpc.OwingUnit(unit_id=unit.unit_id, unit_name=unit.unit_name)
            for unit in self.units
            if unit.unit_id not in done
        ]


def _deadlines(
    session: Session, guidance: Guidance, points: Sequence[GuidancePoint], units: Sequence[GuidanceUnit], now: datetime
) -> list[DeadlineShown]:
    """Of these units, by unit and due time."""
    due_times = due_together(guidance, points)
    clocks = [clock_id(guidance.guidance_id, due_at, unit.unit_id) for unit in units for due_at in due_times]
    wanted = select(Deadline).where(Deadline.kind == DeadlineKind.GUIDANCE.value, Deadline.subject_id.in_(clocks))
    rows = session.scalars(wanted.order_by(Deadline.facts["unit_name"].astext, Deadline.due_at, Deadline.id))
    return [deadline_shown(row, now) for row in rows]


def _visible(reader: Principal) -> Select[Guidance]:
    statement = select(Guidance)
    if reader.holds(*DESK):
        return statement
    issued = statement.where(Guidance.issued_at.is_not(None))
    if reader.holds(*CITY):
        return issued
    own = select(GuidanceUnit.guidance_id).where(GuidanceUnit.unit_id == reader.unit_id)
    return issued.where(Guidance.guidance_id.in_(own))


def _units(session: Session, guidance: Guidance, unit_id: UUID | None) -> Sequence[GuidanceUnit]:
    statement = select(GuidanceUnit).where(GuidanceUnit.guidance_id == guidance.guidance_id)
    if unit_id is not None:
        statement = statement.where(GuidanceUnit.unit_id == unit_id)
    return session.scalars(statement.order_by(GuidanceUnit.unit_name, GuidanceUnit.unit_id)).all()


class _Answered(NamedTuple):
    """A unit's standing reports that answer a point: how many, and the first receipt."""

    point_id: UUID
    unit_id: UUID
    unit_name: str
    number: int
    first_at: datetime


def _answers(
    session: Session, guidance: Guidance, classes: list[Secrecy], unit_id: UUID | None
) -> list[_Answered]:
    """Of reports in these classes, and only of units it was issued to."""
    statement = (
        select(
            PointAnswer.point_id, PointAnswer.unit_id, GuidanceUnit.unit_name, func.count(), func.min(RECEIVED)
        )
        .join(GuidancePoint, GuidancePoint.point_id == PointAnswer.point_id)
        .join(
            GuidanceUnit,
            (GuidanceUnit.guidance_id == GuidancePoint.guidance_id) & (GuidanceUnit.unit_id == PointAnswer.unit_id),
        )
        .join(DeskItem, DeskItem.report_id == PointAnswer.report_id)
        .where(GuidancePoint.guidance_id == guidance.guidance_id, DeskItem.secrecy.in_(classes), STANDING)
        .group_by(PointAnswer.point_id, PointAnswer.unit_id, GuidanceUnit.unit_name)
        .order_by(GuidanceUnit.unit_name, PointAnswer.unit_id)
    )
    if unit_id is not None:
        statement = statement.where(PointAnswer.unit_id == unit_id)
    return [_Answered(*row) for row in session.execute(statement)]


def _numbers(session: Session, ids: Sequence[UUID]) -> dict[UUID, int]:
    statement = select(GuidancePoint.guidance_id, func.count()).where(GuidancePoint.guidance_id.in_(ids))
    return {row[0]: row[1] for row in session.execute(statement.group_by(GuidancePoint.guidance_id))}
