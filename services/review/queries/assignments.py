"""Assignments with feedback and deadline: all of them for those who oversee, its own for a unit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, and_, func, select, tuple_
from sqlalchemy.orm import Session

from contracts.rpc import instructions as rpc
from contracts.rpc.extensions import Extension as ExtensionShown
from contracts.rpc.extensions import ExtensionState
from contracts.rpc.notices import Notice
from contracts.rpc.secrecy import WITHHELD_TEXT, WITHHELD_TITLE
from contracts.vocabulary import DeadlineKind, EscalationLevel, Role
from kernel.cursors import cursor_after, cut, read_cursor
from kernel.deadlines.model import Deadline
from kernel.errors import NotFound
from kernel.principal import Principal
from kernel.service import Reading
from services.review.model.assignments import Assignment
from services.review.model.desk import DeskItem
from services.review.model.escalations import Escalation
from services.review.model.extensions import Extension
from services.review.model.feedback import Feedback, FeedbackState
from services.review.model.instructions import Instruction
from services.review.model.secrecy import RaisedClass
from services.review.queries.deadlines import deadline_shown
from services.review.queries.issued_notices import notices_of

SEE_ALL = (Role.SUPERVISOR, Role.CHIEF_EDITOR, Role.SECRETARY, Role.LEADER, Role.EDITOR, Role.OPERATOR)
"""Roles that are not bound to one unit; everybody else sees his unit's own (access.md)."""

FEEDBACK, RECEIPT = DeadlineKind.FEEDBACK.value, DeadlineKind.ASSIGNMENT_RECEIPT.value
LEVELS = tuple(EscalationLevel)

DEADLINE = (Deadline, and_(Deadline.subject_id == Assignment.assignment_id, Deadline.kind == FEEDBACK))
OVERDUE_SINCE = func.greatest(Deadline.due_at, Assignment.renewed_due_at)
"""`Assignment.due_in_force` in SQL."""
_KEY = (OVERDUE_SINCE, Assignment.assignment_id)


def list_assignments(reading: Reading, request: rpc.ListAssignments) -> rpc.AssignmentPage:
    """Assignments by the time in force; a unit's people see that unit's only."""
    statement = _visible(reading.principal).join(*DEADLINE).order_by(*_KEY).limit(request.limit + 1)
    if request.state:
        statement = statement.where(Assignment.state == request.state)
    if request.unit_id:
        statement = statement.where(Assignment.unit_id == request.unit_id)
    if request.extension_asked:
        asked = select(Extension.assignment_id).where(Extension.state == ExtensionState.ASKED)
        statement = statement.where(Assignment.assignment_id.in_(asked))
    if request.cursor:
        statement = statement.where(tuple_(*_KEY) > read_cursor(request.cursor, datetime, UUID))
    page, last = cut(reading.session.scalars(statement).all(), request.limit)
    items = assignments_shown(reading.session, page, reading.now)
    next_cursor = cursor_after(items[-1].due_at, items[-1].assignment_id) if last else None
    return rpc.AssignmentPage(items=items, next_cursor=next_cursor)


def get_assignment(reading: Reading, request: rpc.AssignmentId) -> rpc.Assignment:
    """One assignment. Raises `NotFound`, also for another unit's."""
    assignment = visible_assignment(reading.session, reading.principal, request.assignment_id)
    return assignment_shown(reading.session, assignment, reading.now)


