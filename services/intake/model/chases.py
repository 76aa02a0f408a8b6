"""What is owed after each step of a chain, and whether it came: a plain function of what was signed (R05)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contracts.vocabulary import Kind, Severity
from kernel.deadlines.due import Due
from services.intake.model.chain_contents import ChainContents
from services.intake.model.chains import ChainOfReports, Step, lacking_in
from services.intake.model.follow_up_limits import FollowUpLimits


@dataclass(frozen=True)
class Chase:
    """After this document the next one is owed until `due`; it came at `settled_at`, or has not come."""

    report_id: UUID
    started_at: datetime
    due: Due
    severity: Severity | None
    settled_at: datetime | None


def chases(chain: ChainOfReports, contents: ChainContents, limits: FollowUpLimits) -> Iterable[Chase]:
    """One for every document before the final report; after it nothing is owed."""
    for number, step in enumerate(chain.steps):
        if step.kind is Kind.URGENT_FINAL:
            return
        upto = chain.steps[: number + 1]
        severity = _severity(upto)
        limit = limits.in_force(step.received_at, severity)
        if limit is None:
            continue
        due = limit.due(step.received_at, lacking=True)
        if not _lacks_something(upto, due.due_at, contents):
            due = limit.due(step.received_at, lacking=False)
        following = chain.steps[number + 1] if number + 1 < len(chain.steps) else None
        yield Chase(step.report_id, step.received_at, due, severity, following.received_at if following else None)


def _lacks_something(steps: tuple[Step, ...], by: datetime, contents: ChainContents) -> bool:
    """Whether these documents, in the versions received by then, leave something untold; later ones excuse nothing."""
    return bool(lacking_in((one for step in steps for one in step.statements if one.received_at <= by), contents))


def _severity(steps: tuple[Step, ...]) -> Severity | None:
    """The severity stated last when the newest of these documents came."""
    then = steps[-1].received_at
    stated = [one for step in steps for one in step.statements if one.severity and one.received_at <= then]
    return max(stated, key=lambda one: one.place).severity if stated else None
