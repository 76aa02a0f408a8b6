"""Commissions with each unit's part: all of them for the city's people, its own for a unit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, literal, or_, select, tuple_
from sqlalchemy.orm import Session

from contracts.rpc import commissions as rpc
from contracts.rpc.roles import CITY, DESK
from contracts.vocabulary import AmendmentAct, Secrecy
from kernel.cursors import cursor_after, cut, read_cursor
from kernel.deadlines.model import MISSED, Deadline
from kernel.errors import NotFound
from kernel.principal import Principal
from kernel.service import Reading
from services.review.deadlines import COMMISSION, UPWARD
from services.review.model.commissions import AnswerState, Commission, CommissionAnswer, CommissionTask
from services.review.model.desk import DeskItem
from services.review.queries.deadlines import deadline_shown

_NEWEST = (Commission.issued_at, Commission.commission_id)
_DUE = (CommissionTask.due_at, CommissionTask.unit_name, CommissionTask.task_id)
_DEADLINE_OF = and_(Deadline.subject_id == CommissionTask.task_id, Deadline.kind == COMMISSION)
_COPIED = rpc.CommissionTask.model_fields.keys() & {column.key for column in CommissionTask.__table__.columns}

_task_state: ColumnElement[str] = case(
    (CommissionTask.excused_by.is_not(None), literal(rpc.TaskState.EXCUSED.value)),
    (CommissionTask.answered_at <= Deadline.due_at, literal(rpc.TaskState.DELIVERED.value)),
    (CommissionTask.answered_at > Deadline.due_at, literal(rpc.TaskState.LATE.value)),
    (Deadline.outcome == MISSED, literal(rpc.TaskState.MISSED.value)),
    (Commission.state == rpc.CommissionState.WITHDRAWN, literal(rpc.TaskState.WITHDRAWN.value)),
    else_=literal(rpc.TaskState.OWED.value),
)
"""Where a unit's part stands, by what is recorded; nobody sets it."""


def list_commissions(reading: Reading, request: rpc.ListCommissions) -> rpc.CommissionPage:
    """Newest first; a unit's people see what is asked of that unit."""
    statement = _visible(reading.principal).order_by(*(column.desc() for column in _NEWEST))
    if request.state:
        statement = statement.where(Commission.state == request.state)
    if request.owed_upward:
        # What was closed before there was a clock for it was never said to be delivered, and is owed by nobody.
        clock = exists().where(Deadline.kind == UPWARD, Deadline.subject_id == Commission.commission_id)
        statement = statement.where(
            Commission.upward_due_at.is_not(None), Commission.delivered_upward_at.is_(None),
            Commission.state != rpc.CommissionState.WITHDRAWN, literal(reading.principal.holds(*CITY)),
            or_(Commission.state == rpc.CommissionState.ISSUED, clock),
        )  # fmt: skip
    if request.cursor:
        statement = statement.where(tuple_(*_NEWEST) < read_cursor(request.cursor, datetime, UUID))
    page, last = cut(reading.session.scalars(statement.limit(request.limit + 1)).all(), request.limit)
    return rpc.CommissionPage(
        items=_commissions_shown(reading.session, reading.principal, page, reading.now),
        next_cursor=cursor_after(last.issued_at, last.commission_id) if last else None,
    )


def get_commission(reading: Reading, request: rpc.CommissionId) -> rpc.Commission:
    """One commission. Raises `NotFound`, also for one that asks nothing of the reader's unit."""
    commission = visible_commission(reading.session, reading.principal, request.commission_id)
    return commission_shown(reading.session, reading.principal, commission, reading.now)


def list_commission_tasks(reading: Reading, request: rpc.ListCommissionTasks) -> rpc.CommissionTaskPage:
    """Units' parts, next due first, then by name; a unit's people see their own unit's."""
    statement = _visible_tasks(reading.principal).order_by(*_DUE)
    if request.commission_id:
        statement = statement.where(CommissionTask.commission_id == request.commission_id)
    if request.unit_id:
        statement = statement.where(CommissionTask.unit_id == request.unit_id)
    if request.state:
        statement = statement.where(_task_state == request.state.value)
    if request.cursor:
        statement = statement.where(tuple_(*_DUE) > read_cursor(request.cursor, datetime, str, UUID))
    page, last = cut(reading.session.scalars(statement.limit(request.limit + 1)).all(), request.limit)
    return rpc.CommissionTaskPage(
        items=_tasks_shown(reading.session, reading.principal, page, reading.now),
        next_cursor=cursor_after(last.due_at, last.unit_name, last.task_id) if last else None,
    )


