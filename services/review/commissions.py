"""Commissions: issued to units, withdrawn, closed; units excused, what they delivered marked (R18, notice 五(三))."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from contracts.events import commissions as events
from contracts.rpc import commissions as rpc
from contracts.vocabulary import Role
from kernel.database import Work
from kernel.deadlines.calendar import WorkingCalendar
from kernel.deadlines.due import Due, stated_due, working_due
from kernel.deadlines.engine import excuse, open_deadline, waive
from kernel.deadlines.model import MISSED, OPEN
from kernel.errors import Conflict, Forbidden, Invalid
from services.review.addressees import addressed_units
from services.review.commission_answers import lock_commission, match_waiting_answers
from services.review.commission_clocks import RULE, RULE_VERSION
from services.review.commission_upward import open_upward_clock, require_delivered, stop_upward_clock
from services.review.deadlines import COMMISSION, announce
from services.review.model.commissions import Commission, CommissionTask, check_times, task_id
from services.review.model.units import Unit
from services.review.queries.commissions import (
    commission_deadlines,
    commission_shown,
    task_shown,
    visible_commission,
    visible_task,
)
from services.review.queries.desk import visible_item


def issue_commission(work: Work, request: rpc.IssueCommission, calendar: WorkingCalendar) -> rpc.Commission:
    """Ask it of the units and start their clocks. Raises `Invalid` (times, units), `Conflict` when issued already."""
    due = _due(request, work.now, calendar)
    check_times(request, work.now, due.due_at)
    if request.from_report_id is not None:
        visible_item(work.session, work.principal, request.from_report_id)
    units = addressed_units(work, request)
    lock_commission(work.session, request.commission_id)
    if work.session.get(Commission, request.commission_id):
        raise Conflict("该约稿已下达。", "This commission has been issued already.")
    commission = _new_commission(work, request, due.due_at)
    for unit in units:
        _ask(work, commission, unit, due)
    open_upward_clock(work, commission)
    match_waiting_answers(work, commission)
    return _shown(work, commission)


def withdraw_commission(work: Work, request: rpc.WithdrawCommission) -> rpc.Commission:
    """Nobody need answer any more; who has answered in time or late stays so. By its issuer or a chief editor."""
    commission = _locked(work, request.commission_id)
    _require_issuer(work, commission)
    commission.withdraw(work.principal, work.now, request.reason)
    work.audit("withdraw_commission", commission.commission_id, commission.version, reason=request.reason)
    deadlines = commission_deadlines(work.session, commission.commission_id, lock=True)
    gone = f"约稿已撤回 (the commission was withdrawn): {request.reason}"
    for task in _tasks(work, commission):
        deadline = deadlines[task.task_id]
        if deadline.outcome == OPEN:
            waive(work, deadline, gone)
        task.version += 1
        told = events.CommissionWithdrawn(
            **_of(commission, task), reason=request.reason, withdrawn_by=work.principal.name
        )
        work.emit(told, subject=task.task_id, version=task.version)
    stop_upward_clock(work, commission, gone)
    return _shown(work, commission)


def close_commission(work: Work, request: rpc.CommissionId) -> rpc.Commission:
    """All is in, or known not to come. Raises `Conflict` while units owe it, or the city owes it upward."""
    commission = _locked(work, request.commission_id)
    deadlines = commission_deadlines(work.session, commission.commission_id, lock=True)
    owing = [task for task in _tasks(work, commission) if deadlines[task.task_id].outcome == OPEN]
    commission.close(work.principal, work.now, owing)
    require_delivered(work, commission)
    work.audit("close_commission", commission.commission_id, commission.version)
    return _shown(work, commission)


def excuse_unit(work: Work, request: rpc.ExcuseUnit) -> rpc.CommissionTask:
    """This unit need not answer, with the reason; also after it missed it. Raises `Conflict`, `Forbidden`."""
    commission, task = _locked_task(work, request.task_id)
    commission.require_issued()
    task.excuse(work.principal, request.reason)
    deadline = commission_deadlines(work.session, commission.commission_id, lock=True)[task.task_id]
    if deadline.outcome == MISSED:
        excuse(work, deadline, request.reason, announce)
    else:
        waive(work, deadline, request.reason)
    told = events.CommissionExcused(**_of(commission, task), reason=request.reason, excused_by=work.principal.name)
    work.emit(told, subject=task.task_id, version=task.version)
    work.audit("excuse_unit", task.task_id, task.version, reason=request.reason)
    return _task_shown(work, task)


def mark_answer(work: Work, request: rpc.MarkAnswer) -> rpc.CommissionTask:
    """The editor's quality mark; the last one stands, the evidence keeps all. Raises `Conflict`, `Forbidden`."""
    _commission, task = _locked_task(work, request.task_id)
    task.mark(work.principal, request.quality, request.remark)
    work.audit("mark_answer", task.task_id, task.version, quality=request.quality.value, remark=request.remark)
    return _task_shown(work, task)


