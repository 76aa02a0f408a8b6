"""`chengbao deadline`: which time limits run or were missed, and why a report was late."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from clients.commands.connection import DEFAULT_URL, Token, Url, connect
from clients.output import Json, console, show, speaks, table
from contracts.vocabulary import DeadlineKind, DeadlineOutcome, LateDecision

commands = typer.Typer(help="时限与迟报说明 Time limits, and why a report was late.", no_args_is_help=True)


@commands.command("list")
@speaks
def list_deadlines(
    outcome: Annotated[DeadlineOutcome | None, typer.Option(help="Only those that ended so.")] = None,
    unexplained: Annotated[bool, typer.Option("--unexplained", help="Missed ones nobody explained.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=200, help="Rows at the most.")] = 20,
    url: Url = DEFAULT_URL,
    token: Token = "",
    as_json: Json = False,
) -> None:
    """List the unit's time limits, latest due first; with --outcome open the next due first."""
    wanted = {"outcome": outcome.value if outcome else None, "unexplained": "true" if unexplained else None}
    with connect(url, token) as client:
        page = client.get("/v1/deadlines", limit=limit, **wanted)
    rows = [
        (
            item["deadline_id"], DeadlineKind(item["kind"]).label, item["title"], item["due_at"],
            DeadlineOutcome(item["outcome"]).label,
        )
        for item in page["items"]
    ]
    show(page, as_json, lambda: table("时限 Time limits", ("编号", "种类", "标题", "截止", "结果"), rows))


@commands.command("show")
@speaks
def show_deadline(deadline_id: str, url: Url = DEFAULT_URL, token: Token = "", as_json: Json = False) -> None:
    """Why it is due when it is, how it ended, and what was said about its being late."""
    with connect(url, token) as client:
        case = client.get(f"/v1/deadlines/{deadline_id}")
    show(case, as_json, lambda: _print_case(case))


@commands.command("explain")
@speaks
def explain(
    deadline_id: str,
    reason: Annotated[str, typer.Option(help="Why the report came late or not at all.")],
    url: Url = DEFAULT_URL,
    token: Token = "",
    as_json: Json = False,
) -> None:
    """Say why a report was late; the editors read it and decide."""
    with connect(url, token) as client:
        case = client.post(f"/v1/deadlines/{deadline_id}/reason", {"reason": reason})
    show(case, as_json, lambda: _print_case(case))


def _print_case(case: dict[str, Any]) -> None:
    console.print(case["deadline"]["explanation_zh"])
    for said in case["statements"]:
        what = LateDecision(said["decision"]).label if said["decision"] else "单位说明"
        console.print(f"{said['at']} {said['by_name']} {what}：{said['text']}")
