"""What lies with the supervision office: the oldest first, each with its limit (R17)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, literal, null, or_, select
from sqlalchemy.orm import Session

from contracts.rpc import office_steps as rpc
from contracts.rpc.extensions import ExtensionState
from contracts.rpc.instructions import InstructionState
from contracts.rpc.office_steps import OfficeStep
from contracts.vocabulary import AssignmentState, InstructionClass, Role
from kernel.cursors import cursor_after, cut, read_cursor
from kernel.deadlines.calendar import WorkingCalendar
from kernel.errors import Forbidden
from kernel.service import Reading
from kernel.words import Word
from services.review.model.assignments import Assignment
from services.review.model.extensions import Extension
from services.review.model.feedback import Feedback, FeedbackState
from services.review.model.instructions import Instruction
from services.review.model.office_steps import Case, OfficeTelling, Waiting
from services.review.queries.assignments import SEE_ALL
from services.review.queries.instructions import STATES, UNDONE
from services.review.queries.issues import of_the_office


def list_office_cases(
    reading: Reading, request: rpc.ListOfficeCases, calendar: WorkingCalendar
) -> rpc.OfficeCasePage:
    """What waits for the office, of one step or all; late ones only on demand. Raises `Forbidden`."""
    require_office_reader(reading)
    found = [
        case
        for case in office_cases(reading.session, calendar)
        if request.step in (None, case.waiting.step) and (case.late(reading.now) or not request.late)
    ]
    if request.cursor:
        after = read_cursor(request.cursor, datetime, UUID)
        found = [case for case in found if case.waiting.place > after]
    page, last = cut(found[: request.limit + 1], request.limit)
    told = _told(reading.session, page)
    return rpc.OfficeCasePage(
        items=[_shown(case, reading.now, told.get(_key(case))) for case in page],
        next_cursor=cursor_after(*last.waiting.place) if last else None,
    )


def require_office_reader(reading: Reading) -> None:
    """Raises `Forbidden` for heads of other units: a unit reads nothing of the office's time."""
    if not reads_office(reading):
        raise Forbidden(
            "督办部门的办理情况，除督办、编辑等有关人员外，只有市政府办公厅的主要负责人可以查看。",
            "Of heads of units only the one of the city's own office reads what lies with the supervision office.",
        )


def reads_office(reading: Reading) -> bool:
    """Whether it is told to this person: all who oversee, and the head of the city's own office."""
    principal = reading.principal
    if principal.holds(*SEE_ALL):
        return True
    return principal.holds(Role.UNIT_HEAD) and bool(reading.session.scalar(select(of_the_office(principal))))


def office_cases(session: Session, calendar: WorkingCalendar, instruction_id: UUID | None = None) -> list[Case]:
    """All of them, or those of one instruction; there are as many as people of one office have not done yet."""
    one = () if instruction_id is None else (Instruction.instruction_id == instruction_id,)
    rows = [row for statement in _STATEMENTS for row in session.execute(statement.where(*one))]
    found = [Waiting(**row._mapping) for row in rows]
    return [Case.of(waiting, calendar) for waiting in sorted(found, key=_place)]


def _place(waiting: Waiting) -> tuple[datetime, UUID]:
    return waiting.place


def _key(case: Case) -> tuple[OfficeStep, UUID, datetime]:
    return case.waiting.step, case.waiting.subject_id, case.waiting.since


def _told(session: Session, cases: Iterable[Case]) -> dict[tuple[OfficeStep, UUID, datetime], datetime]:
    ids = [case.waiting.subject_id for case in cases]
    rows = session.scalars(select(OfficeTelling).where(OfficeTelling.subject_id.in_(ids)))
    return {(row.step, row.subject_id, row.since): row.told_at for row in rows}


def _shown(case: Case, now: datetime, told_at: datetime | None) -> rpc.OfficeCase:
    copied = rpc.OfficeCase.model_fields.keys() & Waiting.__dataclass_fields__.keys()
    return rpc.OfficeCase(
        **{name: getattr(case.waiting, name) for name in copied}, due_at=case.due_at, late=case.late(now),
        explanation_zh=case.explain_zh(now), explanation_en=case.explain_en(now), told_at=told_at,
    )


def _of_instruction(step: OfficeStep, since: Any) -> Select[Any]:
    return select(
        literal(step, Word(OfficeStep)).label("step"), Instruction.instruction_id.label("subject_id"),
        Instruction.instruction_id, null().label("assignment_id"), Instruction.report_id, Instruction.leader,
        Instruction.report_title, null().label("unit_name"), since.label("since"),
    )  # fmt: skip


def _of_assignment(step: OfficeStep, subject_id: Any, since: Any) -> Select[Any]:
    return select(
        literal(step, Word(OfficeStep)).label("step"), subject_id.label("subject_id"), Assignment.instruction_id,
        Assignment.assignment_id, Instruction.report_id, Instruction.leader, Assignment.report_title,
        Assignment.unit_name, since.label("since"),
    ).join(Instruction, Instruction.instruction_id == Assignment.instruction_id)  # fmt: skip


_ACCEPTED_AT = (
    select(func.max(Feedback.decided_at))
    .join(Assignment, Assignment.assignment_id == Feedback.assignment_id)
    .where(Assignment.instruction_id == Instruction.instruction_id, Feedback.state == FeedbackState.ACCEPTED)
    .correlate(Instruction)
    .scalar_subquery()
)
"""When the last of the units was done."""
_GIVEN_AT = (
    select(func.min(Feedback.received_at))
    .where(Feedback.assignment_id == Assignment.assignment_id, Feedback.state == FeedbackState.GIVEN)
    .correlate(Assignment)
    .scalar_subquery()
)
"""When the first came of the feedback that waits; a newer one in its place begins no new time."""

_STATEMENTS = (
    # What is for reference needs nobody who handles it.
    _of_instruction(OfficeStep.ASSIGN, Instruction.recorded_at).where(
        or_(
            and_(*STATES[InstructionState.RECORDED]),
            and_(*STATES[InstructionState.CONFIRMED], Instruction.instruction_class != InstructionClass.FOR_REFERENCE),
        )
    ),
    _of_assignment(OfficeStep.DECIDE_FEEDBACK, Assignment.assignment_id, _GIVEN_AT).where(
        Assignment.state == AssignmentState.FED_BACK
    ),
    _of_assignment(OfficeStep.DECIDE_EXTENSION, Extension.extension_id, Extension.asked_at)
    .join(Extension, Extension.assignment_id == Assignment.assignment_id)
    .where(Extension.state == ExtensionState.ASKED),
    _of_instruction(OfficeStep.PRESENT, func.coalesce(_ACCEPTED_AT, Instruction.recorded_at)).where(
        *STATES[InstructionState.IN_HAND], ~UNDONE
    ),
)
