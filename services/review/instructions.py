"""Leaders' instructions: recorded, confirmed, assigned, presented, closed (notice 五(二))."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.events import review as events
from contracts.rpc import instructions as rpc
from contracts.rpc.finished_steps import StepOutcome
from contracts.vocabulary import IssueState, Role
from kernel.clock import china_day
from kernel.database import Work
from kernel.deadlines.calendar import WorkingCalendar
from kernel.errors import Conflict, Invalid, NotFound
from services.review.assignments import assign
from services.review.finished_steps import ending_steps
from services.review.model.adoptions import Adoption
from services.review.model.assignments import Assignment
from services.review.model.instructions import Instruction, check_given, leader_named
from services.review.model.issues import Issue
from services.review.model.secrecy import told_title
from services.review.model.supervision_rules import reckon
from services.review.model.units import Unit
from services.review.queries.instructions import instruction_shown


def record_instruction(work: Work, request: rpc.RecordInstruction, calendar: WorkingCalendar) -> rpc.Instruction:
    """Enter a leader's instruction; given at once by the leader himself or with the paper's scan, else it waits.

    Raises `NotFound`, `Conflict` (issue not published, instruction entered already), `Invalid` (times, units, paper).
    """
    check_given(request.given_at, work.now)
    adoption = _subject(work.session, request)
    _check_assignments(work, request.assignments)
    reckon(request.assignments, request.given_at, request.instruction_class, work.now, calendar)
    _check_former(work.session, request.follows)
    instruction = _new_instruction(work, request, adoption)
    if work.principal.holds(Role.LEADER) or request.scan is not None:
        _confirm(work, instruction, None, calendar)
    return _shown(work, instruction)


def confirm_instruction(work: Work, request: rpc.ConfirmInstruction, calendar: WorkingCalendar) -> rpc.Instruction:
    """It is the leader's own: told, and the units are assigned. Raises `Refusal`."""
    instruction = _locked(work, request.instruction_id)
    ended = StepOutcome.ASSIGNED if instruction.planned else StepOutcome.FOR_REFERENCE
    with ending_steps(work, instruction.instruction_id, ended, calendar):
        _confirm(work, instruction, request, calendar)
    return _shown(work, instruction)


def withdraw_instruction(work: Work, request: rpc.WithdrawInstruction, calendar: WorkingCalendar) -> rpc.Instruction:
    """A wrong entry that nobody has confirmed yet; kept with the reason. Raises `Conflict`."""
    instruction = _locked(work, request.instruction_id)
    with ending_steps(work, instruction.instruction_id, StepOutcome.WITHDRAWN, calendar):
        instruction.withdraw(work.principal, request.reason, work.now)
    work.audit("withdraw_instruction", instruction.instruction_id, instruction.version, reason=request.reason)
    return _shown(work, instruction)


def present_instruction(work: Work, request: rpc.PresentInstruction, calendar: WorkingCalendar) -> rpc.Instruction:
    """The leader is shown how it was handled. Raises `Conflict` naming the units that are not done."""
    instruction = _locked(work, request.instruction_id)
    with ending_steps(work, instruction.instruction_id, StepOutcome.PRESENTED, calendar):
        instruction.present(work.principal, request.note, work.now, _assignments(work.session, instruction))
    work.audit("present_instruction", instruction.instruction_id, instruction.version)
    return _shown(work, instruction)


def close_instruction(work: Work, request: rpc.InstructionId, calendar: WorkingCalendar) -> rpc.Instruction:
    """Close it once every assignment is accepted and shown to the leader. Raises `Conflict` naming the open ones."""
    instruction = _locked(work, request.instruction_id)
    with ending_steps(work, instruction.instruction_id, StepOutcome.CLOSED, calendar):
        _close(work, instruction)
    return _shown(work, instruction)


def _close(work: Work, instruction: Instruction) -> None:
    instruction.close(work.principal, work.now, _assignments(work.session, instruction))
    event = events.InstructionClosed(instruction_id=instruction.instruction_id, closed_by=work.principal.name)
    work.emit(event, subject=instruction.instruction_id, version=instruction.version)
    work.audit("close_instruction", instruction.instruction_id, instruction.version)


def _locked(work: Work, instruction_id: UUID) -> Instruction:
    instruction = work.session.get(Instruction, instruction_id, with_for_update=True, populate_existing=True)
    if instruction is None:
        raise NotFound("没有这条批示。", "There is no such instruction.")
    return instruction


def _assignments(session: Session, instruction: Instruction) -> list[Assignment]:
    wanted = select(Assignment).where(Assignment.instruction_id == instruction.instruction_id)
    return list(session.scalars(wanted.order_by(Assignment.place)))


def _shown(work: Work, instruction: Instruction) -> rpc.Instruction:
    work.session.flush()
    return instruction_shown(work.session, instruction, work.now)


def _subject(session: Session, request: rpc.RecordInstruction) -> Adoption | None:
    """The item instructed upon; None for a paper that is not in the system, which needs its subject and scan."""
    if request.issue_id is not None and request.report_id is not None:
        return _published_item(session, request.issue_id, request.report_id)
    if request.issue_id is not None or request.report_id is not None:
        missing = "report_id" if request.report_id is None else "issue_id"
        raise Invalid("期刊和信息须一并写明。", "State issue and report together.", pointer=f"/{missing}")
    if request.subject is None:
        raise Invalid(
            "请写明批示所在的期刊和信息；系统外的批示件，请写明事由。",
            "State issue and report; of a paper that is not in the system, its subject.", pointer="/subject",
        )
    if request.scan is None:
        raise Invalid("系统外的批示件须附扫描件。", "A paper not in the system needs its scan.", pointer="/scan")
    return None


