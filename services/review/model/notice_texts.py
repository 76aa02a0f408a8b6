"""What notices of supervision say: 交办通知单 tells a unit what to do by when, 催办单 reminds it (R17)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from contracts.rpc.instructions import Assignment
from contracts.rpc.notices import NoticeKind
from contracts.vocabulary import AssignmentState
from kernel.clock import SHANGHAI

OFFICE = "市政府办公厅督查室"

Piece = tuple[int, str]
"""Level of a heading, 0 for text; and the words."""


def content_of(kind: NoticeKind, assignment: Assignment, now: datetime) -> dict[str, Any]:
    """The notice as it is kept and printed; its date and number stand beside it."""
    pieces = _asked(assignment) if kind is NoticeKind.ASSIGNMENT else _chased(assignment, now)
    return {
        "office": OFFICE,
        "title": kind.label,
        "subject": assignment.report_title,
        "addressee": assignment.unit_name,
        "pieces": [{"level": level, "text": text} for level, text in pieces],
    }


def with_title_withheld(content: dict[str, Any], withheld: str) -> dict[str, Any]:
    """The same without the title of what was instructed upon."""
    named = f"《{content['subject']}》"
    pieces = [{**piece, "text": piece["text"].replace(named, f"《{withheld}》")} for piece in content["pieces"]]
    return {**content, "subject": withheld, "pieces": pieces}


def _asked(assignment: Assignment) -> list[Piece]:
    until = (
        f"请于{time_zh(assignment.due_at)}前书面反馈办理情况，经分管负责人签发后报送。不能按时办结的，请在截止时间以前"
        "申请延期，写明理由、进展和拟办结时间。"
    )
    return [
        (0, f"{assignment.leader}对《{assignment.report_title}》作出批示，现交你单位{assignment.part.label}办理。"),
        (1, "一、批示内容"), *_lines(assignment.instruction_text),
        (1, "二、办理要求"), *_lines(assignment.requirement),
        (1, "三、反馈时限"), (0, until),
    ]  # fmt: skip


def _chased(assignment: Assignment, now: datetime) -> list[Piece]:
    days = (assignment.due_at - now).days
    state = "已经逾期" if assignment.due_at <= now else f"距截止还有{days}天" if days else "即将到期"
    missing = "退回后的补充反馈" if assignment.state is AssignmentState.RETURNED else "反馈"
    so_far = (
        f"{assignment.leader}对《{assignment.report_title}》的批示，已交你单位{assignment.part.label}办理，"
        f"反馈截止时间为{time_zh(assignment.due_at)}，至今未收到{missing}，{state}。"
    )
    return [
        (0, so_far),
        (1, "一、办理要求"), *_lines(assignment.requirement),
        (1, "二、催办事项"), (0, "请抓紧办理，尽快书面反馈办理情况；已经逾期的，请一并说明原因。"),
    ]  # fmt: skip


def _lines(text: str) -> list[Piece]:
    """As written: a number in it is no heading of the notice."""
    return [(0, line) for line in text.splitlines() if line.strip()]


def time_zh(instant: datetime) -> str:
    """In Beijing; midnight is 24:00 of the day that ends."""
    local = instant.astimezone(SHANGHAI)
    clock = f"{local:%H:%M}"
    if clock == "00:00":
        local, clock = local - timedelta(days=1), "24:00"
    return f"{local.year}年{local.month}月{local.day}日{clock}"
