"""Which reports answer the points of a guidance: the other end of the counts on its page (R03)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, select, tuple_

from contracts.rpc import guidance as rpc
from contracts.rpc.roles import CITY
from contracts.vocabulary import Secrecy
from kernel.cursors import cursor_after, cut, read_cursor
from kernel.principal import Principal
from kernel.service import Reading
from services.review.model.desk import DeskItem
from services.review.model.guidance import Guidance, GuidancePoint, GuidanceUnit, PointAnswer
from services.review.queries.guidance import RECEIVED, STANDING, visible_guidance

_KEY = (GuidancePoint.number, RECEIVED, PointAnswer.report_id)


def list_point_answers(reading: Reading, request: rpc.ListPointAnswers) -> rpc.PointAnswerPage:
    """Point by point, oldest first; none above the reader's clearance. Raises `NotFound`."""
    guidance = visible_guidance(reading.session, reading.principal, request.guidance_id)
    statement = _answers(reading.principal, guidance).order_by(*_KEY).limit(request.limit + 1)
    if request.point_id:
        statement = statement.where(PointAnswer.point_id == request.point_id)
    if request.unit_id:
        statement = statement.where(PointAnswer.unit_id == request.unit_id)
    if request.cursor:
        statement = statement.where(tuple_(*_KEY) > read_cursor(request.cursor, int, datetime, UUID))
    page, last = cut(reading.session.execute(statement).all(), request.limit)
    return rpc.PointAnswerPage(
        items=[_shown(row) for row in page],
        next_cursor=cursor_after(last.point_number, last.received_at, last.report_id) if last else None,
    )


def _answers(reader: Principal, guidance: Guidance) -> Select[*tuple[Any, ...]]:
    """As they are counted on its page: of units it was issued to, standing, readable."""
    statement = (
        select(
            PointAnswer.point_id, GuidancePoint.number.label("point_number"), PointAnswer.report_id, DeskItem.number,
            DeskItem.title, PointAnswer.unit_id, GuidanceUnit.unit_name, RECEIVED.label("received_at"),
            func.coalesce(func.coalesce(GuidancePoint.due_at, guidance.due_at) < RECEIVED, False).label("late"),
        )
        .join(GuidancePoint, GuidancePoint.point_id == PointAnswer.point_id)
        .join(
            GuidanceUnit,
            (GuidanceUnit.guidance_id == GuidancePoint.guidance_id) & (GuidanceUnit.unit_id == PointAnswer.unit_id),
        )
        .join(DeskItem, DeskItem.report_id == PointAnswer.report_id)
        .where(GuidancePoint.guidance_id == guidance.guidance_id)
        .where(DeskItem.secrecy.in_(Secrecy.up_to(reader.clearance)), STANDING)
    )  # fmt: skip
    return statement if reader.holds(*CITY) else statement.where(PointAnswer.unit_id == reader.unit_id)


def _shown(row: Row[Any]) -> rpc.PointAnswer:
    return rpc.PointAnswer(**row._mapping)
