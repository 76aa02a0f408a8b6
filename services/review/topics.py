"""Topic and leaning of reports that came to the desk before it kept them, filled in on rebuild from intake's words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from contracts.vocabulary import Leaning
from kernel.database import Work
from services.review.model.desk import DeskItem

_EMPTY = (DeskItem.topic.is_(None), DeskItem.leaning.is_(None))


@dataclass(frozen=True)
class Described:
    """What a report's newest signed version says of itself."""

    report_id: UUID
    version: int
    topic: str | None
    leaning: Leaning | None


def without_topic(session: Session, after: UUID | None, limit: int) -> Sequence[UUID]:
    """Reports on the desk with neither topic nor leaning, in the order of their ids; many of them never had any."""
    found = select(DeskItem.report_id).where(*_EMPTY).order_by(DeskItem.report_id).limit(limit)
    return session.scalars(found if after is None else found.where(DeskItem.report_id > after)).all()


def fill_topics(work: Work, told: Sequence[Described]) -> int:
    """Fill in what is empty; returns how many reports got something. May be repeated.

    Another signed version than the one on the desk is passed over: its event is on the way and brings both.
    """
    filled = 0
    for one in told:
        empty = update(DeskItem).where(
            DeskItem.report_id == one.report_id, DeskItem.report_version == one.version, *_EMPTY
        )
        done = work.session.execute(empty.values(topic=one.topic, leaning=one.leaning).returning(DeskItem.report_id))
        filled += len(done.all())
    if filled:
        work.audit("desk.topics_filled", "desk", reports=filled)
    return filled