def _due(request: rpc.IssueCommission, now: datetime, calendar: WorkingCalendar) -> Due:
    """Raises `Invalid`: neither or both ways of saying it, a year whose holidays are not known."""
    if (request.due_at is None) == (request.working_days is None):
        raise Invalid(
            "交稿时限请填截止时间或工作日数，二者填一项。", "State due_at or working_days, one of them.",
            pointer="/due_at",
        )
    if request.working_days is None:
        return stated_due(request.due_at or now, RULE, RULE_VERSION)
    return working_due(now, request.working_days, rule=RULE, rule_version=RULE_VERSION, calendar=calendar)


def _new_commission(work: Work, request: rpc.IssueCommission, due_at: datetime) -> Commission:
    asked = request.model_dump(exclude={"unit_ids", "unit_classes", "working_days", "due_at"})
    commission = Commission(
        **asked, version=1, state=rpc.CommissionState.ISSUED, due_at=due_at, issued_by_id=work.principal.id,
        issued_by=work.principal.name, issued_at=work.now,
    )  # fmt: skip
    work.session.add(commission)
    work.session.flush()
    work.audit("issue_commission", commission.commission_id, commission.version, asked=commission.subject)
    return commission


def _ask(work: Work, commission: Commission, unit: Unit, due: Due) -> None:
    task = CommissionTask(
        task_id=task_id(commission.commission_id, unit.unit_id), version=1, commission_id=commission.commission_id,
        unit_id=unit.unit_id, unit_name=unit.name, unit_class=unit.unit_class, due_at=due.due_at,
    )  # fmt: skip
    work.session.add(task)
    told = events.CommissionIssued(**_of(commission, task), issued_by=work.principal.name)
    work.emit(told, subject=task.task_id, version=task.version)
    facts = {
        "unit_id": str(unit.unit_id), "unit_name": unit.name, "unit_class": unit.unit_class.value,
        "title": commission.subject,
    } | ({"report_id": str(commission.from_report_id)} if commission.from_report_id else {})
    open_deadline(
        work, kind=COMMISSION, subject_id=task.task_id, started_at=work.now, started_by="commission", due=due,
        facts=facts, announce=announce,
    )  # fmt: skip


def _require_issuer(work: Work, commission: Commission) -> None:
    if work.principal.id != commission.issued_by_id and not work.principal.holds(Role.CHIEF_EDITOR):
        raise Forbidden(
            f"只有下达人（{commission.issued_by}）或总编辑可以撤回。",
            f"Only {commission.issued_by}, who issued it, or a chief editor may withdraw it.",
        )


def _tasks(work: Work, commission: Commission) -> list[CommissionTask]:
    statement = (
        select(CommissionTask)
        .where(CommissionTask.commission_id == commission.commission_id)
        .order_by(CommissionTask.unit_name, CommissionTask.task_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list(work.session.scalars(statement))


def _locked(work: Work, commission_id: UUID) -> Commission:
    """The commission, before its tasks: the order of locks."""
    return visible_commission(work.session, work.principal, commission_id, lock=True)


def _locked_task(work: Work, wanted: UUID) -> tuple[Commission, CommissionTask]:
    task = visible_task(work.session, work.principal, wanted)
    commission = _locked(work, task.commission_id)
    work.session.refresh(task, with_for_update=True)
    return commission, task


def _shown(work: Work, commission: Commission) -> rpc.Commission:
    work.session.flush()
    return commission_shown(work.session, work.principal, commission, work.now)


def _task_shown(work: Work, task: CommissionTask) -> rpc.CommissionTask:
    work.session.flush()
    return task_shown(work.session, work.principal, task, work.now)


def _of(commission: Commission, task: CommissionTask) -> dict[str, Any]:
    """What every event of a unit's part tells."""
    return {
        "commission_id": commission.commission_id,
        "task_id": task.task_id,
        "unit_id": task.unit_id,
        "unit_class": task.unit_class,
        "title": commission.subject,
        "due_at": task.due_at,
        "about_report_id": commission.from_report_id,
    }

