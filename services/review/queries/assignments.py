"""Assignments with feedback and deadline: all of them for those who oversee, its own for a unit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select, tuple_
from sqlalchemy.orm import Session

from contracts.rpc import instructions as rpc
from contracts.rpc.secrecy import WITHHELD_TEXT, WITHHELD_TITLE
from contracts.vocabulary import Role
from kernel.deadlines.model import Deadline
from kernel.errors import NotFound
from kernel.principal import Principal
from kernel.service import Reading
from services.review.model.assignments import Assignment
from services.review.model.feedback import Feedback, FeedbackState
from services.review.model.instructions import Instruction
from services.review.model.secrecy import RaisedClass
from services.review.queries.cursors import cursor_after, cut, read_cursor
from services.review.queries.deadlines import deadline_shown

SEE_ALL = (Role.SUPERVISOR, Role.CHIEF_EDITOR, Role.SECRETARY, Role.LEADER, Role.EDITOR, Role.OPERATOR)
"""Roles that are not bound to one unit; everybody else sees his unit's own (access.md)."""

_KEY = (Assignment.due_at, Assignment.assignment_id)


def list_assignments(reading: Reading, request: rpc.ListAssignments) -> rpc.AssignmentPage:
    """Assignments by their first due time; a unit's people see that unit's only."""
    statement = _visible(reading.principal).order_by(*_KEY).limit(request.limit + 1)
    if request.state:
        statement = statement.where(Assignment.state == request.state)
    if request.unit_id:
        statement = statement.where(Assignment.unit_id == request.unit_id)
    if request.cursor:
        statement = statement.where(tuple_(*_KEY) > read_cursor(request.cursor, datetime, UUID))
    page, last = cut(reading.session.scalars(statement).all(), request.limit)
    return rpc.AssignmentPage(
        items=assignments_shown(reading.session, page, reading.now),
        next_cursor=cursor_after(last.due_at, last.assignment_id) if last else None,
    )


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


def assignments_shown(session: Session, assignments: Sequence[Assignment], now: datetime) -> list[rpc.Assignment]:
    """Assignments with instruction, feedback and deadline, three further queries for all of them."""
    ids = [assignment.assignment_id for assignment in assignments]
    instructions = {
        row.instruction_id: row
        for row in session.scalars(
            select(Instruction).where(Instruction.instruction_id.in_({a.instruction_id for a in assignments}))
        )
    }
    deadlines = {row.subject_id: row for row in session.scalars(_deadlines(ids))}
    feedback = _feedback(session, ids)
    return [
        _shown(a, instructions[a.instruction_id], deadlines[a.assignment_id], feedback[a.assignment_id], now)
        for a in assignments
    ]


def _visible(principal: Principal) -> Select[Assignment]:
    statement = select(Assignment)
    return statement if principal.holds(*SEE_ALL) else statement.where(Assignment.unit_id == principal.unit_id)


def _deadlines(ids: Sequence[UUID]) -> Select[Deadline]:
    return select(Deadline).where(Deadline.kind == "feedback", Deadline.subject_id.in_(ids))


def _feedback(session: Session, ids: Sequence[UUID]) -> dict[UUID, list[rpc.Feedback]]:
    """The unit's own feedback by its receipt's time; another unit's is kept but shown to nobody here. Of one whose
    class was raised there is no word here for anybody: who is cleared reads it as a report."""
    rows = session.execute(
        select(Feedback, RaisedClass.report_id.is_(None))
        .outerjoin(RaisedClass, RaisedClass.report_id == Feedback.report_id)
        .where(
            Feedback.assignment_id.in_(ids),
            Feedback.state.not_in((FeedbackState.FOREIGN, FeedbackState.UNMATCHED)),
        )
        .order_by(Feedback.received_at, Feedback.receipt_number)
    )
    found: dict[UUID, list[rpc.Feedback]] = defaultdict(list)
    for row, readable in rows:
        if row.assignment_id is not None:
            found[row.assignment_id].append(_feedback_shown(row, readable=readable))
    return found


def _shown(
    assignment: Assignment,
    instruction: Instruction,
    deadline: Deadline,
    feedback: list[rpc.Feedback],
    now: datetime,
) -> rpc.Assignment:
    return rpc.Assignment(
        assignment_id=assignment.assignment_id,
        instruction_id=assignment.instruction_id,
        version=assignment.version,
        unit_id=assignment.unit_id,
        unit_name=assignment.unit_name,
        leader=instruction.leader,
        instruction_text=instruction.text,
        requirement=assignment.requirement,
        report_title=assignment.report_title,
        due_at=deadline.due_at,
        state=assignment.state,
        received_by=assignment.received_by,
        received_at=assignment.received_at,
        feedback=feedback,
        deadline=deadline_shown(deadline, now),
    )


def _feedback_shown(feedback: Feedback, *, readable: bool) -> rpc.Feedback:
    return rpc.Feedback(
        report_id=feedback.report_id,
        receipt_number=feedback.receipt_number,
        title=feedback.title if readable else WITHHELD_TITLE,
        body=feedback.body if readable else WITHHELD_TEXT,
        received_at=feedback.received_at,
        state=feedback.state,
        remarks=feedback.remarks,
    )
