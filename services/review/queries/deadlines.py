"""A deadline of review's as the contract tells it, from its own facts."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from contracts.rpc.deadlines import Deadline as DeadlineShown
from contracts.vocabulary import DeadlineKind, DeadlineOutcome
from kernel.deadlines.model import OPEN, Deadline

BY_RECEIPT = tuple(kind.value for kind in (DeadlineKind.FEEDBACK, DeadlineKind.COMMISSION, DeadlineKind.GUIDANCE))
"""Kinds that a signed document meets: its receipt may still be on its way."""


def deadline_shown(deadline: Deadline, now: datetime) -> DeadlineShown:
    """With the sentence that explains it."""
    explanation = deadline.explain()
    return DeadlineShown(
        deadline_id=deadline.id,
        kind=DeadlineKind(deadline.kind),
        subject_id=deadline.subject_id,
        unit_id=UUID(deadline.facts["unit_id"]),
        unit_name=deadline.facts["unit_name"],
        title=deadline.facts["title"],
        severity=None,
        started_at=deadline.started_at,
        due_at=deadline.due_at,
        outcome=DeadlineOutcome(deadline.outcome),
        decided_at=deadline.decided_at,
        receipt_unknown=deadline.kind in BY_RECEIPT and deadline.outcome == OPEN and deadline.due_at < now,
        explanation_zh=explanation.zh,
        explanation_en=explanation.en,
    )
