"""`chengbao queue`: the editors' desk from the command line."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import typer

from clients.client import Client
from clients.commands.connection import DEFAULT_URL, Token, Url, connect
from clients.output import CommandFailed, Json, console, show, speaks, table
from contracts.vocabulary import DeskState, Kind, Leaning, ReportState, Severity, UnitClass

commands = typer.Typer(help="编辑台 The editors' desk.", no_args_is_help=True)


class Act(StrEnum):
    """What may be done to several reports at once, as the gateway spells it."""

    CLAIM = "claim"
    RELEASE = "release"
    KEEP = "keep"
    PRE_ADOPT = "pre_adopt"
    DECLINE = "decline"
    RETURN = "return"
    UNDO = "undo"


@commands.command("list")
@speaks
def list_queue(
    state: Annotated[DeskState | None, typer.Option(help="Only this state; without: what is not decided.")] = None,
    decision: Annotated[ReportState | None, typer.Option(help="Only what was decided so: pre_adopted.")] = None,
    mine: Annotated[bool, typer.Option("--mine", help="Only what I have claimed.")] = False,
    kind: Annotated[Kind | None, typer.Option(help="Only this kind of report.")] = None,
    topic: Annotated[str, typer.Option(help="Only this topic.")] = "",
    unit: Annotated[str, typer.Option(help="Only of the unit with this id.")] = "",
    unit_class: Annotated[UnitClass | None, typer.Option(help="Only of units of this class.")] = None,
    severity: Annotated[Severity | None, typer.Option(help="Only of this severity.")] = None,
    leaning: Annotated[Leaning | None, typer.Option(help="Only with this leaning.")] = None,
    words: Annotated[str, typer.Option(help="In number, title or unit.")] = "",
    view: Annotated[str, typer.Option(help="The filters of one's own saved view of this name, too.")] = "",
    save_as: Annotated[str, typer.Option(help="Keep these filters as a view of this name.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=200, help="Rows at the most.")] = 50,
    url: Url = DEFAULT_URL,
    token: Token = "",
    as_json: Json = False,
) -> None:
    """List the desk: urgent first, then what is due, then the oldest."""
    asked = {
        "state": state, "decision": decision, "mine": mine, "kind": kind, "topic": topic,
        "unit_id": unit, "unit_class": unit_class, "severity": severity, "leaning": leaning, "q": words,
    }  # fmt: skip
    stated = {name: value for name, value in asked.items() if value}
    with connect(url, token) as client:
        filters = (_saved(client, view) if view else {}) | stated
        if save_as:
            client.post("/v1/queue-views", {"name": save_as, "filters": filters})
        page = client.get("/v1/queue", limit=limit, **{name: _asked(value) for name, value in filters.items()})
    show(page, as_json, lambda: _print_queue(page["items"]))


@commands.command("claim")
@speaks
def claim_report(
    report_id: str,
    take_over: Annotated[bool, typer.Option("--take-over", help="Though another has it: the chief editor.")] = False,
    url: Url = DEFAULT_URL,
    token: Token = "",
    as_json: Json = False,
) -> None:
    """Claim a report, or renew one's own claim."""
    with connect(url, token) as client:
        item = client.post(f"/v1/queue/{report_id}/claim", {"take_over": True} if take_over else {})
    show(item, as_json, lambda: console.print(f"已认领至 {item['claimed_until']}：{item['title']}"))


@commands.command("decide")
@speaks
def decide_queue(
    act: Act,
    report_ids: list[str],
    words: Annotated[str, typer.Option(help="Reason for not using them, or remarks of a return.")] = "",
    idempotency_key: Annotated[str, typer.Option(help="Key of an earlier try, to repeat it safely.")] = "",
    url: Url = DEFAULT_URL,
    token: Token = "",
    as_json: Json = False,
) -> None:
    """Do one act to several reports; each is answered for itself. Exit status 1 when one was refused."""
    body: dict[str, Any] = {"act": act.value, "report_ids": report_ids} | ({"words": words} if words else {})
    key = {"idempotency_key": idempotency_key} if idempotency_key else {}
    with connect(url, token) as client:
        results = client.post("/v1/queue/decisions", body, **key)
    show(results, as_json, lambda: _print_results(results["items"]))
    if any(each["problem"] for each in results["items"]):
        raise typer.Exit(1)


def _saved(client: Client, name: str) -> dict[str, Any]:
    """The filters of a saved view. Raises `CommandFailed`."""
    for each in client.get("/v1/queue-views")["items"]:
        if each["name"] == name:
            return {name: value for name, value in each["filters"].items() if value}
    raise CommandFailed(f"没有名为“{name}”的常用视图。", "用 chengbao queue views 查看自己的视图。")


def _asked(value: Any) -> Any:
    """As an address spells it."""
    return "true" if value is True else value


def _print_queue(items: list[dict[str, Any]]) -> None:
    rows = [
        (
            item["report_id"], item["unit_name"], item["title"], DeskState(item["state"]).label,
            item["claimed_by"] or "", item["received_at"],
        )
        for item in items
    ]
    table("编辑台 Desk", ("标识", "单位", "标题", "状态", "认领", "收到时间"), rows)


def _print_results(items: list[dict[str, Any]]) -> None:
    rows = [(each["report_id"], str(each["status"]), (each["problem"] or {}).get("detail", "")) for each in items]
    table("逐条结果 Results", ("标识", "答复", "原因"), rows)
