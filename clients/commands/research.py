"""`chengbao research`: projects the unit leads or takes part in."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from clients.commands.connection import DEFAULT_URL, Token, Url, connect
from clients.output import Json, console, show, speaks, table
from contracts.rpc.research import PlanChangeKind, ProjectState

commands = typer.Typer(help="调研课题 Research projects.", no_args_is_help=True)


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
    project_id: Annotated[str, typer.Argument(help="Id of the project, as listed.")],
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


@commands.command("note")
@speaks
def note(
    project_id: Annotated[str, typer.Argument(help="Id of the project, as listed.")],
    text: Annotated[str, typer.Option(help="What is to be noted; it cannot be changed afterwards.")],
    url: Url = DEFAULT_URL,
    token: Token = "",
    as_json: Json = False,
) -> None:
    """Add a note to a project."""
    with connect(url, token) as client:
        project = client.post(f"/v1/research-projects/{project_id}/notes", {"text": text})
    show(project, as_json, lambda: _noted(project))


def _noted(project: dict[str, Any]) -> None:
    console.print(f"已记录，《{project['topic']}》共 {len(project['notes'])} 条。")
