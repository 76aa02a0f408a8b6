"""A report's class was raised: messages lose its words, and what has not left is cancelled (R07)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import array, insert
from sqlalchemy.orm import Session, selectinload

from contracts.events.intake import ReportReclassified
from contracts.rpc.secrecy import WITHHELD_TEXT, WITHHELD_TITLE
from kernel.database import Work
from services.notify.model.messages import Message
from services.notify.model.secrecy import Withheld, lock_subjects

SPEAKING = {
    "title": WITHHELD_TITLE, "remarks": WITHHELD_TEXT, "reason": WITHHELD_TEXT, "grounds": WITHHELD_TEXT,
    "note": WITHHELD_TEXT, "milestone": WITHHELD_TEXT,
}
"""Fields of events whose words may tell of the content."""
_IDS = ("report_id", "draft_id", "subject_id", "about_report_id")


def subjects_of(data: dict[str, Any]) -> list[UUID]:
    """Ids of the things an event's words are about."""
    return [UUID(str(data[name])) for name in _IDS if data.get(name)]


def as_may_be_told(session: Session, data: dict[str, Any]) -> dict[str, Any]:
    """The event's data without words of a report whose class was raised."""
    subjects = subjects_of(data)
    lock_subjects(session, subjects)
    found = session.scalars(select(Withheld.subject_id).where(Withheld.subject_id.in_(subjects)).limit(1))
    if found.first() is None:
        return data
    return data | {name: words for name, words in SPEAKING.items() if data.get(name)}


def withhold_messages(work: Work, raised: ReportReclassified) -> None:
    """Messages already written about it; a second raising finds nothing more to do."""
    known = [raised.report_id, *raised.known_as]
    lock_subjects(work.session, known)
    rows = [
        {
            "subject_id": subject, "report_id": raised.report_id, "unit_id": raised.unit_id, "cancelled": 0,
            "at": work.now,
        }
        for subject in sorted(set(known))
    ]
    work.session.execute(insert(Withheld).values(rows).on_conflict_do_nothing())
    cancelled = sum(map(_withhold, _messages_about(work.session, known)))
    work.session.get_one(Withheld, raised.report_id, with_for_update=True).cancelled += cancelled
    work.audit("withhold_messages", raised.report_id, None, cancelled=cancelled)


def messages_of_nothing(session: Session, after: UUID | None, limit: int) -> dict[UUID, set[str]]:
    """Messages that do not say what they are about, in order, each with what may be the titles it speaks of: those
    written before messages said so."""
    query = select(Message.message_id, Message.subject, Message.body).where(Message.about == [])
    if after is not None:
        query = query.where(Message.message_id > after)
    rows = session.execute(query.order_by(Message.message_id).limit(limit))
    return {message_id: titles_in(subject, body) for message_id, subject, body in rows}


def titles_in(subject: str, body: str) -> set[str]:
    """All between two marks of the body, and what follows the head word of the subject."""
    opening, closing = ([at for at, mark in enumerate(body) if mark == one] for one in "《》")
    quoted = {body[start + 1 : end] for start in opening for end in closing if start < end}
    return {title for title in (*quoted, *_behind_marks(subject)) if title}


def _behind_marks(subject: str) -> Iterator[str]:
    """A title may begin with a head word of its own."""
    while "】" in subject:
        subject = subject.partition("】")[2].strip()
        yield subject


def name_subjects(work: Work, message_id: UUID, subjects: Collection[UUID]) -> bool:
    """The message is about these, as was found out since; where one is withheld its words go at once. False when
    somebody named them meanwhile."""
    lock_subjects(work.session, subjects)
    message = work.session.get_one(Message, message_id, with_for_update=True, populate_existing=True)
    if message.about:
        return False
    message.about = sorted(map(str, subjects))
    withheld = work.session.scalars(select(Withheld.subject_id).where(Withheld.subject_id.in_(subjects)).limit(1))
    if withheld.first() is not None and message.message != ReportReclassified.TYPE:
        _withhold(message)
    return True


def _messages_about(session: Session, subjects: list[UUID]) -> list[Message]:
    about = Message.about.op("?|")(array([str(subject) for subject in subjects]))
    query = select(Message).where(about, Message.message != ReportReclassified.TYPE)
    query = query.options(selectinload(Message.deliveries))
    return list(session.scalars(query.order_by(Message.message_id).with_for_update()))


def _withhold(message: Message) -> int:
    """Nothing of what it said is left; how many of its deliveries were cancelled."""
    message.subject, message.body = WITHHELD_TITLE, WITHHELD_TEXT
    return sum(delivery.withhold(WITHHELD_TEXT) for delivery in message.deliveries)
