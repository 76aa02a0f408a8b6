"""What a report on the desk answers, and whether that counts: linked from the report's side (R18, R03)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from contracts.rpc import answered as rpc
from kernel.service import Reading
from services.review.model.commissions import Commission, CommissionAnswer, CommissionTask
from services.review.model.guidance import Guidance, GuidancePoint, GuidanceUnit, PointAnswer
from services.review.queries.desk import visible_item


def answered_by_report(reading: Reading, request: rpc.AskAnswered) -> rpc.Answered:
    """Each commission and point once. Raises `NotFound` for a report that is not on the reader's desk."""
    item = visible_item(reading.session, reading.principal, request.report_id)
    return rpc.Answered(
        commissions=_commissions(reading.session, item.report_id), points=_points(reading.session, item.report_id)
    )


def _commissions(session: Session, report_id: UUID) -> list[rpc.AnsweredCommission]:
    """By the newest version that names each."""
    part = and_(
        CommissionTask.commission_id == CommissionAnswer.commission_id,
        CommissionTask.unit_id == CommissionAnswer.unit_id,
    )
    rows = session.execute(
        select(CommissionAnswer, Commission.subject, CommissionTask.task_id, CommissionTask.quality)
        .outerjoin(Commission, Commission.commission_id == CommissionAnswer.commission_id)
        .outerjoin(CommissionTask, part)
        .where(CommissionAnswer.report_id == report_id)
        .ext(distinct_on(CommissionAnswer.commission_id))
        .order_by(CommissionAnswer.commission_id, CommissionAnswer.report_version.desc())
    )
    return [
        rpc.AnsweredCommission(
            commission_id=answer.commission_id, standing=rpc.AnswerStanding(answer.state.value), subject=subject,
            task_id=task_id, quality=quality,
        )
        for answer, subject, task_id, quality in rows
    ]  # fmt: skip


def _points(session: Session, report_id: UUID) -> list[rpc.AnsweredPoint]:
    issued_to = and_(
        GuidanceUnit.guidance_id == GuidancePoint.guidance_id, GuidanceUnit.unit_id == PointAnswer.unit_id
    )
    rows = session.execute(
        select(GuidancePoint, Guidance.title, GuidanceUnit.unit_id.is_not(None))
        .join(PointAnswer, PointAnswer.point_id == GuidancePoint.point_id)
        .join(Guidance, Guidance.guidance_id == GuidancePoint.guidance_id)
        .outerjoin(GuidanceUnit, issued_to)
        .where(PointAnswer.report_id == report_id)
        .order_by(Guidance.period, GuidancePoint.number, GuidancePoint.point_id)
    )
    return [
        rpc.AnsweredPoint(
            guidance_id=point.guidance_id, title=title, point_id=point.point_id, number=point.number, text=point.text,
            addressed=addressed,
        )
        for point, title, addressed in rows
    ]  # fmt: skip
