"""Reports sent to leaders for reading (送阅)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update

from contracts.events.review import ReadingRequested
from contracts.rpc import desk as desk_rpc
from contracts.rpc import readings as rpc
from kernel.database import Work
from kernel.errors import Forbidden, Invalid, NotFound
from kernel.ids import new_id
from services.review.desk_items import of_report, seen_item
from services.review.model.readings import ReadingRequest, ReportReader
from services.review.queries.desk import item_shown
from services.review.queries.readings import reading_shown, visible_reading


def send_for_reading(work: Work, request: rpc.SendForReading) -> desk_rpc.DeskItem:
    """Send it to these leaders; each is told once. Raises `Invalid` for a reader named twice."""
    item = seen_item(work, request.report_id)
    item.refuse_drill("送阅", "sent to leaders")
    ids = [reader.person_id for reader in request.readers]
    if len(set(ids)) != len(ids):
        raise Invalid("同一位领导列了两次。", "A reader is named twice.", pointer="/readers")
    item.decide("send", work.principal, work.now, request.note)
    sent = ReadingRequest(
        reading_id=new_id(), report_id=item.report_id, note=request.note, sent_by=work.principal.name, sent_at=work.now
    )
    work.session.add(sent)
    work.session.flush()
    work.session.add_all(
        ReportReader(reading_id=sent.reading_id, person_id=reader.person_id, name=reader.name, place=place)
        for place, reader in enumerate(request.readers)
    )
    event = ReadingRequested(
        **of_report(item), reading_id=sent.reading_id, reader_ids=ids, unit_name=item.unit_name,
        sent_by=work.principal.name,
    )  # fmt: skip
    work.emit(event, subject=item.report_id, version=item.version)
    work.audit("send_for_reading", item.report_id, item.version, readers=[reader.name for reader in request.readers])
    work.session.flush()
    return item_shown(work.session, item)


def open_reading(work: Work, request: rpc.ReadingId) -> rpc.Reading:
    """A leader reads it; the first time counts. Raises `NotFound`; `Forbidden` for one it was not sent to."""
    sent, item = visible_reading(work.session, work.principal, request.reading_id)
    reader = work.session.scalar(
        select(ReportReader)
        .where(ReportReader.reading_id == sent.reading_id, ReportReader.person_id == work.principal.person_id)
        .with_for_update()
    )
    if reader is None:
        raise Forbidden("该信息不是送您阅看的。", "It was not sent to you.")
    if sent.undone_at is not None:
        raise NotFound("该送阅已撤回。", "It is no longer sent for reading.")
    if reader.read_at is None:
        reader.read_at = work.now
        work.audit("open_reading", sent.reading_id, None)
        work.session.flush()
    return reading_shown(work.session, sent, item)


def undo_readings(work: Work, report_id: UUID, since: datetime) -> None:
    """It no longer lies before the readers it was sent to since then."""
    standing = update(ReadingRequest).where(
        ReadingRequest.report_id == report_id, ReadingRequest.undone_at.is_(None), ReadingRequest.sent_at >= since
    )
    work.session.execute(standing.values(undone_at=work.now))
