"""Research projects: started from a subject on the desk or a rising topic, followed to the report and its use."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from flask import flash, render_template, request

from contracts.problems import PROBLEMS
from contracts.rpc.desk import DeskItem
from contracts.rpc.research import PlanChangePage, ProjectPage, ProjectState, ResearchProject, RisingTopics
from contracts.vocabulary import Kind
from gateway.console.commissions import reporting_units
from gateway.console.forms import asked, asked_query, beijing_time, form_key, key_after, line, paragraphs
from gateway.console.menu import may
from gateway.console.page import Answer, Page, go_to
from kernel.errors import Refusal

ROWS = 4
"""Milestones that one form can state."""


def list_projects() -> Answer:
    query = asked_query("state", "cursor")
    page = asked("review", "list_projects", ProjectPage, **query)
    rising = asked("review", "rising_topics", RisingTopics) if may("new_project") else None
    return render_template("console/projects.html", page=page, query=query, states=ProjectState, rising=rising)


def new_project() -> Answer:
    """Begun from a report on the desk, a rising topic, or from nothing."""
    typed = asked_query("from_report_id", "topic")
    if "from_report_id" in typed:
        typed["topic"] = asked("review", "get_desk_item", DeskItem, report_id=typed["from_report_id"]).title
    return _form(typed, [])


def _form(typed: dict[str, Any], partners: list[str], refusal: Refusal | None = None) -> str:
    return render_template(
        "console/project_form.html", typed=typed, partners=partners, refusal=refusal, units=reporting_units(),
        rows=range(ROWS), key=key_after(refusal.problem) if refusal else None,
    )


def start_project() -> Answer:
    """A refusal shows the form again with everything that was typed."""
    partners = request.form.getlist("partner_unit_ids")
    try:
        project = asked(
            "review", "start_project", ResearchProject, project_id=uuid5(form_key(), "project_id"),
            topic=line("topic") or "", plan=paragraphs("plan"), lead_unit_id=line("lead_unit_id"),
            partner_unit_ids=partners, milestones=_typed_milestones(), from_report_id=line("from_report_id"),
        )
    except Refusal as refusal:
        return _form(request.form.to_dict(), partners, refusal), PROBLEMS[refusal.problem].status
    flash("课题已立项，并已通知牵头和参加单位。")
    return go_to("show_project", project_id=project.project_id)


def _typed_milestones() -> list[dict[str, str | datetime | None]]:
    typed = [{"name": line(f"name{row}"), "due_at": beijing_time(f"due_at{row}")} for row in range(ROWS)]
    return [milestone for milestone in typed if any(milestone.values())]


def show_project(project_id: UUID) -> Answer:
    project = asked("review", "get_project", ResearchProject, project_id=project_id)
    query = asked_query("cursor")
    changes = asked("review", "list_plan_changes", PlanChangePage, project_id=project_id, limit=20, **query)
    return render_template("console/project.html", project=project, page=changes, query=query)


def note_project(project_id: UUID) -> Answer:
    asked("review", "note_project", ResearchProject, project_id=project_id, text=paragraphs("text"))
    flash("已记录。")
    return go_to("show_project", project_id=project_id)


def complete_milestone(project_id: UUID, milestone_id: UUID) -> Answer:
    asked("review", "complete_milestone", ResearchProject, project_id=project_id, milestone_id=milestone_id)
    flash("节点已完成。")
    return go_to("show_project", project_id=project_id)


def plan_to_change(project_id: UUID) -> Answer:
    return _plan_form(asked("review", "get_project", ResearchProject, project_id=project_id))


def _plan_form(project: ResearchProject, refusal: Refusal | None = None, at: str = "") -> str:
    """`at`: the part of the page whose form was refused; it is shown again as it was typed."""
    return render_template(
        "console/project_plan.html", project=project, typed=request.form, refusal=refusal, at=at,
        key=key_after(refusal.problem) if refusal else None,
    )


def change_plan(project_id: UUID) -> Answer:
    return _change(project_id, "change_plan", "plan", {"plan": paragraphs("plan")}, "计划已修改")


def add_milestone(project_id: UUID) -> Answer:
    fields = {"name": line("name") or "", "due_at": beijing_time("due_at")}
    return _change(project_id, "add_milestone", "new", fields, "已增设节点")


def move_milestone(project_id: UUID, milestone_id: UUID) -> Answer:
    fields = {"milestone_id": milestone_id, "due_at": beijing_time("due_at")}
    return _change(project_id, "move_milestone", f"move-{milestone_id}", fields, "时限已调整")


def drop_milestone(project_id: UUID, milestone_id: UUID) -> Answer:
    return _change(project_id, "drop_milestone", f"drop-{milestone_id}", {"milestone_id": milestone_id}, "节点已取消")


def _change(project_id: UUID, method: str, at: str, fields: dict[str, Any], done: str) -> Answer:
    """A refusal shows the page as it is now, with what was typed and whatever another has changed since."""
    try:
        asked(
            "review", method, ResearchProject, project_id=project_id, version=line("version"),
            reason=paragraphs("reason"), **fields,
        )
    except Refusal as refusal:
        project = asked("review", "get_project", ResearchProject, project_id=project_id)
        return _plan_form(project, refusal, at), PROBLEMS[refusal.problem].status
    flash(f"{done}，并已通知牵头和参加单位。")
    return go_to("show_project", project_id=project_id)


def projects_for(item: DeskItem) -> list[ResearchProject]:
    """Running projects that a research report of this unit may be the result of; none for other reports."""
    if item.kind is not Kind.RESEARCH:
        return []
    running = asked("review", "list_projects", ProjectPage, state=ProjectState.RUNNING, limit=200).items
    return [project for project in running if item.unit_id in _taking_part(project)]


def _taking_part(project: ResearchProject) -> set[UUID]:
    return {unit.unit_id for unit in (project.lead, *project.partners)}


def link_to_project(report_id: UUID) -> Answer:
    project = asked("review", "link_result", ResearchProject, project_id=line("project_id"), report_id=report_id)
    flash("已关联到调研课题。")
    return go_to("show_project", project_id=project.project_id)


def finish_project(project_id: UUID) -> Answer:
    asked("review", "finish_project", ResearchProject, project_id=project_id)
    flash("课题已结题。")
    return go_to("show_project", project_id=project_id)


def drop_project(project_id: UUID) -> Answer:
    asked("review", "drop_project", ResearchProject, project_id=project_id, reason=paragraphs("reason"))
    flash("课题已中止。")
    return go_to("show_project", project_id=project_id)


ONE = "/research-projects/<uuid:project_id>"

PAGES = (
    Page("GET", "/research-projects", list_projects),
    Page("GET", "/research-projects/new", new_project),
    Page("POST", "/research-projects", start_project),
    Page("GET", ONE, show_project),
    Page("POST", f"{ONE}/notes", note_project),
    Page("POST", f"{ONE}/milestones/<uuid:milestone_id>/completion", complete_milestone),
    Page("GET", f"{ONE}/plan", plan_to_change),
    Page("POST", f"{ONE}/plan", change_plan),
    Page("POST", f"{ONE}/milestones", add_milestone),
    Page("POST", f"{ONE}/milestones/<uuid:milestone_id>/move", move_milestone),
    Page("POST", f"{ONE}/milestones/<uuid:milestone_id>/drop", drop_milestone),
    Page("POST", "/queue/<uuid:report_id>/project", link_to_project),
    Page("POST", f"{ONE}/finish", finish_project),
    Page("POST", f"{ONE}/drop", drop_project),
)
