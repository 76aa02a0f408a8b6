"""Guidance with who answered which point: all of it for the city's people, what concerns it for a unit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, func, or_, select, tuple_
from sqlalchemy.orm import Session

from contracts.rpc import guidance as rpc
from contracts.rpc.paging import ListQuery
from contracts.rpc.roles import CITY, DESK
from contracts.vocabulary import AmendmentAct, Secrecy
from kernel.cursors import cursor_after, cut, read_cursor
from kernel.errors import NotFound
from kernel.principal import Principal
from kernel.service import Reading
from services.review.model.desk import DeskItem
from services.review.model.guidance import Guidance, GuidancePoint, GuidanceUnit, PointAnswer

_KEY = (Guidance.period, Guidance.guidance_id)
_STANDING = or_(DeskItem.amended_act.is_(None), DeskItem.amended_act != AmendmentAct.WITHDRAWAL)


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
                points=numbers.get(row.guidance_id, 0), issued_at=row.issued_at,
            )
            for row in page
        ],
        next_cursor=cursor_after(last.period, last.guidance_id) if last else None,
    )  # fmt: skip


def get_guidance(reading: Reading, request: rpc.GuidanceId) -> rpc.Guidance:
    """One with its points. Raises `NotFound`, also for one not issued to the reader's unit."""
    guidance = visible_guidance(reading.session, reading.principal, request.guidance_id)
    return guidance_shown(reading.session, reading.principal, guidance)


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
    answered = {point for point, *_ in _answers(session, guidance, list(Secrecy), None)}
    return [point for point in points_of(session, guidance) if point.point_id not in answered]


def guidance_shown(session: Session, reader: Principal, guidance: Guidance) -> rpc.Guidance:
    """As the contract tells it; reports above the reader's clearance are counted for nobody."""
    of_city = reader.holds(*CITY)
    answers = _answers(session, guidance, Secrecy.up_to(reader.clearance), None if of_city else reader.unit_id)
    by_point: dict[UUID, list[rpc.UnitAnswers]] = defaultdict(list)
    by_unit: dict[UUID, int] = defaultdict(int)
    for point, unit_id, unit_name, number in answers:
        by_point[point].append(rpc.UnitAnswers(unit_id=unit_id, unit_name=unit_name, number=number))
        by_unit[unit_id] += 1
    copied = {
        name: getattr(guidance, name)
        for name in ("guidance_id", "version", "state", "period", "title", "saved_by", "issued_by", "issued_at")
    }
    return rpc.Guidance(
        **copied,
        unit_ids=[UUID(unit_id) for unit_id in guidance.unit_ids] if of_city else [],
        unit_classes=guidance.unit_classes if of_city else [],
        points=[_point(row, by_point[row.point_id]) for row in points_of(session, guidance)],
        units=[
            rpc.UnitAnswers(unit_id=row.unit_id, unit_name=row.unit_name, number=by_unit[row.unit_id])
            for row in _units(session, guidance, None if of_city else reader.unit_id)
        ],
    )


def _point(row: GuidancePoint, answered_by: list[rpc.UnitAnswers]) -> rpc.GuidancePoint:
    return rpc.GuidancePoint(
        point_id=row.point_id, number=row.number, text=row.text, topic=row.topic, carried_from=row.carried_from,
        answered_by=answered_by,
    )


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


def _answers(
    session: Session, guidance: Guidance, classes: list[Secrecy], unit_id: UUID | None
) -> list[tuple[UUID, UUID, str, int]]:
    """Point, unit, its name, number of its standing reports that answer the point; only of units it was issued to."""
    statement = (
        select(PointAnswer.point_id, PointAnswer.unit_id, GuidanceUnit.unit_name, func.count())
        .join(GuidancePoint, GuidancePoint.point_id == PointAnswer.point_id)
        .join(
            GuidanceUnit,
            (GuidanceUnit.guidance_id == GuidancePoint.guidance_id) & (GuidanceUnit.unit_id == PointAnswer.unit_id),
        )
        .join(DeskItem, DeskItem.report_id == PointAnswer.report_id)
        .where(GuidancePoint.guidance_id == guidance.guidance_id, DeskItem.secrecy.in_(classes), _STANDING)
        .group_by(PointAnswer.point_id, PointAnswer.unit_id, GuidanceUnit.unit_name)
        .order_by(GuidanceUnit.unit_name, PointAnswer.unit_id)
    )
    if unit_id is not None:
        statement = statement.where(PointAnswer.unit_id == unit_id)
    return [(point, unit, name, number) for point, unit, name, number in session.execute(statement)]


def _numbers(session: Session, ids: Sequence[UUID]) -> dict[UUID, int]:
    statement = select(GuidancePoint.guidance_id, func.count()).where(GuidancePoint.guidance_id.in_(ids))
    return {row[0]: row[1] for row in session.execute(statement.group_by(GuidancePoint.guidance_id))}