def visible_assignment(
    session: Session, principal: Principal, assignment_id: UUID, *, lock: bool = False
) -> Assignment:
    """The assignment if this person may see it. Raises `NotFound`."""
    statement = _visible(principal).where(Assignment.assignment_id == assignment_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    assignment = session.scalar(statement)
    if assignment is None:
        raise NotFound("没有这项交办。", "There is no such assignment.")
    return assignment


def assignment_shown(session: Session, assignment: Assignment, now: datetime) -> rpc.Assignment:
    """An assignment as the contract tells it."""
    return assignments_shown(session, [assignment], now)[0]


@dataclass(frozen=True)
class _Beside:
    """What stands in other tables, by the assignment."""

    instructions: dict[UUID, Instruction]
    deadlines: dict[tuple[str, UUID], Deadline]
    feedback: dict[UUID, list[rpc.Feedback]]
    extensions: dict[UUID, list[ExtensionShown]]
    escalations: dict[UUID, list[rpc.Escalation]]
    notices: dict[UUID, list[Notice]]


def assignments_shown(session: Session, assignments: Sequence[Assignment], now: datetime) -> list[rpc.Assignment]:
    """Assignments with all that belongs to them, six further queries for all of them."""
    ids = [assignment.assignment_id for assignment in assignments]
    of_instructions = select(Instruction).where(
        Instruction.instruction_id.in_({assignment.instruction_id for assignment in assignments})
    )
    beside = _Beside(
        instructions={row.instruction_id: row for row in session.scalars(of_instructions)},
        deadlines={(row.kind, row.subject_id): row for row in session.scalars(_deadlines(ids))},
        feedback=_feedback(session, ids),
        extensions=_extensions(session, ids),
        escalations=_escalations(session, ids),
        notices=notices_of(session, ids),
    )
    return [_shown(assignment, beside, now) for assignment in assignments]


def _visible(principal: Principal) -> Select[Assignment]:
    statement = select(Assignment)
    return statement if principal.holds(*SEE_ALL) else statement.where(Assignment.unit_id == principal.unit_id)


def _deadlines(ids: Sequence[UUID]) -> Select[Deadline]:
    return select(Deadline).where(Deadline.kind.in_((FEEDBACK, RECEIPT)), Deadline.subject_id.in_(ids))


def _extensions(session: Session, ids: Sequence[UUID]) -> dict[UUID, list[ExtensionShown]]:
    found: dict[UUID, list[ExtensionShown]] = defaultdict(list)
    wanted = select(Extension).where(Extension.assignment_id.in_(ids))
    for row in session.scalars(wanted.order_by(Extension.asked_at, Extension.extension_id)):
        told = {name: getattr(row, name) for name in ExtensionShown.model_fields}
        found[row.assignment_id].append(ExtensionShown(**told))
    return found


def _escalations(session: Session, ids: Sequence[UUID]) -> dict[UUID, list[rpc.Escalation]]:
    found: dict[UUID, list[rpc.Escalation]] = defaultdict(list)
    rows = session.scalars(select(Escalation).where(Escalation.assignment_id.in_(ids)))
    for row in sorted(rows, key=lambda row: (row.overdue_since, LEVELS.index(row.level))):
        told = rpc.Escalation(level=row.level, at=row.at, overdue_since=row.overdue_since)
        found[row.assignment_id].append(told)
    return found


def _feedback(session: Session, ids: Sequence[UUID]) -> dict[UUID, list[rpc.Feedback]]:
    """The unit's own feedback by its receipt's time; another unit's is kept but shown to nobody here. Of one whose
    class was raised there is no word here for anybody: who is cleared reads it as a report."""
    rows = session.execute(
        select(Feedback, RaisedClass.report_id.is_(None), DeskItem.report_id.is_not(None))
        .outerjoin(RaisedClass, RaisedClass.report_id == Feedback.report_id)
        .outerjoin(DeskItem, DeskItem.report_id == Feedback.report_id)
        .where(
            Feedback.assignment_id.in_(ids),
            Feedback.state.not_in((FeedbackState.FOREIGN, FeedbackState.UNMATCHED)),
        )
        .order_by(Feedback.received_at, Feedback.receipt_number)
    )
    found: dict[UUID, list[rpc.Feedback]] = defaultdict(list)
    for row, readable, on_desk in rows:
        if row.assignment_id is not None:
            found[row.assignment_id].append(_feedback_shown(row, readable=readable, on_desk=on_desk))
    return found


def _shown(assignment: Assignment, beside: _Beside, now: datetime) -> rpc.Assignment:
    instruction = beside.instructions[assignment.instruction_id]
    deadline = beside.deadlines[FEEDBACK, assignment.assignment_id]
    receipt = beside.deadlines.get((RECEIPT, assignment.assignment_id))
    return rpc.Assignment(
        assignment_id=assignment.assignment_id,
        instruction_id=assignment.instruction_id,
        version=assignment.version,
        unit_id=assignment.unit_id,
        unit_name=assignment.unit_name,
        leader=instruction.leader,
        instruction_text=instruction.text,
        part=assignment.part,
        requirement=assignment.requirement,
        report_title=assignment.report_title,
        due_at=assignment.due_in_force(deadline),
        state=assignment.state,
        turn=assignment.turn(presented=instruction.presented_at is not None, closed=instruction.closed_at is not None),
        received_by=assignment.received_by,
        received_at=assignment.received_at,
        feedback=beside.feedback[assignment.assignment_id],
        deadline=deadline_shown(deadline, now),
        receipt_deadline=deadline_shown(receipt, now) if receipt else None,
        renewed_due_at=assignment.renewed_due_at,
        extensions=beside.extensions[assignment.assignment_id],
        escalations=beside.escalations[assignment.assignment_id],
        notices=beside.notices[assignment.assignment_id],
    )


def _feedback_shown(feedback: Feedback, *, readable: bool, on_desk: bool) -> rpc.Feedback:
    return rpc.Feedback(
        report_id=feedback.report_id,
        receipt_number=feedback.receipt_number,
        title=feedback.title if readable else WITHHELD_TITLE,
        body=feedback.body if readable else WITHHELD_TEXT,
        received_at=feedback.received_at,
        state=feedback.state,
        remarks=feedback.remarks,
        on_desk=on_desk,
    )
