"""The ledger of supervision and what is counted from it; page, file, figures and metrics ask the same (R17)."""

from __future__ import annotations

import base64
import hashlib
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, select, tuple_
from sqlalchemy.orm import Session

from contracts.rpc import supervision as rpc
from contracts.rpc.extensions import ExtensionState
from contracts.rpc.scoring import File
from contracts.vocabulary import AssignmentState, EscalationLevel
from kernel.clock import SHANGHAI
from kernel.cursors import cursor_after, cut, read_cursor
from kernel.deadlines.calendar import WorkingCalendar
from kernel.deadlines.model import WAIVED, Deadline
from kernel.errors import Invalid
from kernel.papers.xlsx import Cell, Sheet, write
from kernel.principal import Principal
from kernel.service import Reading
from services.review.model.assignments import UNANSWERED, Assignment
from services.review.model.escalations import Escalation
from services.review.model.extensions import Extension
from services.review.model.feedback import Feedback, FeedbackState
from services.review.model.instructions import Instruction, leader_named
from services.review.model.office_steps import Case, figures_of
from services.review.queries.assignments import DEADLINE, OVERDUE_SINCE, SEE_ALL
from services.review.queries.issued_notices import notices_of
from services.review.queries.office_steps import office_cases, reads_office
from services.review.queries.timeliness import outcome_at

MOST_IN_A_FILE = 10_000
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_KEY = (OVERDUE_SINCE, Assignment.assignment_id)


def list_supervision_ledger(
    reading: Reading, request: rpc.ListLedger, calendar: WorkingCalendar
) -> rpc.LedgerPage:
    """By due time; a unit's people see that unit's only."""
    statement = _wanted(reading, request).order_by(*_KEY).limit(request.limit + 1)
    if request.cursor:
        statement = statement.where(tuple_(*_KEY) > read_cursor(request.cursor, datetime, UUID))
    page, last = cut(reading.session.execute(statement).all(), request.limit)
    return rpc.LedgerPage(
        items=_rows(reading, page, calendar),
        next_cursor=cursor_after(last.Assignment.due_in_force(last.Deadline), last.Assignment.assignment_id)
        if last
        else None,
    )


def export_supervision_ledger(reading: Reading, request: rpc.LedgerFilter, calendar: WorkingCalendar) -> File:
    """The same as a spreadsheet. Raises `Invalid` for more rows than one opens."""
    found = ledger_rows(reading, request, MOST_IN_A_FILE, calendar)
    day = f"{reading.now.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    header = (
        "批示领导", "批示时间", "批示内容", "类别", "事项", "承办单位", "分工", "要求", "原定截止", "现截止", "状态",
        "轮到谁", "反馈", "逾期未反馈", "延期次数", "天数", "文号", "督办部门环节",
        "督办部门应办结", "督办部门超时",
    )  # fmt: skip
    rows = [_cells(row) for row in found]
    sheet = Sheet("督办台账", header, rows, above=(f"督办台账（截至 {day}）",), widths=(14, 17, 40, 8, 40, 26, 6, 40))
    content = write([sheet], created_at=reading.now)
    return File(
        name=f"督办台账{reading.now.astimezone(SHANGHAI):%Y%m%d}.xlsx", media_type=XLSX_TYPE,
        content_base64=base64.b64encode(content).decode(), sha256=hashlib.sha256(content).hexdigest(),
    )


def ledger_rows(
    reading: Reading, request: rpc.LedgerFilter, most: int, calendar: WorkingCalendar
) -> list[rpc.LedgerRow]:
    """All of them, for a file. Raises `Invalid` where there are more than `most`."""
    found = reading.session.execute(_wanted(reading, request).order_by(*_KEY).limit(most + 1)).all()
    if len(found) > most:
        raise Invalid(
            f"超过 {most} 条，请加筛选条件后再导出。", f"More than {most} rows; narrow the filters down.", pointer="",
        )
    return _rows(reading, found, calendar)


