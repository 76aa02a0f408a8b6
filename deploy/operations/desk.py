"""What the desk keeps of reports, filled in from intake where an older version of the desk did not keep it yet."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from deploy.operations.installation import Installation, OperationFailed
from deploy.operations.operators import Operator, first_line
from services.intake.model.reports import Report
from services.review.topics import Described, fill_topics, without_topic

PAGE = 500
"""Reports of one transaction, so that no editor waits for long."""


def fill_desk(installation: Installation, operator: Operator) -> int:
    """Fill in topic and leaning of reports that were queued without; returns of how many. May be repeated.

    Raises `OperationFailed`.
    """
    filled, after = 0, None
    try:
        with installation.database("intake") as intake, installation.database("review") as review:
            while True:
                with review.reading() as session:
                    ids = without_topic(session, after, PAGE)
                if not ids:
                    return filled
                after = ids[-1]
                with intake.reading() as session:
                    told = _described(session, ids)
                with review.work(operator.principal, token=operator.token) as work:
                    filled += fill_topics(work, told)
    except SQLAlchemyError as error:
        raise OperationFailed(f"数据库无法使用：{first_line(error)}。", "请检查数据库是否在运行。") from error


def _described(session: Session, ids: Sequence[UUID]) -> list[Described]:
    rows = session.execute(
        select(Report.id, Report.version, Report.topic, Report.leaning).where(
            Report.id.in_(ids), or_(Report.topic.is_not(None), Report.leaning.is_not(None))
        )
    )
    return [Described(*row) for row in rows]
