"""Published items whose reports were corrected or withdrawn afterwards and about which nobody has decided yet."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, select, tuple_

from contracts.rpc import amendments as rpc
from contracts.rpc.paging import ListQuery
from contracts.vocabulary import Secrecy
from kernel.cursors import cursor_after, cut, read_cursor
from kernel.principal import Principal
from kernel.service import Reading
from services.review.model.adoptions import Adoption
from services.review.model.amendments import AmendmentDecision
from services.review.model.desk import DeskItem
from services.review.model.issues import Issue

AMENDED_SINCE: ColumnElement[bool] = and_(
    DeskItem.amended_act.is_not(None), DeskItem.report_version > Adoption.report_version
)
"""The report was amended after it was adopted."""

_KEY = (DeskItem.received_at, DeskItem.report_id)


def list_amended_publications(reading: Reading, request: ListQuery) -> rpc.AmendedPublicationPage:
    """Longest waiting first."""
    decided = exists().where(
        AmendmentDecision.report_id == DeskItem.report_id, AmendmentDecision.report_version == DeskItem.report_version
    )
    statement = published_and_amended(reading.principal).where(~decided).order_by(*_KEY).limit(request.limit + 1)
    if request.cursor:
        statement = statement.where(tuple_(*_KEY) > read_cursor(request.cursor, datetime, UUID))
    rows, last = cut(reading.session.execute(statement).all(), request.limit)
    return rpc.AmendedPublicationPage(
        items=[amended_shown(*row) for row in rows],
        next_cursor=cursor_after(last[0].received_at, last[0].report_id) if last else None,
    )


def published_and_amended(reader: Principal) -> Select[DeskItem, Adoption, Issue]:
    """Item, adoption and issue, within the reader's clearance."""
    return (
        select(DeskItem, Adoption, Issue)
        .join(Adoption, Adoption.report_id == DeskItem.report_id)
        .join(Issue, Issue.issue_id == Adoption.issue_id)
        .where(Adoption.published_at.is_not(None), Adoption.withdrawn_at.is_(None), AMENDED_SINCE)
        .where(DeskItem.secrecy.in_(Secrecy.up_to(reader.clearance)))
    )


def amended_shown(
    item: DeskItem, adoption: Adoption, issue: Issue, decision: AmendmentDecision | None = None
) -> rpc.AmendedPublication:
    """One of them as the contract tells it."""
    copied: dict[str, Any] = {
        name: getattr(item, name)
        for name in ("report_id", "report_version", "receipt_number", "unit_name", "received_at")
    }
    return rpc.AmendedPublication(
        **copied,
        title=adoption.title,
        issue_id=issue.issue_id,
        publication_name=issue.publication_name,
        year=issue.year,
        number=issue.number,
        act=item.amended_act,
        reason=item.amended_reason,
        decision=decision.decision if decision else None,
        decided_by=decision.decided_by if decision else None,
    )
