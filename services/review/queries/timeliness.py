"""Feedback compliance by unit class (R17): met, missed, open, overdue."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session

from contracts.rpc.deadlines import Timeliness, TimelinessQuery, TimelinessTable
from contracts.vocabulary import UnitClass
from kernel.deadlines.model import OPEN, WAIVED, Deadline
from kernel.service import Reading
from services.review.model.assignments import Assignment
from services.review.queries.assignments import SEE_ALL

OVERDUE = "overdue"
"""Due time passed, outcome not decided yet."""


def feedback_timeliness(reading: Reading, request: TimelinessQuery) -> TimelinessTable:
    """Counts of feedback deadlines due in the time asked for; a unit's people get that unit's only."""
    wanted: list[ColumnElement[bool]] = []
    if not reading.principal.holds(*SEE_ALL):
        wanted.append(Assignment.unit_id == reading.principal.unit_id)
    if request.since:
        wanted.append(Deadline.due_at >= request.since)
    if request.until:
        wanted.append(Deadline.due_at < request.until)
    rows: dict[UnitClass, dict[str, int]] = defaultdict(dict)
    for unit_class, outcome, number in feedback_outcomes(reading.session, reading.now, *wanted):
        rows[unit_class][outcome] = number
    return TimelinessTable(rows=[_row(unit_class, rows[unit_class]) for unit_class in UnitClass if unit_class in rows])


def outcome_at(now: datetime) -> ColumnElement[str]:
    """A deadline's outcome, the open ones split at their due time."""
    return case((and_(Deadline.outcome == OPEN, Deadline.due_at < now), OVERDUE), else_=Deadline.outcome)


def feedback_outcomes(
    session: Session, now: datetime, *wanted: ColumnElement[bool]
) -> Iterable[tuple[UnitClass, str, int]]:
    """Number of feedback deadlines by unit class and outcome, the open ones split at their due time."""
    statement = (
        select(Assignment.unit_class, outcome_at(now).label("result"), func.count())
        .join(Deadline, and_(Deadline.subject_id == Assignment.assignment_id, Deadline.kind == "feedback"))
        .where(*wanted)
        .group_by(Assignment.unit_class, "result")
    )
    return [(unit_class, result, number) for unit_class, result, number in session.execute(statement)]


def _row(unit_class: UnitClass, counts: dict[str, int]) -> Timeliness:
    return Timeliness(
        unit_class=unit_class,
        severity=None,
        met=counts.get("met", 0),
        missed=counts.get("missed", 0),
        open=counts.get(OPEN, 0),
        overdue=counts.get(OVERDUE, 0),
        excused=counts.get(WAIVED, 0),
    )
