"""What was said about late reports, read for cases and lists."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.vocabulary import LateDecision
from services.intake.model.late_statements import LateStatement


@dataclass(frozen=True)
class Said:
    """In short: whether the unit gave a reason, and what was decided last."""

    reason_stated: bool = False
    decision: LateDecision | None = None


def statements_of(session: Session, deadline_ids: Iterable[UUID]) -> dict[UUID, list[LateStatement]]:
    """All statements of these deadlines, oldest first."""
    query = select(LateStatement).where(LateStatement.deadline_id.in_(list(deadline_ids))).order_by(LateStatement.id)
    found: dict[UUID, list[LateStatement]] = {}
    for statement in session.scalars(query):
        found.setdefault(statement.deadline_id, []).append(statement)
    return found


def in_short(statements: list[LateStatement]) -> Said:
    decisions = [each.decision for each in statements if each.decision is not None]
    return Said(
        reason_stated=any(each.decision is None for each in statements), decision=decisions[-1] if decisions else None
    )


def newest_decision(session: Session, deadline_id: UUID) -> LateDecision | None:
    """What was decided last; None when nobody has."""
    return in_short(statements_of(session, [deadline_id]).get(deadline_id, [])).decision