def supervision_figures(
    reading: Reading, request: rpc.NoQuestion, calendar: WorkingCalendar
) -> rpc.SupervisionFigures:
    """Counts of what this person may see."""
    own, now, session = _visible(reading.principal), reading.now, reading.session
    outcomes = select(outcome_at(now).label("result"), func.count()).select_from(Assignment).join(*DEADLINE)
    counted = dict(session.execute(outcomes.where(*own).group_by("result")).all())
    waiting = unfinished(session, *own)
    return rpc.SupervisionFigures(
        outcomes={outcome: counted.get(outcome.value, 0) for outcome in rpc.FeedbackOutcome},
        extensions=extended(session, *own),
        unfinished=waiting.number,
        late=late_number(session, now, *own),
        oldest_unfinished_seconds=waiting.oldest_seconds(now),
        oldest_unfinished_id=waiting.oldest_id,
        office=figures_of(office_cases(session, calendar), now) if reads_office(reading) else [],
    )


@dataclass(frozen=True)
class Unfinished:
    """Assignments not accepted yet: how many, and the one whose instruction was given first."""

    number: int = 0
    oldest_id: UUID | None = None
    oldest_given_at: datetime | None = None

    def oldest_seconds(self, now: datetime) -> float:
        return max(0.0, (now - self.oldest_given_at).total_seconds()) if self.oldest_given_at else 0.0


def unfinished(session: Session, *wanted: ColumnElement[bool]) -> Unfinished:
    statement = (
        select(func.count().over(), Assignment.assignment_id, Instruction.given_at)
        .join(Instruction, Instruction.instruction_id == Assignment.instruction_id)
        .where(Assignment.state != AssignmentState.ACCEPTED, *wanted)
        .order_by(Instruction.given_at, Assignment.assignment_id)
        .limit(1)
    )
    found = session.execute(statement).one_or_none()
    return Unfinished() if found is None else Unfinished(*found)


def extended(session: Session, *wanted: ColumnElement[bool]) -> dict[ExtensionState, int]:
    """Number of assignments with an extension in each state: one that was extended twice is one case."""
    statement = (
        select(Extension.state, func.count(func.distinct(Extension.assignment_id)))
        .join(Assignment, Assignment.assignment_id == Extension.assignment_id)
        .where(*wanted)
        .group_by(Extension.state)
    )
    counted = dict(session.execute(statement).all())
    return {state: counted.get(state, 0) for state in ExtensionState}


def late_number(session: Session, now: datetime, *wanted: ColumnElement[bool]) -> int:
    """Number of assignments whose unit is late: its turn, and its time is over."""
    statement = select(func.count()).select_from(Assignment).join(*DEADLINE).where(late_at(now), *wanted)
    return session.scalars(statement).one()


def late_at(now: datetime) -> ColumnElement[bool]:
    """The unit's turn, and its time, a renewed one too, is over; waiting for the city is nobody's delay."""
    return and_(Assignment.state.in_(UNANSWERED), Deadline.outcome != WAIVED, now > OVERDUE_SINCE)


def _visible(principal: Principal) -> list[ColumnElement[bool]]:
    return [] if principal.holds(*SEE_ALL) else [Assignment.unit_id == principal.unit_id]


def _wanted(
    reading: Reading, request: rpc.LedgerFilter
) -> Select[Assignment, Instruction, Deadline, str, bool]:
    is_late = late_at(reading.now)
    statement = (
        select(Assignment, Instruction, Deadline, outcome_at(reading.now).label("outcome"), is_late.label("late"))
        .join(Instruction, Instruction.instruction_id == Assignment.instruction_id)
        .join(*DEADLINE)
        .where(*_visible(reading.principal))
    )
    equal = (
        (Assignment.unit_id, request.unit_id), (Assignment.unit_class, request.unit_class),
        (Instruction.leader, None if request.leader is None else leader_named(request.leader)),
        (Instruction.instruction_class, request.instruction_class), (outcome_at(reading.now), request.outcome),
    )  # fmt: skip
    for column, value in equal:
        if value is not None:
            statement = statement.where(column == value)
    if request.extension is not None:
        extended = select(Extension.assignment_id).where(Extension.state == request.extension)
        statement = statement.where(Assignment.assignment_id.in_(extended))
    if request.unfinished:
        statement = statement.where(Assignment.state != AssignmentState.ACCEPTED)
    if request.late:
        statement = statement.where(is_late)
    # An outcome is that of the deadline itself, and the table of compliance counts it by the deadline's time.
    due_at = OVERDUE_SINCE if request.outcome is None else Deadline.due_at
    if request.since is not None:
        statement = statement.where(due_at >= request.since)
    return statement if request.until is None else statement.where(due_at < request.until)


