"""Whose turn it was with an instruction, and for how long (R17)."""

from __future__ import annotations

from sqlalchemy import select

from contracts.rpc import turns as rpc
from contracts.rpc.instructions import InstructionId
from kernel.deadlines.calendar import WorkingCalendar
from kernel.errors import NotFound
from kernel.service import Reading
from services.review.model.assignments import Assignment
from services.review.model.feedback import Feedback
from services.review.model.finished_steps import FinishedStep
from services.review.model.instructions import Instruction
from services.review.model.turns import stretches
from services.review.queries.office_steps import office_cases

_COPIED = rpc.TurnTaken.model_fields.keys() - {"seconds"}


def list_turns(reading: Reading, request: InstructionId, calendar: WorkingCalendar) -> rpc.TurnTable:
    """Raises `NotFound`."""
    session = reading.session
    instruction = session.get(Instruction, request.instruction_id)
    if instruction is None:
        raise NotFound("没有这条批示。", "There is no such instruction.")
    one = request.instruction_id
    assignments = session.scalars(
        select(Assignment).where(Assignment.instruction_id == one).order_by(Assignment.place)
    ).all()
    ids = [assignment.assignment_id for assignment in assignments]
    feedback = session.scalars(
        select(Feedback).where(Feedback.assignment_id.in_(ids), Feedback.decided_at.is_not(None))
    ).all()
    finished = session.scalars(select(FinishedStep).where(FinishedStep.instruction_id == one)).all()
    cases = office_cases(session, calendar, one)
    found = stretches(instruction, assignments, feedback, finished, cases, reading.now)
    return rpc.TurnTable(
        rows=[
            rpc.TurnTaken(**{name: getattr(each, name) for name in _COPIED}, seconds=each.seconds(reading.now))
            for each in found
        ]
    )
