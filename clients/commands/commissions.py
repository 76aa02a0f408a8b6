"""`chengbao commission`: what the city wants of units and until when; made, followed and ended by editors (R18)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from clients.commands.connection import DEFAULT_URL, Token, Url, connect
from clients.output import Json, console, show, speaks, table
from contracts.rpc.commissions import CommissionState, Origin, Quality, TaskState
from contracts.vocabulary import UnitClass

commands = typer.Typer(help="约稿 Commissions.", no_args_is_help=True)
Reason = Annotated[str, typer.Option(help="Why; the units are told.")]
COLUMNS = ("任务编号", "约稿编号", "主题", "单位", "截止", "状态")


@commands.command("list")
@speaks
def list_tasks(
    state: Annotated[TaskState | None, typer.Option(help="Only those in this state.")] = None,
    commission: Annotated[str, typer.Option(help="Only of this commission, by its id.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=200, help="Rows at the most.")] = 20,
    url: Url = DEFAULT_URL,
    token: Token = "",
    as_json: Json = False,
) -> None:
    """List units' parts of commissions, next due first; a unit's own only, for one of a unit."""
    wanted = {"state": state.value if state else None, "commission_id": commission or None}
    with connect(url, token) as client:
        page = client.get("/v1/commission-tasks", limit=limit, **wanted)
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


@commands.command("overview")
@speaks
def overview(
    state: Annotated[CommissionState | None, typer.Option(help="Only those in this state.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200, help="Rows at the most.")] = 20,
    url: Url = DEFAULT_URL,
    token: Token = "",
    as_json: Json = False,
) -> None:
    """List commissions, newest first: how many units have delivered, and when the city itself is due."""
    with connect(url, token) as client:
        page = client.get("/v1/commissions", state=state.value if state else None, limit=limit)
    rows = [
        (item["commission_id"], item["subject"], _counted(item["counts"]), item["due_at"],
         item["upward_due_at"] or "", CommissionState(item["state"]).label)
        for item in page["items"]
    ]  # fmt: skip
    heads = ("约稿编号", "主题", "各单位", "交稿时限", "市里上报", "状态")
    show(page, as_json, lambda: table("约稿 Commissions", heads, rows))


@commands.command("issue")
@speaks
def issue(
    subject: str,
    requirements: Annotated[str, typer.Option(help="What is wanted.")],
    days: Annotated[int | None, typer.Option(min=1, max=250, help="Due in so many working days.")] = None,
    due: Annotated[str | None, typer.Option(help="Or due at this time, with a zone.")] = None,
    unit_class: Annotated[list[UnitClass] | None, typer.Option(help="All units of a class; several.")] = None,
    unit: Annotated[list[str] | None, typer.Option(help="A unit by its id; several.")] = None,
    length: Annotated[int | None, typer.Option(min=1, help="Characters at the most.")] = None,
    template: Annotated[Path | None, typer.Option(exists=True, help="File the drafts begin with.")] = None,
    origin: Annotated[Origin, typer.Option(help="Who wants it in the end.")] = Origin.CITY,
    upward_due: Annotated[str | None, typer.Option(help="The city's own due time upward, with a zone.")] = None,
    from_report: Annotated[str | None, typer.Option(help="Report on the desk the subject came from.")] = None,
    url: Url = DEFAULT_URL,
    token: Token = "",
    as_json: Json = False,
) -> None:
    """Commission a report of units."""
    body = {
        "subject": subject, "requirements": requirements, "working_days": days, "due_at": due, "length": length,
        "unit_classes": [each.value for each in unit_class or []], "unit_ids": unit or [], "origin": origin.value,
        "template": template.read_text("utf-8") if template else None, "upward_due_at": upward_due,
        "from_report_id": from_report,
    }  # fmt: skip
    _act(url, token, as_json, "", body)


@commands.command("withdraw")
@speaks
def withdraw(
    commission_id: str, reason: Reason, url: Url = DEFAULT_URL, token: Token = "", as_json: Json = False
) -> None:
    """Nobody need answer any more."""
    _act(url, token, as_json, f"/{commission_id}/withdrawal", {"reason": reason})


@commands.command("close")
@speaks
def close(commission_id: str, url: Url = DEFAULT_URL, token: Token = "", as_json: Json = False) -> None:
    """All is in."""
    _act(url, token, as_json, f"/{commission_id}/closing", {})


@commands.command("upward")
@speaks
def deliver_upward(
    commission_id: str,
    note: Annotated[str, typer.Option(help="Document number or remarks.")] = "",
    url: Url = DEFAULT_URL,
    token: Token = "",
    as_json: Json = False,
) -> None:
    """Record that the city has delivered upward."""
    _act(url, token, as_json, f"/{commission_id}/upward-delivery", {"note": note} if note else {})


@commands.command("excuse")
@speaks
def excuse(
    task_id: str, reason: Reason, url: Url = DEFAULT_URL, token: Token = "", as_json: Json = False
) -> None:
    """This unit need not answer."""
    with connect(url, token) as client:
        task = client.post(f"/v1/commission-tasks/{task_id}/excuse", {"reason": reason})
    show(task, as_json, lambda: _print(task))


@commands.command("mark")
@speaks
def mark(
    task_id: str,
    quality: Quality,
    remark: Annotated[str, typer.Option(help="Remarks, which the unit reads.")] = "",
    url: Url = DEFAULT_URL,
    token: Token = "",
    as_json: Json = False,
) -> None:
    """Mark the quality of what the unit delivered."""
    body = {"quality": quality.value} | ({"remark": remark} if remark else {})
    with connect(url, token) as client:
        task = client.post(f"/v1/commission-tasks/{task_id}/mark", body)
    show(task, as_json, lambda: _print(task))


def _act(url: str, token: str, as_json: bool, path: str, body: dict[str, Any]) -> None:
    with connect(url, token) as client:
        commission = client.post(f"/v1/commissions{path}", body)
    row = (
        commission["commission_id"], commission["subject"], _counted(commission["counts"]), commission["due_at"],
        CommissionState(commission["state"]).label,
    )  # fmt: skip
    show(
        commission, as_json,
        lambda: table("约稿 Commission", ("约稿编号", "主题", "各单位", "交稿时限", "状态"), [row]),
    )  # fmt: skip


def _counted(counts: dict[str, int]) -> str:
    return "，".join(f"{TaskState(state).label} {number}" for state, number in counts.items())


def _print(task: dict[str, Any]) -> None:
    console.print(f"{task['subject']}：{TaskState(task['state']).label}")
    console.print(task["requirements"])
    console.print(task["deadline"]["explanation_zh"])
    if task.get("excused_because"):
        console.print(f"{task['excused_by']} 同意免交：{task['excused_because']}")
    for answer in task["answers"]:
        console.print(f"已报送 {answer['receipt_number']} {answer['title']}")
    if task.get("quality"):
        console.print(f"质量：{Quality(task['quality']).label} {task['quality_remark'] or ''}".rstrip())