def _office(reading: Reading, calendar: WorkingCalendar) -> list[Case]:
    """What lies with the supervision office, for those who oversee."""
    return office_cases(reading.session, calendar) if reading.principal.holds(*SEE_ALL) else []


def _rows(reading: Reading, found: Any, calendar: WorkingCalendar) -> list[rpc.LedgerRow]:
    ids = [row.Assignment.assignment_id for row in found]
    asked = select(Extension.assignment_id, func.count()).where(Extension.assignment_id.in_(ids))
    extensions = dict(reading.session.execute(asked.group_by(Extension.assignment_id)).all())
    told: dict[UUID, set[EscalationLevel]] = defaultdict(set)
    for row in reading.session.scalars(select(Escalation).where(Escalation.assignment_id.in_(ids))):
        told[row.assignment_id].add(row.level)
    accepted = select(Feedback.assignment_id, func.max(Feedback.decided_at)).where(
        Feedback.assignment_id.in_(ids), Feedback.state == FeedbackState.ACCEPTED
    )
    done = dict(reading.session.execute(accepted.group_by(Feedback.assignment_id)).all())
    numbers = {
        assignment_id: [notice.number for notice in issued]
        for assignment_id, issued in notices_of(reading.session, ids).items()
    }
    # Of an assignment, or, once all units are done, of the whole instruction.
    office = {case.waiting.assignment_id or case.waiting.instruction_id: case for case in _office(reading, calendar)}
    rows = [
        _row(row, done.get(row.Assignment.assignment_id) or reading.now, extensions, told, numbers) for row in found
    ]
    return [_with_office(row, office, reading.now) for row in rows]


def _with_office(row: rpc.LedgerRow, office: dict[UUID, Case], now: datetime) -> rpc.LedgerRow:
    case = office.get(row.assignment_id) or office.get(row.instruction_id)
    if case is None:
        return row
    told = {"office_step": case.waiting.step, "office_due_at": case.due_at, "office_late": case.late(now)}
    return row.model_copy(update=told)


def _row(
    found: Any, until: datetime, extensions: dict[UUID, int], told: dict[UUID, set[EscalationLevel]],
    numbers: dict[UUID, list[str]],
) -> rpc.LedgerRow:
    assignment, instruction, deadline = found.Assignment, found.Instruction, found.Deadline
    levels = [level for level in EscalationLevel if level in told[assignment.assignment_id]]
    return rpc.LedgerRow(
        assignment_id=assignment.assignment_id, instruction_id=instruction.instruction_id, leader=instruction.leader,
        instruction_text=instruction.text, instruction_class=instruction.instruction_class,
        given_at=instruction.given_at, report_title=assignment.report_title, unit_id=assignment.unit_id,
        unit_name=assignment.unit_name, unit_class=assignment.unit_class, part=assignment.part,
        requirement=assignment.requirement, state=assignment.state,
        turn=assignment.turn(presented=instruction.presented_at is not None, closed=instruction.closed_at is not None),
        due_at=assignment.due_in_force(deadline), first_due_at=deadline.first_due_at,
        renewed_due_at=assignment.renewed_due_at,
        outcome=found.outcome, late=found.late, age_days=max(0, (until - instruction.given_at).days),
        extensions=extensions.get(assignment.assignment_id, 0), escalated_to=levels[-1] if levels else None,
        notices=numbers.get(assignment.assignment_id, []),
    )  # fmt: skip


def _cells(row: rpc.LedgerRow) -> list[Cell]:
    return [
        row.leader, _day(row.given_at), row.instruction_text, row.instruction_class.label, row.report_title,
        row.unit_name, row.part.label, row.requirement, _day(row.first_due_at), _day(row.due_at), row.state.label,
        row.turn.label, row.outcome.label, "是" if row.late else "", row.extensions, row.age_days,
        "、".join(row.notices), row.office_step.label if row.office_step else "",
        _day(row.office_due_at) if row.office_due_at else "", "是" if row.office_late else "",
    ]  # fmt: skip


def _day(instant: datetime) -> str:
    return f"{instant.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
