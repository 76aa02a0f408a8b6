"""`chengbao incident`: incidents that several units report, each with one timeline."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from clients.commands.connection import DEFAULT_URL, Token, Url, connect
from clients.output import Json, console, show, speaks, table
from contracts.vocabulary import IncidentState

commands = typer.Typer(help="突发事件 Incidents.", no_args_is_help=True)


@commands.command("list")
@speaks
def list_incidents(
    limit: Annotated[int, typer.Option(min=1, max=200, help="Rows at the most.")] = 20,
    url: Url = DEFAULT_URL,
    token: Token = "",
    as_json: Json = False,
) -> None:
    """List the incidents that the unit reports on, newest first."""
    with connect(url, token) as client:
        page = client.get("/v1/incidents", limit=limit)
    rows = [
        (item["incident_id"], item["number"], item["title"], IncidentState(item["state"]).label, str(item["reports"]))
        for item in page["items"]
    ]
    show(page, as_json, lambda: table("突发事件 Incidents", ("标识", "编号", "事件", "状态", "件数"), rows))


@commands.command("show")
@speaks
def show_incident(incident_id: str, url: Url = DEFAULT_URL, token: Token = "", as_json: Json = False) -> None:
    """The timeline of one incident."""
    with connect(url, token) as client:
        incident = client.get(f"/v1/incidents/{incident_id}")
    show(incident, as_json, lambda: _print_incident(incident))


def _print_incident(incident: dict[str, Any]) -> None:
    console.print(f"{incident['number']} {incident['title']}（{IncidentState(incident['state']).label}）")
    rows = [
        (told["step"]["received_at"], told["unit_name"], told["step"]["label"], told["step"]["title"])
        for told in incident["timeline"]
    ]
    table("时间线 Timeline", ("收到时间", "单位", "环节", "标题"), rows)
