"""Assignments: received by the unit, answered by feedback, which the supervisor accepts or returns."""

from __future__ import annotations

from uuid import UUID

from flask import flash, render_template

from contracts.rpc.review import Assignment, AssignmentPage
from contracts.vocabulary import AssignmentState
from gateway.console.forms import asked, asked_query, paragraphs
from gateway.console.page import Answer, Page, go_to

UNFINISHED = tuple(state for state in AssignmentState if state is not AssignmentState.ACCEPTED)
ALL = "all"
MOST = 200
"""Unfinished assignments of one state that the first page shows; by state they are paged."""


def list_assignments() -> Answer:
    """What is not finished, next due first; a state or everything on demand."""
    query = asked_query("state", "cursor")
    state = query.get("state")
    if state is None:
        page = _unfinished()
    else:
        wanted = {name: value for name, value in query.items() if value != ALL}
        page = asked("review", "list_assignments", AssignmentPage, **wanted)
    return render_template("console/assignments.html", page=page, query=query, states=AssignmentState)


def _unfinished() -> AssignmentPage:
    found = [
        assignment
        for state in UNFINISHED
        for assignment in asked("review", "list_assignments", AssignmentPage, state=state, limit=MOST).items
    ]
    return AssignmentPage(items=sorted(found, key=lambda assignment: assignment.deadline.due_at))


def show_assignment(assignment_id: UUID) -> Answer:
    assignment = asked("review", "get_assignment", Assignment, assignment_id=assignment_id)
    return render_template("console/assignment.html", assignment=assignment)


def receive_assignment(assignment_id: UUID) -> Answer:
    asked("review", "receive_assignment", Assignment, assignment_id=assignment_id)
    flash("已签收。")
    return go_to("show_assignment", assignment_id=assignment_id)


def accept_feedback(assignment_id: UUID) -> Answer:
    asked("review", "accept_feedback", Assignment, assignment_id=assignment_id)
    flash("反馈已通过，该交办事项办结。")
    return go_to("show_assignment", assignment_id=assignment_id)


def return_feedback(assignment_id: UUID) -> Answer:
    asked("review", "return_feedback", Assignment, assignment_id=assignment_id, remarks=paragraphs("remarks"))
    flash("反馈已退回，单位须补充后重新反馈。")
    return go_to("show_assignment", assignment_id=assignment_id)


ONE = "/assignments/<uuid:assignment_id>"

PAGES = (
    Page("GET", "/assignments", list_assignments),
    Page("GET", ONE, show_assignment),
    Page("POST", f"{ONE}/receipt", receive_assignment),
    Page("POST", f"{ONE}/acceptance", accept_feedback),
    Page("POST", f"{ONE}/return", return_feedback),
)
