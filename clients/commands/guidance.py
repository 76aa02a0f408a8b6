"""`chengbao guidance`: the points the city wants reports on."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from clients.commands.connection import DEFAULT_URL, Token, Url, connect
from clients.output import Json, console, show, speaks, table
from contracts.rpc.guidance import GuidanceState

commands = typer.Typer(help="报送要点 Reporting guidance.", no_args_is_help=True)
COLUMNS = ("序号", "要点", "已报送", "时限", "要点编号")

GuidanceId = Annotated[str, typer.Argument(help="Id of the guidance, as listed.")]


@commands.command("list")
@speaks
def list_guidance(
    limit: Annotated[int, typer.Option(min=1, max=200, help="Rows at the most.")] = 20,
    url: Url = DEFAULT_URL,
    token: Token = "",
    as_json: Json = False,
) -> None:
    """List what was issued to the unit, the newest period first."""
    with connect(url, token) as client:
        page = client.get("/v1/guidance", limit=limit)
    rows = [
        (item["guidance_id"], item["period"], item["title"], str(item["points"]), GuidanceState(item["state"]).label)
        for item in page["items"]
    ]
    show(page, as_json, lambda: table("报送要点 Guidance", ("编号", "时期", "名称", "条数", "状态"), rows))


@commands.command("show")
@speaks
def show_guidance(
    guidance_id: GuidanceId,
    url: Url = DEFAULT_URL,
    token: Token = "",
    as_json: Json = False,
) -> None:
    """Print the points and how many reports answer each. Answer with `report submit --point`."""
    with connect(url, token) as client:
        guidance = client.get(f"/v1/guidance/{guidance_id}")
    show(guidance, as_json, lambda: table(guidance["title"], COLUMNS, list(map(_row, guidance["points"]))))


@commands.command("carry-over")
@speaks
def carry_over(
    guidance_id: GuidanceId,
    period: Annotated[str, typer.Argument(help="The next one: 2026-12, 2027-Q1.")],
    due: Annotated[str | None, typer.Option(help="By when its points are to be answered, with a zone.")] = None,
    url: Url = DEFAULT_URL,
    token: Token = "",
    as_json: Json = False,
) -> None:
    """Draw up the next period's guidance with the points that nobody answered."""
    body = {"period": period, "due_at": due}
    with connect(url, token) as client:
        drawn = client.post(f"/v1/guidance/{guidance_id}/carry-over", body)
    show(drawn, as_json, lambda: table(drawn["title"], COLUMNS, list(map(_row, drawn["points"]))))


@commands.command("issue")
@speaks
def issue(
    guidance_id: GuidanceId,
    url: Url = DEFAULT_URL,
    token: Token = "",
    as_json: Json = False,
) -> None:
    """Issue it to its units, as it stands now."""
    with connect(url, token) as client:
        seen = client.get(f"/v1/guidance/{guidance_id}")
        issued = client.post(f"/v1/guidance/{guidance_id}/issue", {"version": seen["version"]})
    show(issued, as_json, lambda: console.print(f"已下发 {len(issued['units'])} 个单位：{issued['title']}"))


@commands.command("answers")
@speaks
def list_answers(
    guidance_id: GuidanceId,
    point: Annotated[str, typer.Option(help="Only of this point, by its id.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=200, help="Rows at the most.")] = 50,
    url: Url = DEFAULT_URL,
    token: Token = "",
    as_json: Json = False,
) -> None:
    """List the reports that answer its points."""
    with connect(url, token) as client:
        page = client.get(f"/v1/guidance/{guidance_id}/answers", limit=limit, point_id=point or None)
    rows = [
        (str(item["point_number"]), item["number"], item["unit_name"], item["title"], item["received_at"],
         "逾期" if item["late"] else "")
        for item in page["items"]
    ]  # fmt: skip
    show(page, as_json, lambda: table("回应 Answers", ("要点", "编号", "单位", "标题", "收到", ""), rows))


def _row(point: dict[str, Any]) -> tuple[str, ...]:
    told = sum(unit["number"] for unit in point["answered_by"])
    return str(point["number"]), point["text"], str(told), point["due_at"] or "", point["point_id"]
