"""Assignments: received by the unit, answered by feedback, which the supervisor accepts or returns."""

from __future__ import annotations

from uuid import UUID, uuid5

from flask import flash, render_template, request

from contracts.rpc.instructions import Assignment, AssignmentPage
from contracts.services import RPC
from contracts.vocabulary import AssignmentState
from gateway.api.routes import ask
from gateway.bodies import checked
from gateway.console.finished_steps import turns_of
from gateway.console.forms import asked, asked_query, beijing_time, form_key, paragraphs
from gateway.console.page import Answer, Page, go_to
from kernel.errors import Refusal

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
    return AssignmentPage(items=sorted(found, key=lambda assignment: assignment.due_at))


def show_assignment(assignment_id: UUID) -> Answer:
    assignment = asked("review", "get_assignment", Assignment, assignment_id=assignment_id)
    return render_template(
        "console/assignment.html", assignment=assignment, turns=turns_of(assignment.instruction_id)
    )


def receive_assignment(assignment_id: UUID) -> Answer:
    asked("review", "receive_assignment", Assignment, assignment_id=assignment_id)
    flash("已签收。")
    return go_to("show_assignment", assignment_id=assignment_id)


def receive_assignments() -> Answer:
    """Receive the chosen ones, each by a command of its own; one that is refused stops no other."""
    chosen = request.form.getlist("assignment")
    troubles = [trouble for assignment_id in chosen if (trouble := _receive(assignment_id))]
    flash(f"已签收 {len(chosen) - len(troubles)} 件。" if chosen else "没有选中任何一件。")
    for trouble in troubles:
        flash(f"未签收：{trouble}")
    return go_to("home")


def _receive(assignment_id: str) -> str | None:
    """What kept it from being received; None when it was."""
    method = RPC["review"]["receive_assignment"]
    try:
        wanted = checked(method.request, {"assignment_id": assignment_id})
        ask("review", "receive_assignment", wanted, uuid5(form_key(), f"receive_assignment {assignment_id}"))
    except Refusal as refusal:
        return refusal.detail_zh
    return None


def accept_feedback(assignment_id: UUID) -> Answer:
    asked("review", "accept_feedback", Assignment, assignment_id=assignment_id)
    flash("反馈已通过，该交办事项办结。")
    return go_to("show_assignment", assignment_id=assignment_id)


def return_feedback(assignment_id: UUID) -> Answer:
    asked("review", "return_feedback", Assignment, assignment_id=assignment_id, remarks=paragraphs("remarks"))
    flash("反馈已退回，单位须补充后重新反馈。")
    return go_to("show_assignment", assignment_id=assignment_id)


def lay_feedback_on_desk(assignment_id: UUID) -> Answer:
    asked("review", "lay_feedback_on_desk", Assignment, assignment_id=assignment_id)
    flash("反馈已提交编辑台，由编辑处理。")
    return go_to("show_assignment", assignment_id=assignment_id)


def ask_extension(assignment_id: UUID) -> Answer:
    asked(
        "review", "ask_extension", Assignment, assignment_id=assignment_id,
        extension_id=uuid5(form_key(), "extension_id"), reason=paragraphs("reason"), progress=paragraphs("progress"),
        wanted_due_at=beijing_time("wanted_due_at"),
    )
    flash("延期申请已送督办部门审批；批准以前，原截止时间不变。")
    return go_to("show_assignment", assignment_id=assignment_id)


def grant_extension(assignment_id: UUID, extension_id: UUID) -> Answer:
    asked(
        "review", "grant_extension", Assignment, assignment_id=assignment_id, extension_id=extension_id,
        due_at=beijing_time("due_at"), remarks=paragraphs("remarks"),
    )
    flash("已准予延期，截止时间已更新并告知单位。")
    return go_to("show_assignment", assignment_id=assignment_id)


def refuse_extension(assignment_id: UUID, extension_id: UUID) -> Answer:
    asked(
        "review", "refuse_extension", Assignment, assignment_id=assignment_id, extension_id=extension_id,
        remarks=paragraphs("remarks"),
    )
    flash("未准延期，原截止时间不变，已告知单位。")
    return go_to("show_assignment", assignment_id=assignment_id)


ONE = "/assignments/<uuid:assignment_id>"

PAGES = (
    Page("GET", "/assignments", list_assignments),
    Page("GET", ONE, show_assignment),
    Page("POST", "/assignments/receipts", receive_assignments),
    Page("POST", f"{ONE}/receipt", receive_assignment),
    Page("POST", f"{ONE}/acceptance", accept_feedback),
    Page("POST", f"{ONE}/return", return_feedback),
    Page("POST", f"{ONE}/feedback/desk-item", lay_feedback_on_desk),
    Page("POST", f"{ONE}/extensions", ask_extension),
    Page("POST", f"{ONE}/extensions/<uuid:extension_id>/grant", grant_extension),
    Page("POST", f"{ONE}/extensions/<uuid:extension_id>/refusal", refuse_extension),
)
