"""Extensions: the unit asks before its time is over, the supervisor grants or refuses, once (R17)."""

from __future__ import annotations

from sqlalchemy import select

from contracts.events import review as events
from contracts.model import EventData
from contracts.rpc import extensions as rpc
from contracts.rpc import instructions as instruction_rpc
from contracts.rpc.extensions import ExtensionState
from contracts.rpc.finished_steps import StepOutcome
from kernel.database import Work
from kernel.deadlines.calendar import WorkingCalendar
from kernel.deadlines.engine import extend
from kernel.errors import Conflict, Invalid, NotFound
from services.review.assignments import event_facts, locked_assignment, shown_after
from services.review.deadlines import announce, deadline_of
from services.review.finished_steps import ending_steps
from services.review.model.assignments import UNANSWERED, Assignment
from services.review.model.extensions import Extension


def ask_extension(work: Work, request: rpc.AskExtension) -> instruction_rpc.Assignment:
    """Raises `NotFound` for another unit's, `Conflict` once due, answered or asked already, `Invalid`."""
    assignment = locked_assignment(work, request.assignment_id)
    if assignment.unit_id != work.principal.unit_id:
        raise NotFound("没有这项交办。", "There is no such assignment.")
    _check_time(work, assignment, request)
    extension = Extension(**request.model_dump(), state=ExtensionState.ASKED, asked_by=work.principal.name,
                          asked_at=work.now)  # fmt: skip
    work.session.add(extension)
    work.session.flush()
    said = {"reason": extension.reason, "progress": extension.progress, "asked_by": extension.asked_by}
    _tell(work, assignment, events.ExtensionAsked(**_of(work, assignment, extension), **said), "ask_extension")
    return shown_after(work, assignment)


def grant_extension(
    work: Work, request: rpc.GrantExtension, calendar: WorkingCalendar
) -> instruction_rpc.Assignment:
    """Until the time asked for, or another one after the present. Raises `NotFound`, `Conflict`, `Invalid`."""
    assignment = locked_assignment(work, request.assignment_id)
    extension = _asked(work, request.assignment_id, request.extension_id)
    with ending_steps(work, assignment.instruction_id, StepOutcome.GRANTED, calendar):
        extension.decide(ExtensionState.GRANTED, work.principal, work.now, request.remarks)
    due_at = request.due_at or extension.wanted_due_at
    deadline = deadline_of(work, assignment)
    if due_at <= max(assignment.due_in_force(deadline), work.now):
        raise Invalid(
            "准予的截止时间必须晚于现截止时间和现在。",
            "The new due time must lie after the present one, and after now.",
            pointer="/due_at",
        )
    extension.granted_due_at = due_at
    if assignment.renewed_due_at is None:
        extend(work, deadline, due_at, extension.reason, announce)
    else:
        assignment.renewed_due_at = due_at
    said = {"remarks": request.remarks, "granted_by": work.principal.name}
    _tell(work, assignment, events.ExtensionGranted(**_of(work, assignment, extension), **said), "grant_extension")
    return shown_after(work, assignment)


def refuse_extension(
    work: Work, request: rpc.RefuseExtension, calendar: WorkingCalendar
) -> instruction_rpc.Assignment:
    """The time stays as it is. Raises `NotFound`, `Conflict` once decided."""
    assignment = locked_assignment(work, request.assignment_id)
    extension = _asked(work, request.assignment_id, request.extension_id)
    with ending_steps(work, assignment.instruction_id, StepOutcome.REFUSED, calendar):
        extension.decide(ExtensionState.REFUSED, work.principal, work.now, request.remarks)
    said = {"remarks": request.remarks, "refused_by": work.principal.name}
    _tell(work, assignment, events.ExtensionRefused(**_of(work, assignment, extension), **said), "refuse_extension")
    return shown_after(work, assignment)


def _check_time(work: Work, assignment: Assignment, request: rpc.AskExtension) -> None:
    due_at = assignment.due_in_force(deadline_of(work, assignment))
    if assignment.state not in UNANSWERED:
        raise Conflict("该交办已反馈，无需延期。", "Feedback is given; no more time is needed.")
    if work.now >= due_at:
        raise Conflict(
            "已过反馈截止时间，不能再申请延期；请尽快反馈并说明原因。",
            "The due time has passed; an extension is asked before it. Give the feedback and say why it is late.",
            extra={"due_at": due_at.isoformat()},
        )
    asked = select(Extension).where(
        Extension.assignment_id == assignment.assignment_id, Extension.state == ExtensionState.ASKED
    )
    if earlier := work.session.scalar(asked):
        raise Conflict(
            f"{earlier.asked_by}已申请延期，正待审批。",
            f"{earlier.asked_by} has asked already; it waits to be decided.",
        )
    if request.wanted_due_at <= due_at:
        raise Invalid(
            "申请的截止时间必须晚于现截止时间。",
            "The time asked for must be later than the present due time.",
            pointer="/wanted_due_at",
        )


def _asked(work: Work, assignment_id: object, extension_id: object) -> Extension:
    wanted = select(Extension).where(Extension.extension_id == extension_id, Extension.assignment_id == assignment_id)
    extension = work.session.scalar(wanted.with_for_update().execution_options(populate_existing=True))
    if extension is None:
        raise NotFound("没有这项延期申请。", "There is no such extension.")
    return extension


def _of(work: Work, assignment: Assignment, extension: Extension) -> dict[str, object]:
    return event_facts(work, assignment) | {
        "extension_id": extension.extension_id,
        "unit_name": assignment.unit_name,
        "wanted_due_at": extension.wanted_due_at,
    }


def _tell(work: Work, assignment: Assignment, event: EventData, act: str) -> None:
    assignment.version += 1
    work.emit(event, subject=assignment.assignment_id, version=assignment.version)
    work.audit(act, assignment.assignment_id, assignment.version)