def get_commission_task(reading: Reading, request: rpc.TaskId) -> rpc.CommissionTask:
    """One unit's part. Raises `NotFound`, also for another unit's."""
    task = visible_task(reading.session, reading.principal, request.task_id)
    return task_shown(reading.session, reading.principal, task, reading.now)


def visible_commission(
    session: Session, reader: Principal, commission_id: UUID, *, lock: bool = False
) -> Commission:
    """The commission if this person may see it. Raises `NotFound`."""
    statement = _visible(reader).where(Commission.commission_id == commission_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    commission = session.scalar(statement)
    if commission is None:
        raise NotFound("没有这项约稿。", "There is no such commission.")
    return commission


def visible_task(session: Session, reader: Principal, task_id: UUID) -> CommissionTask:
    """The unit's part if this person may see it. Raises `NotFound`."""
    task = session.scalar(_visible_tasks(reader).where(CommissionTask.task_id == task_id))
    if task is None:
        raise NotFound("没有这项约稿任务。", "There is no such part of a commission.")
    return task


def commission_deadlines(session: Session, commission_id: UUID, *, lock: bool = False) -> dict[UUID, Deadline]:
    """The deadlines of its parts, by the part's id."""
    statement = select(Deadline).join(CommissionTask, _DEADLINE_OF).order_by(Deadline.id)
    statement = statement.where(CommissionTask.commission_id == commission_id)
    if lock:
        statement = statement.with_for_update(of=Deadline).execution_options(populate_existing=True)
    return {deadline.subject_id: deadline for deadline in session.scalars(statement)}


def commission_shown(
    session: Session, reader: Principal, commission: Commission, now: datetime
) -> rpc.Commission:
    """A commission as the contract tells it."""
    return _commissions_shown(session, reader, [commission], now)[0]


def task_shown(session: Session, reader: Principal, task: CommissionTask, now: datetime) -> rpc.CommissionTask:
    """A unit's part as the contract tells it."""
    return _tasks_shown(session, reader, [task], now)[0]


def _visible(reader: Principal) -> Select[Commission]:
    statement = select(Commission)
    if reader.holds(*CITY):
        return statement
    own = select(CommissionTask.commission_id).where(CommissionTask.unit_id == reader.unit_id)
    return statement.where(Commission.commission_id.in_(own))


def _visible_tasks(reader: Principal) -> Select[CommissionTask]:
    statement = (
        select(CommissionTask)
        .join(Commission, Commission.commission_id == CommissionTask.commission_id)
        .join(Deadline, _DEADLINE_OF)
    )
    return statement if reader.holds(*CITY) else statement.where(CommissionTask.unit_id == reader.unit_id)


def _commissions_shown(
    session: Session, reader: Principal, commissions: Sequence[Commission], now: datetime
) -> list[rpc.Commission]:
    ids = [commission.commission_id for commission in commissions]
    counts, of_city, of_desk = _counts(session, reader, ids), reader.holds(*CITY), reader.holds(*DESK)
    upward = _upward_deadlines(session, ids) if of_city else {}
    return [
        rpc.Commission(
            **{name: getattr(commission, name) for name in _OPEN},
            **{name: getattr(commission, name) if of_city else None for name in _OF_CITY},
            upward_deadline=deadline_shown(upward[one], now) if (one := commission.commission_id) in upward else None,
            from_report_id=commission.from_report_id if of_desk else None,
            counts=counts[commission.commission_id],
        )
        for commission in commissions
    ]


_OF_CITY = ("upward_due_at", "delivered_upward_at", "delivered_upward_by", "upward_note")
_OPEN = rpc.Commission.model_fields.keys() - {"counts", "from_report_id", "upward_deadline", *_OF_CITY}


def _upward_deadlines(session: Session, ids: Sequence[UUID]) -> dict[UUID, Deadline]:
    statement = select(Deadline).where(Deadline.kind == UPWARD, Deadline.subject_id.in_(ids))
    return {deadline.subject_id: deadline for deadline in session.scalars(statement)}


def _counts(session: Session, reader: Principal, ids: Sequence[UUID]) -> Mapping[UUID, dict[rpc.TaskState, int]]:
    statement = (
        _visible_tasks(reader)
        .with_only_columns(CommissionTask.commission_id, _task_state.label("task_state"), func.count())
        .where(CommissionTask.commission_id.in_(ids))
        .group_by(CommissionTask.commission_id, "task_state")
    )
    numbers = {(one, rpc.TaskState(state)): number for one, state, number in session.execute(statement)}
    return {
        one: {state: numbers[one, state] for state in rpc.TaskState if (one, state) in numbers} for one in ids
    }


def _tasks_shown(
    session: Session, reader: Principal, tasks: Sequence[CommissionTask], now: datetime
) -> list[rpc.CommissionTask]:
    """Parts with commission, state, deadline and answers, two queries for all of them."""
    rows = session.execute(
        select(CommissionTask.task_id, Commission, Deadline, _task_state)
        .join(Commission, Commission.commission_id == CommissionTask.commission_id)
        .join(Deadline, _DEADLINE_OF)
        .where(CommissionTask.task_id.in_([task.task_id for task in tasks]))
    )
    beside = {task_id: (commission, deadline, state) for task_id, commission, deadline, state in rows}
    answers = _answers(session, reader, tasks)
    return [
        _task_shown(task, *beside[task.task_id], answers[task.commission_id, task.unit_id], now) for task in tasks
    ]


def _task_shown(
    task: CommissionTask, commission: Commission, deadline: Deadline, state: str, answers: list[rpc.AnswerShown],
    now: datetime,
) -> rpc.CommissionTask:  # fmt: skip
    copied: dict[str, Any] = {name: getattr(task, name) for name in _COPIED - {"due_at"}}
    return rpc.CommissionTask(
        **copied, subject=commission.subject, requirements=commission.requirements, length=commission.length,
        state=rpc.TaskState(state), due_at=deadline.due_at, answers=answers, deadline=deadline_shown(deadline, now),
    )  # fmt: skip


def _answers(
    session: Session, reader: Principal, tasks: Sequence[CommissionTask]
) -> dict[tuple[UUID, UUID], list[rpc.AnswerShown]]:
    """Reports that answer, by commission and unit, oldest first; none above the reader's clearance."""
    ours = tuple_(CommissionAnswer.commission_id, CommissionAnswer.unit_id)
    rows = session.execute(
        select(
            CommissionAnswer.commission_id, CommissionAnswer.unit_id, CommissionAnswer.report_id,
            func.min(CommissionAnswer.received_at), DeskItem.receipt_number, DeskItem.title, DeskItem.amended_act,
        )
        .join(DeskItem, DeskItem.report_id == CommissionAnswer.report_id)
        .where(
            ours.in_([(task.commission_id, task.unit_id) for task in tasks]),
            CommissionAnswer.state.in_((AnswerState.COUNTED, AnswerState.SURPLUS)),
            DeskItem.secrecy.in_(Secrecy.up_to(reader.clearance)),
        )
        .group_by(
            CommissionAnswer.commission_id, CommissionAnswer.unit_id, CommissionAnswer.report_id, DeskItem.report_id
        )
        .order_by(func.min(CommissionAnswer.received_at))
    )  # fmt: skip
    found: dict[tuple[UUID, UUID], list[rpc.AnswerShown]] = defaultdict(list)
    for commission_id, unit_id, report_id, received_at, number, title, act in rows:
        found[commission_id, unit_id].append(
            rpc.AnswerShown(
                report_id=report_id, receipt_number=number, title=title, received_at=received_at,
                withdrawn=act is AmendmentAct.WITHDRAWAL,
            )
        )  # fmt: skip
    return found
