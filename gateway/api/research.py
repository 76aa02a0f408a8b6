"""Research projects, and the topics that rise."""

from __future__ import annotations

from flask import Flask

from gateway.api.routes import Route, register

ONE = "/v1/research-projects/<uuid:project_id>"

ROUTES = (
    Route("GET", "/v1/research-projects", "review", "list_projects", "列出调研课题", "List research projects"),
    Route(
        "POST", "/v1/research-projects", "review", "start_project", "调研立项", "Start a research project", status=201,
        fresh_id="project_id",
    ),
    Route(
        "GET", ONE, "review", "get_project", "查看调研课题", "One project with milestones, notes, report and use",
        versioned=True,
    ),
    Route("PUT", f"{ONE}/plan", "review", "change_plan", "修改调研计划", "Change the plan's text", versioned=True),
    Route(
        "POST", f"{ONE}/milestones", "review", "add_milestone", "增设节点", "Add a milestone", status=201,
        versioned=True,
    ),
    Route(
        "POST", f"{ONE}/milestones/<uuid:milestone_id>/move", "review", "move_milestone", "调整节点时限",
        "Move a milestone's due time", versioned=True,
    ),
    Route(
        "POST", f"{ONE}/milestones/<uuid:milestone_id>/drop", "review", "drop_milestone", "取消节点",
        "Drop a milestone", versioned=True,
    ),
    Route(
        "GET", f"{ONE}/changes", "review", "list_plan_changes", "计划变更记录", "What was changed after the start"
    ),
    Route("POST", f"{ONE}/notes", "review", "note_project", "记录进展", "Add a note", status=201),
    Route(
        "POST", f"{ONE}/milestones/<uuid:milestone_id>/completion", "review", "complete_milestone", "完成节点",
        "Complete a milestone",
    ),
    Route("POST", f"{ONE}/result", "review", "link_result", "关联调研报告", "Link the resulting research report"),
    Route("POST", f"{ONE}/finish", "review", "finish_project", "结题", "Finish it"),
    Route("POST", f"{ONE}/drop", "review", "drop_project", "中止课题", "Drop it, with the reason"),
    Route("GET", "/v1/rising-topics", "review", "rising_topics", "上升的主题", "Topics of which more is reported"),
)


def install(app: Flask) -> None:
    register(app, ROUTES)
