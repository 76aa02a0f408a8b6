"""Instructions with their assignments, for those who oversee the handling."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from contracts.rpc import instructions as rpc
from contracts.rpc.attachments import Attachment
from contracts.rpc.instructions import InstructionState
from contracts.vocabulary import AssignmentState
from kernel.cursors import cursor_after, cut, read_cursor
from kernel.errors import NotFound
from kernel.service import Reading
from services.review.model.assignments import Assignment
from services.review.model.instructions import Instruction
from services.review.model.units import Unit
from services.review.queries.assignments import assignments_shown

_KEY = (Instruction.given_at, Instruction.recorded_at, Instruction.instruction_id)
"""Times of giving are typed by the minute: within one, the later recorded is the newer."""
_ASSIGNED = exists().where(Assignment.instruction_id == Instruction.instruction_id)
UNDONE = exists().where(
    Assignment.instruction_id == Instruction.instruction_id, Assignment.state != AssignmentState.ACCEPTED
)
_GIVEN = (~Instruction.awaits_confirmation, Instruction.closed_at.is_(None))
STATES: dict[InstructionState, tuple[ColumnElement[bool] | InstrumentedAttribute[bool], ...]] = {
    InstructionState.RECORDED: (Instruction.awaits_confirmation, Instruction.withdrawn_at.is_(None)),
    InstructionState.WITHDRAWN: (Instruction.withdrawn_at.is_not(None),),
    InstructionState.CONFIRMED: (*_GIVEN, Instruction.presented_at.is_(None), ~_ASSIGNED),
    InstructionState.IN_HAND: (*_GIVEN, Instruction.presented_at.is_(None), _ASSIGNED),
    InstructionState.PRESENTED: (*_GIVEN, Instruction.presented_at.is_not(None)),
    InstructionState.CLOSED: (Instruction.closed_at.is_not(None),),
}
"""What `Instruction.state` says, in SQL."""


def get_instruction(reading: Reading, request: rpc.InstructionId) -> rpc.Instruction:
    """One instruction. Raises `NotFound`."""
    instruction = reading.session.get(Instruction, request.instruction_id)
    if instruction is None:
        raise NotFound("没有这条批示。", "There is no such instruction.")
    return instruction_shown(reading.session, instruction, reading.now)


def list_instructions(reading: Reading, request: rpc.ListInstructions) -> rpc.InstructionPage:
    """Instructions, the newest given first."""
    statement = select(Instruction).order_by(*(column.desc() for column in _KEY)).limit(request.limit + 1)
    if request.state:
        statement = statement.where(*STATES[request.state])
    if request.to_present:
        statement = statement.where(*STATES[InstructionState.IN_HAND], ~UNDONE)
    if request.cursor:
        statement = statement.where(tuple_(*_KEY) < read_cursor(request.cursor, datetime, datetime, UUID))
    page, last = cut(reading.session.scalars(statement).all(), request.limit)
    return rpc.InstructionPage(
        items=_all_shown(reading.session, page, reading.now),
        next_cursor=cursor_after(last.given_at, last.recorded_at, last.instruction_id) if last else None,
    )


def instruction_shown(session: Session, instruction: Instruction, now: datetime) -> rpc.Instruction:
    """An instruction with its assignments as the contract tells it."""
    return _all_shown(session, [instruction], now)[0]


def _all_shown(session: Session, instructions: Sequence[Instruction], now: datetime) -> list[rpc.Instruction]:
    rows = session.scalars(
        select(Assignment)
        .where(Assignment.instruction_id.in_([row.instruction_id for row in instructions]))
        .order_by(Assignment.place)
    ).all()
    by_instruction: dict[UUID, list[rpc.Assignment]] = defaultdict(list)
    for shown in assignments_shown(session, rows, now):
        by_instruction[shown.instruction_id].append(shown)
    followed = _followed_by(session, [row.instruction_id for row in instructions])
    names = _unit_names(session, instructions)
    return [
        _shown(one, by_instruction[one.instruction_id], followed[one.instruction_id], names) for one in instructions
    ]


def _unit_names(session: Session, instructions: Sequence[Instruction]) -> dict[UUID, str]:
    """Of the units that are planned."""
    ids = {UUID(new["unit_id"]) for one in instructions for new in one.planned or []}
    return {unit.unit_id: unit.name for unit in session.scalars(select(Unit).where(Unit.unit_id.in_(ids)))}


def _followed_by(session: Session, ids: list[UUID]) -> dict[UUID, list[UUID]]:
    found: dict[UUID, list[UUID]] = defaultdict(list)
    following = select(Instruction.follows, Instruction.instruction_id).where(Instruction.follows.in_(ids))
    for former, instruction_id in session.execute(following.order_by(*_KEY)):
        if former is not None:
            found[former].append(instruction_id)
    return found


_COPIED = rpc.Instruction.model_fields.keys() & {column.key for column in Instruction.__table__.columns} - {
    "scan", "planned",
}  # fmt: skip


def _shown(
    instruction: Instruction, assignments: list[rpc.Assignment], followed_by: list[UUID], names: dict[UUID, str]
) -> rpc.Instruction:
    copied = {name: getattr(instruction, name) for name in _COPIED}
    return rpc.Instruction(
        **copied,
        state=instruction.state(assigned=bool(assignments)),
        scan=Attachment.model_validate(instruction.scan) if instruction.scan else None,
        planned=[
            rpc.PlannedAssignment(**new, unit_name=names[UUID(new["unit_id"])]) for new in instruction.planned or []
        ],
        followed_by=followed_by,
        assignments=assignments,
    )
