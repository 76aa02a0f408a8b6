"""The clock of a unit's part of a commission: stopped by the receipt of its answer; the rule of all its clocks."""

from __future__ import annotations

from datetime import datetime

from kernel.database import Work
from kernel.deadlines.engine import find_deadline, settle
from services.review.deadlines import COMMISSION, announce
from services.review.model.commissions import CommissionTask

RULE, RULE_VERSION = "津政办发〔2008〕146号五（三）", "2008"
"""The notice wants commissions answered in the time they state."""


def count_answer(work: Work, task: CommissionTask, received_at: datetime) -> None:
    """The unit answered then: the receipt's time decides whether that was in time."""
    task.take_answer(received_at)
    deadline = find_deadline(work.session, COMMISSION, task.task_id, lock=True)
    if deadline is None:
        raise LookupError(f"task {task.task_id} has no deadline")
    settle(work, deadline, received_at, announce)
