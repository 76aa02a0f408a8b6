"""What was sent to leaders for reading."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, exists, select, tuple_
from sqlalchemy.orm import Session

from contracts.rpc import readings as rpc
from contracts.rpc.roles import DESK
from contracts.vocabulary import ReportState, Secrecy
from kernel.cursors import cursor_after, cut, read_cursor
from kernel.errors import NotFound
from kernel.principal import Principal
from kernel.service import Reading
from services.review.model.desk import DeskItem
from services.review.model.readings import ReadingRequest, ReportReader

_KEY = (ReadingRequest.sent_at, ReadingRequest.reading_id)
_LYING = (ReadingRequest.undone_at.is_(None), DeskItem.decision.is_distinct_from(ReportState.WITHDRAWN))


def list_readings(reading: Reading, request: rpc.ListReadings) -> rpc.ReadingPage:
    """The newest first: a leader's own, or all for the desk; what was undone or withdrawn by the unit is not."""
    statement = _visible(reading.principal).where(*_LYING)
    if request.report_id:
        statement = statement.where(ReadingRequest.report_id == request.report_id)
    if request.cursor:
        statement = statement.where(tuple_(*_KEY) < read_cursor(request.cursor, datetime, UUID))
    newest = statement.order_by(*(column.desc() for column in _KEY)).limit(request.limit + 1)
    rows, last = cut(reading.session.execute(newest).all(), request.limit)
    readers = _readers(reading.session, [sent.reading_id for sent, _ in rows])
    return rpc.ReadingPage(
        items=[_shown(sent, item, readers[sent.reading_id]) for sent, item in rows],
        next_cursor=cursor_after(last[0].sent_at, last[0].reading_id) if last else None,
    )


def get_reading(reading: Reading, request: rpc.ReadingId) -> rpc.Reading:
    """One of them, without its counting as read. Raises `NotFound`."""
    wanted = _visible(reading.principal).where(*_LYING, ReadingRequest.reading_id == request.reading_id)
    row = reading.session.execute(wanted).one_or_none()
    if row is None:
        raise _not_sent()
    return reading_shown(reading.session, *row)


def visible_reading(session: Session, principal: Principal, reading_id: UUID) -> tuple[ReadingRequest, DeskItem]:
    """One sending with its report. Raises `NotFound`."""
    row = session.execute(_visible(principal).where(ReadingRequest.reading_id == reading_id)).one_or_none()
    if row is None:
        raise _not_sent()
    return row[0], row[1]


def _not_sent() -> NotFound:
    return NotFound("没有这条送阅信息。", "There is no such report sent for reading.")


def reading_shown(session: Session, sent: ReadingRequest, item: DeskItem) -> rpc.Reading:
    return _shown(sent, item, _readers(session, [sent.reading_id])[sent.reading_id])


def _visible(principal: Principal) -> Select[ReadingRequest, DeskItem]:
    statement = (
        select(ReadingRequest, DeskItem)
        .join(DeskItem, DeskItem.report_id == ReadingRequest.report_id)
        .where(DeskItem.secrecy.in_(Secrecy.up_to(principal.clearance)))
    )
    if principal.holds(*DESK):
        return statement
    own = exists().where(
        ReportReader.reading_id == ReadingRequest.reading_id, ReportReader.person_id == principal.person_id
    )
    return statement.where(own)


def _readers(session: Session, reading_ids: Sequence[UUID]) -> dict[UUID, list[rpc.ReadBy]]:
    readers: dict[UUID, list[rpc.ReadBy]] = defaultdict(list)
    rows = session.scalars(
        select(ReportReader).where(ReportReader.reading_id.in_(reading_ids)).order_by(ReportReader.place)
    )
    for row in rows:
        readers[row.reading_id].append(rpc.ReadBy(person_id=row.person_id, name=row.name, read_at=row.read_at))
    return readers


def _shown(sent: ReadingRequest, item: DeskItem, readers: list[rpc.ReadBy]) -> rpc.Reading:
    return rpc.Reading(
        reading_id=sent.reading_id, report_id=item.report_id, number=item.number, unit_name=item.unit_name,
        title=item.title, body=item.body, note=sent.note, sent_by=sent.sent_by, sent_at=sent.sent_at, readers=readers,
    )  # fmt: skip
