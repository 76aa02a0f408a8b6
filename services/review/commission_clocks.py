"""The clock of a unit's part of a commission: stopped by the receipt of its answer."""

from __future__ import annotations

from datetime import datetime

from kernel.database import Work
from kernel.deadlines.engine import find_deadline, settle
from services.review.deadlines import COMMISSION, announce
from services.review.model.commissions import CommissionTask


def count_answer(work: Work, task: CommissionTask, received_at: datetime) -> None:
    """The unit answered then: the receipt's time decides whether that was in time."""
    task.take_answer(received_at)
    deadline = find_deadline(work.session, COMMISSION, task.task_id, lock=True)
    if deadline is None:
        raise LookupError(f"task {task.task_id} has no deadline")
    settle(work, deadline, received_at, announce)
