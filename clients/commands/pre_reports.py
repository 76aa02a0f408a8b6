"""`chengbao pre-report`: note a call that told of an incident, and see which calls wait for their report."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from clients.commands.connection import DEFAULT_URL, Token, Url, by_token, connect
from clients.commands.reports import given, instant
from clients.output import Json, console, show, speaks, table
from contracts.vocabulary import IncidentCategory, Severity

commands = typer.Typer(help="电话预报 Pre-reports by phone.", no_args_is_help=True)


@commands.command("add")
@speaks
def add(
    title: Annotated[str, typer.Option(help="What happened.")],
    severity: Annotated[Severity, typer.Option(help="Severity of the incident.")],
    occurred_at: Annotated[str, typer.Option(help="When it happened, with zone: 2026-11-24T09:30:00+08:00.")],
    called_at: Annotated[str, typer.Option(help="When the call was made, with zone.")],
    caller: Annotated[str, typer.Option(help="Who called.")],
    number: Annotated[str, typer.Option(help="From which telephone number.")],
    place: Annotated[str, typer.Option(help="Where it happened.")] = "",
    learned_at: Annotated[str, typer.Option(help="When the unit learned of it, with zone.")] = "",
    category: Annotated[IncidentCategory | None, typer.Option(help="Category of the incident.")] = None,
    reason: Annotated[str, typer.Option(help="Why the report in writing needs longer.")] = "",
    read_back: Annotated[bool, typer.Option("--read-back", help="It was read back to the caller.")] = False,
    drill: Annotated[bool, typer.Option("--drill", help="It is an exercise.")] = False,
    idempotency_key: Annotated[str, typer.Option(help="Key of an earlier try, to repeat it safely.")] = "",
    url: Url = DEFAULT_URL,
    token: Token = "",
    as_json: Json = False,
) -> None:
    """Note a call; prints when the report in writing is due."""
    said = {
        "title": title,
        "severity": severity.value,
        "occurred_at": instant(occurred_at),
        "learned_at": instant(learned_at),
        "called_at": instant(called_at),
        "caller_name": caller,
        "caller_number": number,
        "place": place or None,
        "category": category.value if category else None,
        "reason": reason or None,
        "read_back": read_back,
        "drill": drill or None,
    }
    with by_token(url, token) as client:
        noted = client.post("/v1/pre-reports", given(said), idempotency_key=idempotency_key or None)
    show(noted, as_json, lambda: _print_noted(noted))


@commands.command("list")
@speaks
def list_pre_reports(
    waiting: Annotated[bool, typer.Option("--waiting", help="Only those without a report in writing.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=200, help="Rows at the most.")] = 20,
    url: Url = DEFAULT_URL,
    token: Token = "",
    as_json: Json = False,
) -> None:
    """List the unit's calls, newest first."""
    with connect(url, token) as client:
        page = client.get("/v1/pre-reports", waiting="true" if waiting else None, limit=limit)
    rows = [
        (item["pre_report_id"], item["title"], item["called_at"], item["due_at"] or "", item["outcome"] or "")
        for item in page["items"]
    ]
    show(page, as_json, lambda: table("电话预报 Pre-reports", ("编号", "事件", "来电", "书面截止", "结果"), rows))


def _print_noted(noted: dict[str, Any]) -> None:
    console.print(f"已登记预报，编号 {noted['pre_report_id']}")
    console.print(f"{noted['due_explanation_zh']}")
