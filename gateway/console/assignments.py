"""Assignments: received by the unit, answered by feedback, which the supervisor accepts or returns."""

from __future__ import annotations

from uuid import UUID

from flask import flash, render_template

from contracts.rpc.review import Assignment, AssignmentPage
from contracts.vocabulary import AssignmentState
from gateway.console.forms import asked, asked_query, paragraphs
from gateway.console.page import Answer, Page, go_to


def list_assignments() -> Answer:
    query = asked_query("state", "cursor")
    page = asked("review", "list_assignments", AssignmentPage, **query)
    return render_template("console/assignments.html", page=page, query=query, states=AssignmentState)


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
