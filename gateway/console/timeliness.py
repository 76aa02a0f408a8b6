"""The two compliance tables, and every time limit that is running."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template

from contracts.rpc.intake import Deadline, DeadlinePage, TimelinessTable
from contracts.rpc.review import AssignmentPage
from contracts.vocabulary import AssignmentState, DeadlineOutcome
from gateway.console.forms import asked
from gateway.console.menu import may
from gateway.console.page import Answer, Page
from kernel.errors import Forbidden, Refusal

UNDECIDED = (AssignmentState.ASSIGNED, AssignmentState.RECEIVED, AssignmentState.RETURNED)


@dataclass(frozen=True)
class Part:
    """Rows, or what kept them away."""

    rows: Sequence[Any]
    trouble: str | None = None


def show_timeliness() -> Answer:
    return render_template(
        "console/timeliness.html",
        urgent_table=_part(lambda: asked("intake", "urgent_timeliness", TimelinessTable).rows),
        feedback=_part(lambda: asked("review", "feedback_timeliness", TimelinessTable).rows),
        deadlines=_part(_urgent_deadlines),
        feedback_deadlines=_part(_feedback_deadlines),
    )


def _urgent_deadlines() -> list[Deadline]:
    return asked("intake", "list_deadlines", DeadlinePage, outcome=DeadlineOutcome.OPEN, limit=100).items


def _feedback_deadlines() -> list[Deadline]:
    """Of assignments that nobody has answered yet; read from the assignments, which show them to whom they concern."""
    if not may("list_assignments"):
        return []
    found = [
        assignment.deadline
        for state in UNDECIDED
        for assignment in asked("review", "list_assignments", AssignmentPage, state=state, limit=100).items
    ]
    return sorted(found, key=lambda deadline: deadline.due_at)


def _part(read: Callable[[], Sequence[Any]]) -> Part | None:
    """None for a part that this person's role does not see."""
    try:
        return Part(read())
    except Forbidden:
        return None
    except Refusal as refusal:
        return None if refusal.problem == "forbidden" else Part((), refusal.detail_zh)


PAGES = (Page("GET", "/timeliness", show_timeliness),)
