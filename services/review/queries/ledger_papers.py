"""The ledger of supervision and the week's list as official papers by GB/T 9704, for those who oversee (R17)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from contracts.rpc import supervision as rpc
from contracts.rpc.instructions import Turn
from contracts.rpc.scoring import File
from contracts.vocabulary import AssignmentState
from kernel.clock import china_day
from kernel.deadlines.calendar import WorkingCalendar
from kernel.papers.official.content import (
    Article,
    Block,
    Head,
    Heading,
    OfficialDocument,
    Paragraph,
    Signature,
    Table,
)
from kernel.service import Reading
from services.review.model.notice_texts import OFFICE, time_zh
from services.review.model.office_steps import Case
from services.review.queries.lateness import lateness_by_leader
from services.review.queries.notices import file_of
from services.review.queries.office_steps import office_cases
from services.review.queries.supervision import ledger_rows

MOST_ON_PAPER = 1_000
WEEKLY, LEDGER = "未办结交办事项清单", "督办台账"
NUMERALS = "一二三四五六"
LONGEST = 60
"""Characters of an instruction or a requirement in a cell; the whole stands in the ledger."""


def print_supervision_ledger(
    reading: Reading, request: rpc.LedgerPaper, calendar: WorkingCalendar, font_dir: Path | None
) -> File:
    """Late, running, done, each in a table; the week's list also says who is late for a leader and what lies with the
    office. Raises `Invalid` for more rows than anybody prints."""
    rows = ledger_rows(reading, request, MOST_ON_PAPER, calendar)
    parts = list(_parts(rows, request, reading.now))
    if request.model_dump(exclude_defaults=True, exclude={"format"}) == {"unfinished": True}:
        leaders = lateness_by_leader(reading, rpc.LatenessAsked(), calendar).rows
        lines: list[Block] = [Paragraph(row.line_zh) for row in leaders] or [Paragraph("近期没有批示。")]
        waiting = _office(office_cases(reading.session, calendar), reading.now)
        parts = [("各位领导的批示有无逾期", lines), *parts, ("督办部门待办", waiting)]
    blocks: list[Block] = [Paragraph(_summary(rows, reading.now))]
    for numeral, (heading, part) in zip(NUMERALS, parts, strict=False):
        blocks += [Heading(1, f"{numeral}、{heading}"), *part]
    title = WEEKLY if request.unfinished else LEDGER
    day = china_day(reading.now)
    article = Article(title=title, blocks=tuple(blocks), signature=Signature(OFFICE, day))
    document = OfficialDocument(
        title=f"{title}{day:%Y%m%d}", author=OFFICE, created_at=reading.now, head=Head(mark=OFFICE),
        articles=(article,),
    )  # fmt: skip
    return file_of(document, request.format, font_dir)


def _summary(rows: Sequence[rpc.LedgerRow], now: datetime) -> str:
    late, done = sum(row.late for row in rows), sum(_done(row) for row in rows)
    running = len(rows) - late - done
    counts = f"逾期未反馈{late}件，办理中{running}件，办结{done}件"
    return f"截至{time_zh(now)}，所列交办事项共{len(rows)}件：{counts}。"


def _done(row: rpc.LedgerRow) -> bool:
    return row.state is AssignmentState.ACCEPTED


def _parts(
    rows: Sequence[rpc.LedgerRow], request: rpc.LedgerPaper, now: datetime
) -> Iterator[tuple[str, list[Block]]]:
    yield "逾期未反馈", _listed([row for row in rows if row.late], now)
    if not request.late:
        yield "办理中", _listed([row for row in rows if not row.late and not _done(row)], now)
    if not request.late and not request.unfinished:
        yield "已办结", _listed([row for row in rows if _done(row)], now)


def _listed(rows: Sequence[rpc.LedgerRow], now: datetime) -> list[Block]:
    if not rows:
        return [Paragraph("没有。")]
    header = ("批示", "承办单位", "办理要求", "截止", "情况")
    cells = tuple(
        (
            f"{row.leader}：{_short(row.instruction_text)}", f"{row.unit_name}（{row.part.label}）",
            _short(row.requirement), _when(row.due_at), _standing(row, now),
        )
        for row in rows
    )  # fmt: skip
    return [Table(header, cells, widths=(28, 22, 28, 27, 22))]


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


def _when(at: datetime) -> str:
    """Day and clock, each in a line of a narrow column."""
    return time_zh(at).replace("日", "日 ")


def _standing(row: rpc.LedgerRow, now: datetime) -> str:
    if row.late:
        told = f"，已告知{row.escalated_to.label}" if row.escalated_to else ""
        days = (now - row.due_at).days
        return f"逾期{days}天{told}" if days else f"逾期不足1天{told}"
    if row.turn is Turn.UNIT:
        return f"{row.state.label}，还有{max(0, (row.due_at - now).days)}天"
    return row.office_step.label if row.office_step else f"{row.state.label}，{row.outcome.label}"


def _office(cases: Sequence[Case], now: datetime) -> list[Block]:
    if not cases:
        return [Paragraph("没有。")]
    header = ("事项", "要办什么", "单位", "应办结")
    cells = tuple(
        (
            f"{case.waiting.leader}：《{_short(case.waiting.report_title)}》", case.waiting.step.label,
            case.waiting.unit_name or "—", f"{_when(case.due_at)}{'（超时）' if case.late(now) else ''}",
        )
        for case in cases
    )  # fmt: skip
    return [Table(header, cells, widths=(46, 22, 26, 28))]
