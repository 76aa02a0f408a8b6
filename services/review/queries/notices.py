"""Notices of supervision as official papers by GB/T 9704, printed from what was issued (R17)."""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.rpc import notices as rpc
from contracts.rpc.scoring import File
from contracts.vocabulary import AssignmentState
from kernel.clock import china_day
from kernel.errors import NotFound
from kernel.green import aside
from kernel.papers.official.content import Article, Block, Head, Heading, OfficialDocument, Paragraph, Signature
from kernel.papers.official.writers import FORMATS
from kernel.service import Reading
from services.review.model.assignments import UNANSWERED, Assignment
from services.review.model.notice_texts import content_of
from services.review.model.notices import Notice
from services.review.queries.assignments import SEE_ALL, assignment_shown, visible_assignment

UNISSUED = "未签发"


def get_notice(reading: Reading, request: rpc.NoticeOf, kind: rpc.NoticeKind, font_dir: Path | None) -> File:
    """The notice as issued, or, for those who oversee, a proof of what would be issued now.

    Raises `NotFound`, also when none is issued and none would be now, or when a unit asks before it is issued.
    """
    assignment = visible_assignment(reading.session, reading.principal, request.assignment_id)
    notice = _issued(reading.session, request, kind)
    if notice is not None:
        return file_of(_paper(notice.content, notice.issued_at, number=notice.number), request.format, font_dir)
    if needless := why_needless(kind, assignment):
        raise NotFound(*needless)
    if not reading.principal.holds(*SEE_ALL):
        raise NotFound(f"督办部门尚未签发{kind.label}。", f"No {kind.value.replace('_', ' ')} has been issued yet.")
    content = content_of(kind, assignment_shown(reading.session, assignment, reading.now), reading.now)
    return file_of(_paper(content, reading.now, proof=UNISSUED), request.format, font_dir)


def why_needless(kind: rpc.NoticeKind, assignment: Assignment) -> tuple[str, str] | None:
    """In Chinese and English: a unit that has answered is not chased, and what is done is not handed out again."""
    if kind is rpc.NoticeKind.CHASING and assignment.state not in UNANSWERED:
        state = assignment.state
        return f"该交办{state.label}，无需催办。", f"It is {state.value}; there is nothing to chase."
    if assignment.state is AssignmentState.ACCEPTED:
        return f"该交办已办结，不再签发{kind.label}。", "It is done; no notice of it is issued any more."
    return None


def _issued(session: Session, request: rpc.NoticeOf, kind: rpc.NoticeKind) -> Notice | None:
    """The one named, else the newest. Raises `NotFound` for a name that is none of this assignment's."""
    wanted = select(Notice).where(Notice.assignment_id == request.assignment_id, Notice.kind == kind)
    if request.notice_id is None:
        return session.scalars(wanted.order_by(Notice.issued_at.desc()).limit(1)).one_or_none()
    notice = session.scalars(wanted.where(Notice.notice_id == request.notice_id)).one_or_none()
    if notice is None:
        raise NotFound("没有这份通知单。", "There is no such notice.")
    return notice


def _paper(content: dict[str, Any], at: datetime, number: str = "", proof: str = "") -> OfficialDocument:
    article = Article(
        title=content["title"], blocks=tuple(map(_block, content["pieces"])), addressee=content["addressee"],
        signature=Signature(content["office"], china_day(at)),
    )  # fmt: skip
    return OfficialDocument(
        title=f"{content['title']}{number}：{content['subject']}", author=content["office"], created_at=at,
        head=Head(mark=content["office"], number=number), articles=(article,), proof=proof,
    )


def _block(piece: dict[str, Any]) -> Block:
    return Heading(piece["level"], piece["text"]) if piece["level"] else Paragraph(piece["text"])


def file_of(document: OfficialDocument, named: str, font_dir: Path | None) -> File:
    """The paper in the format named; set in a thread of its own, at some 10 ms a page."""
    kind = FORMATS[named]
    content = aside(lambda: kind.write(document, font_dir))
    return File(
        name=f"{document.title}.{named}", media_type=kind.media_type,
        content_base64=base64.b64encode(content).decode(), sha256=hashlib.sha256(content).hexdigest(),
    )
