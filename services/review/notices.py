"""Notices of supervision are issued: each gets its document number once, and its text is kept (R17)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from contracts.events.supervision import NoticeIssued
from contracts.rpc import notices as rpc
from kernel.clock import china_day
from kernel.database import Work
from kernel.errors import Conflict
from services.review.assignments import locked_assignment
from services.review.deadlines import report_of
from services.review.model.assignments import Assignment
from services.review.model.notice_texts import content_of
from services.review.model.notices import Notice, NoticeNumber, hash_of
from services.review.model.supervision_rules import supervision_rules
from services.review.queries.assignments import assignment_shown
from services.review.queries.issued_notices import notice_shown
from services.review.queries.notices import why_needless


def issue_notice(work: Work, request: rpc.IssueNotice) -> rpc.Notice:
    """Number it, keep it, tell of it. Raises `NotFound`; `Conflict` when issued already (a chasing notice: this day) or
    when there is nothing to hand out or to chase."""
    assignment = locked_assignment(work, request.assignment_id)
    if needless := why_needless(request.kind, assignment):
        raise Conflict(*needless)
    _refuse_second(work.session, request.kind, assignment, work.now)
    shown = assignment_shown(work.session, assignment, work.now)
    content = content_of(request.kind, shown, work.now)
    word = supervision_rules().in_force(work.now).number_words[request.kind]
    year = china_day(work.now).year
    notice = Notice(
        notice_id=request.notice_id, assignment_id=assignment.assignment_id, kind=request.kind, number_word=word,
        year=year, serial=_next_serial(work.session, word, year), issued_by=work.principal.name,
        issued_by_id=work.principal.id, issued_at=work.now, content=content, content_hash=hash_of(content),
    )  # fmt: skip
    work.session.add(notice)
    event = NoticeIssued(
        notice_id=notice.notice_id, assignment_id=assignment.assignment_id, unit_id=assignment.unit_id,
        title=assignment.report_title, about_report_id=report_of(work.session, assignment), kind=notice.kind,
        number=notice.number, issued_by=notice.issued_by,
    )  # fmt: skip
    work.emit(event, subject=notice.notice_id, version=1)
    work.audit(
        "issue_notice", assignment.assignment_id, assignment.version, kind=notice.kind.value, number=notice.number,
        content_hash=notice.content_hash,
    )
    return notice_shown(notice)


def _refuse_second(session: Session, kind: rpc.NoticeKind, assignment: Assignment, now: datetime) -> None:
    """The assignment's notice is issued once, a chasing notice once a day: the rest are reprints."""
    issued = session.scalars(
        select(Notice)
        .where(Notice.assignment_id == assignment.assignment_id, Notice.kind == kind)
        .order_by(Notice.issued_at.desc())
        .limit(1)
    ).one_or_none()
    if issued is None or (kind is rpc.NoticeKind.CHASING and china_day(issued.issued_at) < china_day(now)):
        return
    raise Conflict(
        f"{issued.issued_by}已签发{kind.label}（{issued.number}），需要时请重新下载，文号不变。",
        f"{issued.issued_by} has issued it as {issued.number}; download it again, under the same number.",
        extra={"notice_id": str(issued.notice_id), "number": issued.number},
    )


def _next_serial(session: Session, word: str, year: int) -> int:
    """The next number of the year; a transaction that fails gives it back, so the numbers have no gaps."""
    first = insert(NoticeNumber).values(number_word=word, year=year, last=1)
    following = first.on_conflict_do_update(
        index_elements=[NoticeNumber.number_word, NoticeNumber.year], set_={"last": NoticeNumber.last + 1}
    )
    return session.scalars(following.returning(NoticeNumber.last)).one()
