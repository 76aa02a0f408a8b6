"""Commissions: issued from a subject on the desk or freely, followed unit by unit; a unit's own and its answer."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid5

from flask import flash, render_template, request

from contracts.problems import PROBLEMS
from contracts.rpc.commissions import (
    Commission,
    CommissionPage,
    CommissionState,
    CommissionTask,
    CommissionTaskPage,
    Origin,
    Quality,
    TaskState,
)
from contracts.rpc.content import Reference
from contracts.rpc.desk import DeskItem
from contracts.rpc.directory import Unit, UnitPage
from contracts.rpc.roles import CITY
from contracts.vocabulary import Kind, UnitClass
from gateway.console.forms import asked, asked_query, beijing_time, form_key, key_after, line, paragraphs
from gateway.console.page import Answer, Page, go_to
from gateway.entrance import present
from kernel.errors import Refusal

REPORTING = tuple(unit_class for unit_class in UnitClass if unit_class is not UnitClass.CITY_OFFICE)
"""Classes that a form offers."""
USUAL_DAYS = "5"
LISTED_BY = ("state", "cursor")
"""What of the address says which of a commission's units are shown."""


def list_commissions() -> Answer:
    """The city's people see commissions, a unit's people their own unit's parts with what is left of the time."""
    if not present().principal.holds(*CITY):
        return list_commission_tasks()
    query = asked_query("state", "owed_upward", "cursor")
    page = asked("review", "list_commissions", CommissionPage, **query)
    return render_template("console/commissions.html", page=page, query=query, states=CommissionState)


def list_commission_tasks() -> Answer:
    query = asked_query("state", "unit_id", "cursor")
    page = asked("review", "list_commission_tasks", CommissionTaskPage, **query)
    return render_template("console/commission_tasks.html", page=page, query=query, states=TaskState)


def new_commission() -> Answer:
    """Begun from a report on the desk, from a rising subject, or from nothing."""
    wanted = asked_query("from_report_id", "subject")
    typed: dict[str, Any] = {"working_days": USUAL_DAYS, "origin": Origin.CITY} | wanted
    if "from_report_id" in wanted:
        typed["subject"] = asked("review", "get_desk_item", DeskItem, report_id=wanted["from_report_id"]).title
    if "subject" in typed:
        typed["requirements"] = f"围绕“{typed['subject']}”报送本单位有关情况、做法和建议。"
    return _form(typed, [], [])


def _form(typed: dict[str, Any], units: list[str], classes: list[str], refusal: Refusal | None = None) -> str:
    return render_template(
        "console/commission_form.html", typed=typed, chosen_units=units, chosen_classes=classes, refusal=refusal,
        units=reporting_units(), classes=REPORTING, origins=Origin, key=key_after(refusal.problem) if refusal else None,
    )


def reporting_units() -> list[Unit]:
    """Units to choose from; none while intake is away: then classes can still be chosen."""
    try:
        return [unit for unit in asked("intake", "list_units", UnitPage, limit=200).items if unit.valid_to is None]
    except Refusal:
        return []


def issue_commission() -> Answer:
    """A refusal shows the form again with everything that was typed."""
    try:
        issued = _issue()
    except Refusal as refusal:
        typed, units, classes = request.form.to_dict(), *addressed().values()
        return _form(typed, units, classes, refusal), PROBLEMS[refusal.problem].status
    flash(f"约稿已下达 {sum(issued.counts.values())} 个单位，并已通知。")
    return go_to("show_commission", commission_id=issued.commission_id)


def _issue() -> Commission:
    """A stated due time goes before the working days, which the form brings filled in."""
    due_at = beijing_time("due_at")
    return asked(
        "review", "issue_commission", Commission, commission_id=uuid5(form_key(), "commission_id"),
        subject=line("subject") or "", requirements=paragraphs("requirements"), length=line("length"),
        due_at=due_at, working_days=None if due_at else line("working_days"), template=paragraphs("template") or None,
        origin=line("origin"), upward_due_at=beijing_time("upward_due_at"), from_report_id=line("from_report_id"),
        **addressed(),
    )


