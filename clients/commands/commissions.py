"""`chengbao commission`: what the city wants of the unit, and until when."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from clients.commands.connection import DEFAULT_URL, Token, Url, connect
from clients.output import Json, console, show, speaks, table
from contracts.rpc.commissions import TaskState

commands = typer.Typer(help="约稿 Commissions.", no_args_is_help=True)
COLUMNS = ("任务编号", "约稿编号", "主题", "单位", "截止", "状态")


@commands.command("list")
@speaks
def list_tasks(
    state: Annotated[TaskState | None, typer.Option(help="Only those in this state.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200, help="Rows at the most.")] = 20,
    url: Url = DEFAULT_URL,
    token: Token = "",
    as_json: Json = False,
) -> None:
    """List the unit's parts of commissions, next due first."""
    with connect(url, token) as client:
        page = client.get("/v1/commission-tasks", state=state.value if state else None, limit=limit)
    rows = [
        (item["task_id"], item["commission_id"], item["subject"], item["unit_name"], item["due_at"],
         TaskState(item["state"]).label)
        for item in page["items"]
    ]  # fmt: skip
    show(page, as_json, lambda: table("约稿 Commissions", COLUMNS, rows))


@commands.command("show")
@speaks
def show_task(
    task_id: Annotated[str, typer.Argument(help="Id of the unit's part, as listed.")],
    url: Url = DEFAULT_URL,
    token: Token = "",
    as_json: Json = False,
) -> None:
    """Print what is wanted, until when, and what was delivered. Answer with `report submit --commission`."""
    with connect(url, token) as client:
        task = client.get(f"/v1/commission-tasks/{task_id}")
    show(task, as_json, lambda: _print(task))


def _print(task: dict[str, Any]) -> None:
    console.print(f"{task['subject']}：{TaskState(task['state']).label}")
    console.print(task["requirements"])
    console.print(task["deadline"]["explanation_zh"])
    for answer in task["answers"]:
        console.print(f"已报送 {answer['receipt_number']} {answer['title']}")
