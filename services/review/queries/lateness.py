"""Is anyone late for my leader: one line a leader (R17)."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from contracts.rpc import supervision as rpc
from contracts.vocabulary import AssignmentState, InstructionClass
from kernel.deadlines.calendar import WorkingCalendar
from kernel.service import Reading
from services.review.model.assignments import Assignment
from services.review.model.instructions import Instruction, leader_named
from services.review.model.lateness_texts import line_en, line_zh
from services.review.queries.assignments import DEADLINE, OVERDUE_SINCE
from services.review.queries.office_steps import office_cases
from services.review.queries.supervision import late_at

RECENT = timedelta(days=90)
"""A leader who gave an instruction since then has a line, also when everything is done; before, where one that is not
for reference only is not closed yet."""


def lateness_by_leader(
    reading: Reading, request: rpc.LatenessAsked, calendar: WorkingCalendar
) -> rpc.LeaderLatenessTable:
    """One line a leader, the one with most that is late first; one who is asked for by name always has a line."""
    now = reading.now
    wanted = leader_named(request.leader) if request.leader else None
    office = Counter(case.waiting.leader for case in office_cases(reading.session, calendar) if case.late(now))
    found = _unfinished(reading.session, now)
    names = {wanted} if wanted else {*found, *office, *_recent(reading.session, now)}
    rows = [_line(name, found.get(name, []), office[name]) for name in names]
    return rpc.LeaderLatenessTable(
        rows=sorted(rows, key=lambda row: (-row.late, -row.office_late, -row.unfinished, row.leader))
    )


def _unfinished(session: Session, now: datetime) -> dict[str, list[tuple[str, datetime, bool]]]:
    """Unit, due time and whether it is late of what waits, by leader, the first due first."""
    statement = (
        select(Instruction.leader, Assignment.unit_name, OVERDUE_SINCE, late_at(now))
        .join(Instruction, Instruction.instruction_id == Assignment.instruction_id)
        .join(*DEADLINE)
        .where(Assignment.state != AssignmentState.ACCEPTED)
        .order_by(OVERDUE_SINCE, Assignment.assignment_id)
    )
    lines: dict[str, list[tuple[str, datetime, bool]]] = {}
    for leader, unit_name, due_at, late in session.execute(statement):
        lines.setdefault(leader, []).append((unit_name, due_at, late))
    return lines


def _recent(session: Session, now: datetime) -> list[str]:
    given = and_(Instruction.given_at > now - RECENT, Instruction.withdrawn_at.is_(None))
    open_ones = and_(  # nobody need do anything upon what is for reference, closed or not
        Instruction.closed_at.is_(None), Instruction.withdrawn_at.is_(None),
        Instruction.instruction_class != InstructionClass.FOR_REFERENCE,
    )  # fmt: skip
    return list(session.scalars(select(Instruction.leader).where(or_(given, open_ones)).distinct()))


def _line(leader: str, found: list[tuple[str, datetime, bool]], office_late: int) -> rpc.LeaderLateness:
    late = [(unit_name, due_at) for unit_name, due_at, is_late in found if is_late]
    row = rpc.LeaderLateness(
        leader=leader, unfinished=len(found), late=len(late), late_units=list(dict.fromkeys(name for name, _ in late)),
        oldest_due_at=late[0][1] if late else None, office_late=office_late,
    )
    return row.model_copy(update={"line_zh": line_zh(row), "line_en": line_en(row)})
