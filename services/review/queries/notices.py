"""Notices of supervision as official papers by GB/T 9704: 交办通知单 and 催办单 (R17)."""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime, timedelta
from pathlib import Path

from contracts.rpc.instructions import Assignment
from contracts.rpc.scoring import File
from contracts.rpc.supervision import NoticeOf
from contracts.vocabulary import AssignmentState
from kernel.clock import SHANGHAI
from kernel.errors import Conflict
from kernel.papers.official.content import Article, Block, Head, Heading, OfficialDocument, Paragraph, Signature
from kernel.papers.official.writers import FORMATS
from kernel.service import Reading
from services.review.model.assignments import UNANSWERED
from services.review.queries.assignments import assignment_shown, visible_assignment

OFFICE = "市政府办公厅督查室"


def get_assignment_notice(reading: Reading, request: NoticeOf, font_dir: Path | None) -> File:
    """The unit is told what it has to do, by when. Raises `NotFound`."""
    assignment = _assignment(reading, request)
    return _file(_paper(assignment, "交办通知单", _asked(assignment), reading.now), request, font_dir)


def get_chasing_notice(reading: Reading, request: NoticeOf, font_dir: Path | None) -> File:
    """The unit is reminded. Raises `NotFound`; `Conflict` when it has answered."""
    assignment = _assignment(reading, request)
    if assignment.state not in UNANSWERED:
        raise Conflict(
            f"该交办{assignment.state.label}，无需催办。", f"It is {assignment.state.value}; there is nothing to chase."
        )
    return _file(_paper(assignment, "催办单", _chased(assignment, reading.now), reading.now), request, font_dir)


def _assignment(reading: Reading, request: NoticeOf) -> Assignment:
    found = visible_assignment(reading.session, reading.principal, request.assignment_id)
    return assignment_shown(reading.session, found, reading.now)


def _paper(assignment: Assignment, kind: str, blocks: tuple[Block, ...], now: datetime) -> OfficialDocument:
    day = now.astimezone(SHANGHAI).date()
    article = Article(
        title=kind, blocks=blocks, addressee=assignment.unit_name, signature=Signature(OFFICE, day)
    )
    return OfficialDocument(
        title=f"{kind}：{assignment.report_title}", author=OFFICE, created_at=now, head=Head(mark=OFFICE),
        articles=(article,),
    )


def _asked(assignment: Assignment) -> tuple[Block, ...]:
    return (
        Paragraph(f"{assignment.leader}对《{assignment.report_title}》作出批示，现交你单位{assignment.part.label}办理。"),
        Heading(1, "一、批示内容"), *_lines(assignment.instruction_text),
        Heading(1, "二、办理要求"), *_lines(assignment.requirement),
        Heading(1, "三、反馈时限"),
        Paragraph(
            f"请于{_time(assignment.due_at)}前书面反馈办理情况，经分管负责人签发后报送。不能按时办结的，请在截止时间以前"
            "申请延期，写明理由、进展和拟办结时间。"
        ),
    )  # fmt: skip


def _chased(assignment: Assignment, now: datetime) -> tuple[Block, ...]:
    due_at = assignment.renewed_due_at or assignment.due_at
    state = "已经逾期" if due_at <= now else "即将到期"
    missing = "退回后的补充反馈" if assignment.state is AssignmentState.RETURNED else "反馈"
    return (
        Paragraph(
            f"{assignment.leader}对《{assignment.report_title}》的批示，已交你单位{assignment.part.label}办理，"
            f"反馈截止时间为{_time(due_at)}，至今未收到{missing}，{state}。"
        ),
        Heading(1, "一、办理要求"), *_lines(assignment.requirement),
        Heading(1, "二、催办事项"),
        Paragraph("请抓紧办理，尽快书面反馈办理情况；已经逾期的，请一并说明原因。"),
    )  # fmt: skip


def _lines(text: str) -> list[Paragraph]:
    """As written: a number in it is no heading of the notice."""
    return [Paragraph(line) for line in text.splitlines() if line.strip()]


def _time(instant: datetime) -> str:
    """Midnight is 24:00 of the day that ends."""
    local = instant.astimezone(SHANGHAI)
    clock = f"{local:%H:%M}"
    if clock == "00:00":
        local, clock = local - timedelta(days=1), "24:00"
    return f"{local.year}年{local.month}月{local.day}日{clock}"


def _file(document: OfficialDocument, request: NoticeOf, font_dir: Path | None) -> File:
    kind = FORMATS[request.format]
    content = kind.write(document, font_dir)
    return File(
        name=f"{document.title}.{request.format}", media_type=kind.media_type,
        content_base64=base64.b64encode(content).decode(), sha256=hashlib.sha256(content).hexdigest(),
    )
