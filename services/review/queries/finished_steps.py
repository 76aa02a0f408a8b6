"""Finished steps of the supervision office: the newest first, and what they come to in a period (R17)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, tuple_
from sqlalchemy.orm import Session

from contracts.rpc import finished_steps as rpc
from contracts.rpc.office_steps import OfficeStep
from kernel.cursors import cursor_after, cut, read_cursor
from kernel.service import Reading
from services.review.model.assignments import Assignment
from services.review.model.finished_steps import FinishedStep
from services.review.model.instructions import Instruction
from services.review.queries.office_steps import require_office_reader

_KEY = (FinishedStep.finished_at, FinishedStep.step_id)
_LATE = FinishedStep.finished_at > FinishedStep.due_at
_SECONDS = func.greatest(0, func.extract("epoch", FinishedStep.finished_at - FinishedStep.since))
_COPIED = rpc.FinishedStep.model_fields.keys() & {column.key for column in FinishedStep.__table__.columns}


def list_finished_steps(reading: Reading, request: rpc.ListFinishedSteps) -> rpc.FinishedStepPage:
    """Of a period, a step, only late or in time. Raises `Forbidden`."""
    require_office_reader(reading)
    statement = finished().where(*_in_period(request.since, request.until))
    if request.step is not None:
        statement = statement.where(FinishedStep.step == request.step)
    if request.late is not None:
        statement = statement.where(_LATE if request.late else ~_LATE)
    if request.cursor:
        statement = statement.where(tuple_(*_KEY) < read_cursor(request.cursor, datetime, UUID))
    statement = statement.order_by(*(column.desc() for column in _KEY)).limit(request.limit + 1)
    page, last = cut(reading.session.execute(statement).all(), request.limit)
    return rpc.FinishedStepPage(
        items=[_shown(*row) for row in page],
        next_cursor=cursor_after(last.FinishedStep.finished_at, last.FinishedStep.step_id) if last else None,
    )


def office_time(reading: Reading, request: rpc.FinishedIn) -> rpc.OfficeTimeTable:
    """What was finished in a period, by step. Raises `Forbidden`."""
    require_office_reader(reading)
    return rpc.OfficeTimeTable(rows=time_of_office(reading.session, request.since, request.until))


def time_of_office(session: Session, since: datetime | None, until: datetime | None = None) -> list[rpc.OfficeTime]:
    """Of every step; pages and metrics ask the same."""
    median = func.percentile_cont(0.5).within_group(_SECONDS)
    statement = select(
        FinishedStep.step, func.count().filter(~_LATE), func.count().filter(_LATE), median
    ).where(*_in_period(since, until)).group_by(FinishedStep.step)  # fmt: skip
    counted = {row[0]: row[1:] for row in session.execute(statement)}
    return [_time(step, *counted.get(step, (0, 0, None))) for step in OfficeStep]


def finished() -> Select[FinishedStep, str, str, str]:
    """Each with its leader, title and unit as they are called now: what is withheld since is withheld here."""
    return (
        select(FinishedStep, Instruction.leader, Instruction.report_title, Assignment.unit_name)
        .join(Instruction, Instruction.instruction_id == FinishedStep.instruction_id)
        .outerjoin(Assignment, Assignment.assignment_id == FinishedStep.assignment_id)
    )


def _time(step: OfficeStep, in_time: int, late: int, median: float | None) -> rpc.OfficeTime:
    seconds = None if median is None else float(median)
    return rpc.OfficeTime(step=step, in_time=in_time, late=late, median_seconds=seconds)


def _in_period(since: datetime | None, until: datetime | None) -> list[ColumnElement[bool]]:
    first = [] if since is None else [FinishedStep.finished_at >= since]
    return first if until is None else [*first, FinishedStep.finished_at < until]


def _shown(found: FinishedStep, leader: str, report_title: str, unit_name: str | None) -> rpc.FinishedStep:
    return rpc.FinishedStep(
        **{name: getattr(found, name) for name in _COPIED}, leader=leader, report_title=report_title,
        unit_name=unit_name, seconds=found.seconds, late=found.late, explanation_zh=found.explain_zh(),
        explanation_en=found.explain_en(),
    )
