"""`chengbao research`: projects, from the topic that rises to the use made of the report (R12)."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from clients.commands.connection import DEFAULT_URL, Token, Url, connect
from clients.output import Json, console, show, speaks, table
from contracts.rpc.research import PlanChangeKind, ProjectState
from contracts.vocabulary import DeadlineOutcome

commands = typer.Typer(help="调研课题 Research projects.", no_args_is_help=True)

ProjectId = Annotated[str, typer.Argument(help="Id of the project, as listed.")]


@commands.command("list")
@speaks
def list_projects(
    state: Annotated[ProjectState | None, typer.Option(help="Only those in this state.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200, help="Rows at the most.")] = 20,
    url: Url = DEFAULT_URL,
    token: Token = "",
    as_json: Json = False,
) -> None:
    """List the unit's projects, newest first."""
    with connect(url, token) as client:
        page = client.get("/v1/research-projects", state=state.value if state else None, limit=limit)
    rows = [
        (item["project_id"], item["topic"], item["lead"]["unit_name"], ProjectState(item["state"]).label)
        for item in page["items"]
    ]
    show(page, as_json, lambda: table("调研课题 Research", ("编号", "课题", "牵头单位", "状态"), rows))


@commands.command("changes")
@speaks
def list_changes(
    project_id: ProjectId,
    limit: Annotated[int, typer.Option(min=1, max=200, help="Rows at the most.")] = 20,
    url: Url = DEFAULT_URL,
    token: Token = "",
    as_json: Json = False,
) -> None:
    """List what was changed in a project's plan and milestones, newest first."""
    with connect(url, token) as client:
        page = client.get(f"/v1/research-projects/{project_id}/changes", limit=limit)
    columns = ("时间", "变更", "节点", "原时限", "新时限", "理由")
    show(page, as_json, lambda: table("计划变更 Changes of the plan", columns, list(map(_change, page["items"]))))


def _change(item: dict[str, Any]) -> tuple[str, ...]:
    milestone, old, new = (item[name] or "" for name in ("milestone", "old_due_at", "new_due_at"))
    return item["at"], PlanChangeKind(item["what"]).label, milestone, old, new, item["reason"]


@commands.command("rising")
@speaks
def rising(url: Url = DEFAULT_URL, token: Token = "", as_json: Json = False) -> None:
    """Topics of which more is reported than before: what a project or a commission may begin from."""
    with connect(url, token) as client:
        found = client.get("/v1/rising-topics")
    rows = [(one["topic"], str(one["reports"]), str(one["before"]), str(one["units"])) for one in found["items"]]
    show(found, as_json, lambda: table("上升的主题 Rising", ("主题", "近7天", "前四周", "单位数"), rows))


@commands.command("start")
@speaks
def start(
    topic: str,
    plan: Annotated[str, typer.Option(help="The plan.")],
    lead: Annotated[str, typer.Option(help="Id of the unit that leads.")],
    partner: Annotated[list[str] | None, typer.Option(help="Id of a unit that takes part; several.")] = None,
    milestone: Annotated[list[str] | None, typer.Option(help="NAME=TIME, with a zone; several.")] = None,
    from_report: Annotated[str | None, typer.Option(help="Report on the desk the topic came from.")] = None,
    url: Url = DEFAULT_URL,
    token: Token = "",
    as_json: Json = False,
) -> None:
    """Start a project."""
    steps = [each.rpartition("=") for each in milestone or []]
    body = {
        "topic": topic, "plan": plan, "lead_unit_id": lead, "partner_unit_ids": partner or [],
        "milestones": [{"name": name, "due_at": due_at} for name, _, due_at in steps], "from_report_id": from_report,
    }  # fmt: skip
    _act(url, token, as_json, "", body)


@commands.command("show")
@speaks
def show_project(
    project_id: ProjectId,
    url: Url = DEFAULT_URL,
    token: Token = "",
    as_json: Json = False,
) -> None:
    """Print plan, milestones, notes, the report and the use made of it."""
    with connect(url, token) as client:
        project = client.get(f"/v1/research-projects/{project_id}")
    show(project, as_json, lambda: _print(project))


@commands.command("complete")
@speaks
def complete(
    project_id: ProjectId,
    milestone_id: Annotated[str, typer.Argument(help="Id of the milestone, as shown.")],
    url: Url = DEFAULT_URL,
    token: Token = "",
    as_json: Json = False,
) -> None:
    """A milestone is reached."""
    _act(url, token, as_json, f"/{project_id}/milestones/{milestone_id}/completion")


@commands.command("link")
@speaks
def link(
    project_id: ProjectId,
    report_id: Annotated[str, typer.Argument(help="Id of the research report on the desk.")],
    url: Url = DEFAULT_URL,
    token: Token = "",
    as_json: Json = False,
) -> None:
    """Link the resulting research report."""
    _act(url, token, as_json, f"/{project_id}/result", {"report_id": report_id})


@commands.command("finish")
@speaks
def finish(
    project_id: ProjectId,
    url: Url = DEFAULT_URL,
    token: Token = "",
    as_json: Json = False,
) -> None:
    """Its report is in."""
    _act(url, token, as_json, f"/{project_id}/finish")


@commands.command("note")
@speaks
def note(
    project_id: ProjectId,
    text: Annotated[str, typer.Option(help="What is to be noted; it cannot be changed afterwards.")],
    url: Url = DEFAULT_URL,
    token: Token = "",
    as_json: Json = False,
) -> None:
    """Add a note to a project."""
    with connect(url, token) as client:
        project = client.post(f"/v1/research-projects/{project_id}/notes", {"text": text})
    show(project, as_json, lambda: _noted(project))


def _act(url: str, token: str, as_json: bool, path: str, body: dict[str, Any] | None = None) -> None:
    with connect(url, token) as client:
        project = client.post(f"/v1/research-projects{path}", body)
    show(project, as_json, lambda: _print(project))


def _noted(project: dict[str, Any]) -> None:
    console.print(f"已记录，《{project['topic']}》共 {len(project['notes'])} 条。")


def _print(project: dict[str, Any]) -> None:
    console.print(f"{project['topic']}：{ProjectState(project['state']).label}，编号 {project['project_id']}")
    units = [project["lead"], *project["partners"]]
    console.print(f"牵头、参加：{'、'.join(unit['unit_name'] for unit in units)}")
    console.print(project["plan"])
    columns = ("节点编号", "节点", "时限", "状态", "完成")
    rows = [
        (one["milestone_id"], one["name"], one["due_at"],
         "已取消" if one["dropped_at"] else DeadlineOutcome(one["outcome"]).label, one["done_at"] or "")
        for one in project["milestones"]
    ]  # fmt: skip
    table("节点 Milestones", columns, rows)
    for note in project["notes"]:
        console.print(f"{note['by_name']}：{note['text']}")
    if result := project["result"]:
        console.print(f"调研报告 {result['number']} {result['title']}")
        console.print(f"采用：{'，'.join(result['adopted_in']) or '尚未刊发'}")
        console.print(f"批示：{'，'.join(result['instructed_by']) or '尚无'}")
        console.print(f"上级办理：{'，'.join(result['outcomes']) or '尚无'}")
