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
    """After this document, or after its withdrawal, the next one is owed until `due`; it came at `settled_at`, or has
    not come."""

    report_id: UUID
    started_at: datetime
    due: Due
    severity: Severity | None
    settled_at: datetime | None


def chases(chain: ChainOfReports, contents: ChainContents, limits: FollowUpLimits) -> Iterable[Chase]:
    """One for every document before the final report; after it nothing is owed, unless it is withdrawn."""
    reckoned = _Reckoning(contents, limits)
    asleep_until: datetime | None = None
    for number, step in enumerate(chain.steps):
        if step.kind is Kind.URGENT_FINAL:
            if step.withdrawn_at is None:
                return
            asleep_until = max(step.withdrawn_at, asleep_until or step.withdrawn_at)
        upto, following = chain.steps[: number + 1], chain.steps[number + 1 : number + 2]
        came_at = following[0].received_at if following else None
        begun_at = max(step.received_at, asleep_until or step.received_at)
        if came_at is None or came_at >= begun_at:  # else nothing was owed before the next one came
            chase = reckoned.chase(upto, begun_at, came_at)
            if chase is not None:
                yield chase


@dataclass(frozen=True)
class _Reckoning:
    contents: ChainContents
    limits: FollowUpLimits

    def chase(self, steps: tuple[Step, ...], begun_at: datetime, came_at: datetime | None) -> Chase | None:
        """What is owed after the last of these. Its withdrawal begins the limit anew where it was neither answered nor
        overdue: what came in time stays so, what was late stays late."""
        withdrawn_at = steps[-1].withdrawn_at
        due = self._due(steps, begun_at, came_at)
        if due and withdrawn_at and begun_at < withdrawn_at <= due.due_at and not _before(came_at, withdrawn_at):
            begun_at = withdrawn_at
            due = self._due(steps, begun_at, came_at)
        return Chase(steps[-1].report_id, begun_at, due, _severity(steps, begun_at), came_at) if due else None

    def _due(self, steps: tuple[Step, ...], begun_at: datetime, came_at: datetime | None) -> Due | None:
        limit = self.limits.in_force(begun_at, _severity(steps, begun_at))
        if limit is None:
            return None
        due = limit.due(begun_at, lacking=True)
        if self._lacks_something(steps, due.due_at):
            return due
        whole = limit.due(begun_at, lacking=False)
        for withdrawn_at in sorted(step.withdrawn_at for step in steps if step.withdrawn_at):
            if due.due_at < withdrawn_at <= whole.due_at and not _before(came_at, withdrawn_at):
                again = limit.due(withdrawn_at, lacking=True)
                if again.due_at < whole.due_at and self._lacks_something(steps, withdrawn_at):
                    return again
        return whole

    def _lacks_something(self, steps: tuple[Step, ...], by: datetime) -> bool:
        """Whether these documents, in the versions received by then, leave something untold; later ones excuse
        nothing."""
        said = (one for step in steps for one in step.statements if one.received_at <= by)
        return bool(lacking_in(said, self.contents))


def _before(came_at: datetime | None, at: datetime) -> bool:
    return came_at is not None and came_at < at


def _severity(steps: tuple[Step, ...], then: datetime) -> Severity | None:
    """The severity stated last at that time, by what was not withdrawn by then."""
    stated = [
        one
        for step in steps
        if step.withdrawn_at is None or step.withdrawn_at > then
        for one in step.statements
        if one.severity and one.received_at <= then
    ]
    return max(stated, key=lambda one: one.place).severity if stated else None
