"""Instructions with their assignments, for those who oversee the handling."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from contracts.rpc import instructions as rpc
from contracts.rpc.paging import ListQuery
from kernel.errors import NotFound
from kernel.service import Reading
from services.review.model.assignments import Assignment
from services.review.model.instructions import Instruction
from services.review.queries.assignments import assignments_shown
from services.review.queries.cursors import cursor_after, cut, read_cursor

_KEY = (Instruction.given_at, Instruction.instruction_id)


def get_instruction(reading: Reading, request: rpc.InstructionId) -> rpc.Instruction:
    """One instruction. Raises `NotFound`."""
    instruction = reading.session.get(Instruction, request.instruction_id)
    if instruction is None:
        raise NotFound("没有这条批示。", "There is no such instruction.")
    return instruction_shown(reading.session, instruction, reading.now)


def list_instructions(reading: Reading, request: ListQuery) -> rpc.InstructionPage:
    """Instructions, the newest given first."""
    statement = select(Instruction).order_by(*(column.desc() for column in _KEY)).limit(request.limit + 1)
    if request.cursor:
        statement = statement.where(tuple_(*_KEY) < read_cursor(request.cursor, datetime, UUID))
    page, last = cut(reading.session.scalars(statement).all(), request.limit)
    return rpc.InstructionPage(
        items=_all_shown(reading.session, page, reading.now),
        next_cursor=cursor_after(last.given_at, last.instruction_id) if last else None,
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
    return [_shown(instruction, by_instruction[instruction.instruction_id]) for instruction in instructions]


def _shown(instruction: Instruction, assignments: list[rpc.Assignment]) -> rpc.Instruction:
    return rpc.Instruction(
        instruction_id=instruction.instruction_id,
        issue_id=instruction.issue_id,
        report_id=instruction.report_id,
        report_title=instruction.report_title,
        leader=instruction.leader,
        text=instruction.text,
        instruction_class=instruction.instruction_class,
        level=instruction.level,
        given_at=instruction.given_at,
        recorded_by=instruction.recorded_by,
        closed_at=instruction.closed_at,
        assignments=assignments,
    )