def _published_item(session: Session, issue_id: UUID, report_id: UUID) -> Adoption:
    """The item instructed upon; one withdrawn since still stands in the published issue."""
    issue = session.get(Issue, issue_id)
    if issue is None:
        raise NotFound("没有这一期。", "There is no such issue.")
    if issue.state == IssueState.WITHDRAWN:
        raise Conflict("该期已撤销，不能登记批示。", "The issue was withdrawn; it cannot be instructed upon.")
    if issue.state != IssueState.PUBLISHED:
        raise Conflict(
            "该期尚未刊发，不能登记批示：请待刊发后登记；批示写在纸上的，请按纸质批示登记。",
            "The issue is not published and cannot be instructed upon yet; enter what stands on paper as paper.",
            pointer="/issue_id",
        )
    adoption = session.scalar(
        select(Adoption)
        .where(Adoption.issue_id == issue_id, Adoption.report_id == report_id, Adoption.published_at.is_not(None))
        .limit(1)
    )
    if adoption is None:
        raise Invalid("该期中没有这条信息。", "The issue holds no item of this report.", pointer="/report_id")
    return adoption


def _check_assignments(work: Work, assignments: list[rpc.NewAssignment]) -> None:
    parts = [new.part for new in assignments]
    if rpc.AssignmentPart.HELPING in parts and rpc.AssignmentPart.LEAD not in parts:
        raise Invalid("有协办单位，须有牵头单位。", "Helping units need a lead unit.", pointer="/assignments")
    for place, new in enumerate(assignments):
        _assignable(work, new.unit_id, place)


def _assignable(work: Work, unit_id: UUID, place: int) -> Unit:
    unit = work.session.get(Unit, unit_id)
    if unit is None or not unit.can_be_assigned(china_day(work.now)):
        raise Invalid(
            "没有这个单位，或该单位已撤销。",
            "There is no such unit, or it has been dissolved.",
            pointer=f"/assignments/{place}/unit_id",
        )
    return unit


def _check_former(session: Session, follows: UUID | None) -> None:
    if follows is None:
        return
    former = session.get(Instruction, follows)
    if former is None or former.awaits_confirmation:
        raise Invalid("没有所接续的批示，或它尚未确认。", "There is no such confirmed instruction.", pointer="/follows")


def _new_instruction(work: Work, request: rpc.RecordInstruction, adoption: Adoption | None) -> Instruction:
    if work.session.get(Instruction, request.instruction_id):
        raise Conflict("该批示已登记。", "This instruction has been entered already.")
    title = told_title(work.session, adoption.report_id, adoption.title) if adoption else request.subject or ""
    instruction = Instruction(
        **request.model_dump(exclude={"assignments", "scan", "subject", "leader"}),
        version=1,
        leader=leader_named(request.leader),
        report_title=title,
        report_kind=adoption.report_kind if adoption else None,
        unit_id=adoption.unit_id if adoption else None,
        unit_class=adoption.unit_class if adoption else None,
        recorded_by=work.principal.name,
        recorded_by_id=work.principal.id,
        recorded_at=work.now,
        awaits_confirmation=True,
        scan=request.scan.model_dump(mode="json") if request.scan else None,
        planned=[new.model_dump(mode="json") for new in request.assignments],
    )
    work.session.add(instruction)
    work.session.flush()
    work.audit("record_instruction", instruction.instruction_id, instruction.version, leader=instruction.leader)
    return instruction


def _confirm(
    work: Work, instruction: Instruction, request: rpc.ConfirmInstruction | None, calendar: WorkingCalendar
) -> None:
    instruction.confirm(work.principal, request.scan if request else None, work.now)
    planned = [rpc.NewAssignment.model_validate(new) for new in instruction.planned or []]
    try:
        reckoned = reckon(planned, instruction.given_at, instruction.instruction_class, work.now, calendar)
        units = [_assignable(work, new.unit_id, place) for place, new in enumerate(planned)]
    except Invalid as error:
        if request is None:
            raise
        raise Conflict(
            f"交办已不能按登记的内容下达：{error.detail_zh}请撤销这条登记，重新登记。",
            f"It cannot be assigned as it was recorded: {error.detail_en} Withdraw the entry and record it anew.",
        ) from error
    instruction.planned = None
    if instruction.report_id is not None:
        work.emit(_given(instruction), subject=instruction.instruction_id, version=instruction.version)
    manner = instruction.confirmation.value if instruction.confirmation else None
    work.audit("confirm_instruction", instruction.instruction_id, instruction.version, confirmation=manner)
    for place, (new, unit, when) in enumerate(zip(planned, units, reckoned, strict=True)):
        assign(work, instruction, place, new, unit, when)
    _end_former(work, instruction)


def _end_former(work: Work, instruction: Instruction) -> None:
    """A new instruction on what was presented ends the former one."""
    if instruction.follows is None:
        return
    former = _locked(work, instruction.follows)
    if former.presented_at is not None and former.closed_at is None:
        _close(work, former)


def _given(instruction: Instruction) -> events.InstructionGiven:
    names = events.InstructionGiven.model_fields.keys()
    return events.InstructionGiven(**{name: getattr(instruction, name) for name in names})
