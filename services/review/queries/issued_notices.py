"""Notices as they were issued, for whoever shows an assignment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.rpc import notices as rpc
from services.review.model.notices import Notice


def notice_shown(notice: Notice) -> rpc.Notice:
    return rpc.Notice(**{name: getattr(notice, name) for name in rpc.Notice.model_fields})


def notices_of(session: Session, ids: Sequence[UUID]) -> dict[UUID, list[rpc.Notice]]:
    """All that were issued, by assignment, the first one first."""
    found: dict[UUID, list[rpc.Notice]] = defaultdict(list)
    wanted = select(Notice).where(Notice.assignment_id.in_(ids)).order_by(Notice.issued_at, Notice.serial)
    for notice in session.scalars(wanted):
        found[notice.assignment_id].append(notice_shown(notice))
    return found
