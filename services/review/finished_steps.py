"""What lay with the supervision office and does so no more is kept with how long it took, in the act's transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from contracts.rpc.finished_steps import StepOutcome
from kernel.database import Work
from kernel.deadlines.calendar import WorkingCalendar
from services.review.model.finished_steps import FinishedStep
from services.review.queries.office_steps import office_cases


@contextmanager
def ending_steps(work: Work, instruction_id: UUID, outcome: StepOutcome, calendar: WorkingCalendar) -> Iterator[None]:
    """Keep each step of the instruction that waits before the act within and waits no more after it.

    What waits is read from the states both times, as the list of the office's cases reads it: an act need not know
    which steps it ends. Whoever calls holds the lock of what the act changes.
    """
    before = office_cases(work.session, calendar, instruction_id)
    yield
    work.session.flush()
    after = office_cases(work.session, calendar, instruction_id)
    waiting = {(case.waiting.step, case.waiting.subject_id) for case in after}
    for case in before:
        if (case.waiting.step, case.waiting.subject_id) not in waiting:
            work.session.add(FinishedStep.of(case, outcome, work.principal, work.now))