def addressed() -> dict[str, list[str]]:
    """Units and classes that are ticked."""
    return {"unit_ids": request.form.getlist("unit_ids"), "unit_classes": request.form.getlist("unit_classes")}


def show_commission(commission_id: UUID) -> Answer:
    commission = asked("review", "get_commission", Commission, commission_id=commission_id)
    query = asked_query(*LISTED_BY)
    page = asked(
        "review", "list_commission_tasks", CommissionTaskPage, commission_id=commission_id, limit=200, **query
    )
    return render_template(
        "console/commission.html", commission=commission, page=page, states=TaskState, qualities=Quality,
        query=query | {"commission_id": str(commission_id)}, listed_by=LISTED_BY,
    )


def withdraw_commission(commission_id: UUID) -> Answer:
    asked("review", "withdraw_commission", Commission, commission_id=commission_id, reason=paragraphs("reason"))
    flash("约稿已撤回，并已通知有关单位。")
    return go_to("show_commission", commission_id=commission_id)


def close_commission(commission_id: UUID) -> Answer:
    asked("review", "close_commission", Commission, commission_id=commission_id)
    flash("约稿已办结。")
    return go_to("show_commission", commission_id=commission_id)


def deliver_upward(commission_id: UUID) -> Answer:
    asked(
        "review", "deliver_upward", Commission, commission_id=commission_id, note=paragraphs("upward_note") or None
    )
    flash("已登记上报。")
    return go_to("show_commission", commission_id=commission_id)


def show_commission_task(task_id: UUID) -> Answer:
    task = asked("review", "get_commission_task", CommissionTask, task_id=task_id)
    commission = asked("review", "get_commission", Commission, commission_id=task.commission_id)
    return render_template("console/commission_task.html", task=task, commission=commission, qualities=Quality)


def begun_answer(task_id: str) -> dict[str, Any]:
    """What the unit's draft begins with: kind, title, template, and which commission it answers."""
    task = asked("review", "get_commission_task", CommissionTask, task_id=task_id)
    commission = asked("review", "get_commission", Commission, commission_id=task.commission_id)
    return {
        "kind": Kind.COMMISSION_ANSWER, "title": commission.subject, "body": commission.template or "",
        "reference": Reference(title=commission.subject, commission_id=commission.commission_id),
    }


def commission_answered(reference: Any) -> Commission | None:
    """The commission a draft answers, to be shown beside it; None where there is none, or review is away."""
    commission_id = dict(reference or {}).get("commission_id")
    if not commission_id:
        return None
    try:
        return asked("review", "get_commission", Commission, commission_id=commission_id)
    except Refusal:
        return None


def excuse_unit(task_id: UUID) -> Answer:
    asked("review", "excuse_unit", CommissionTask, task_id=task_id, reason=paragraphs("reason"))
    flash("已同意免交，并已通知该单位。")
    return go_to("show_commission_task", task_id=task_id)


def mark_answer(task_id: UUID) -> Answer:
    """From the list of units one goes on with the next unit, in the list as it was filtered and on its page."""
    task = asked(
        "review", "mark_answer", CommissionTask, task_id=task_id, quality=line("quality"),
        remark=paragraphs("remark") or None,
    )
    flash(f"已评定{task.unit_name}。")
    if line("listed"):
        where = {name: line(name) for name in LISTED_BY}
        return go_to("show_commission", commission_id=task.commission_id, **where)
    return go_to("show_commission_task", task_id=task_id)


ONE = "/commissions/<uuid:commission_id>"
PART = "/commission-tasks/<uuid:task_id>"

PAGES = (
    Page("GET", "/commissions", list_commissions),
    Page("GET", "/commission-tasks", list_commission_tasks),
    Page("GET", "/commissions/new", new_commission),
    Page("POST", "/commissions", issue_commission),
    Page("GET", ONE, show_commission),
    Page("POST", f"{ONE}/withdrawal", withdraw_commission),
    Page("POST", f"{ONE}/closing", close_commission),
    Page("POST", f"{ONE}/upward-delivery", deliver_upward),
    Page("GET", PART, show_commission_task),
    Page("POST", f"{PART}/excuse", excuse_unit),
    Page("POST", f"{PART}/mark", mark_answer),
)
