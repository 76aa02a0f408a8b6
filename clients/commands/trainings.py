"""`chengbao training`: trainings, exchanges and visits of information staff."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from clients.commands.connection import DEFAULT_URL, Token, Url, connect
from clients.output import Json, console, show, speaks, table
from contracts.rpc.trainings import TrainingKind

commands = typer.Typer(help="培训交流 Trainings.", no_args_is_help=True)

Year = Annotated[int, typer.Option(min=2000, max=2200, help="Year in which they took place.")]


@commands.command("list")
@speaks
def list_trainings(
    year: Year,
    limit: Annotated[int, typer.Option(min=1, max=200, help="Rows at the most.")] = 50,
    url: Url = DEFAULT_URL,
    token: Token = "",
    as_json: Json = False,
) -> None:
    """List what the unit organised or took part in, newest first."""
    with connect(url, token) as client:
        page = client.get("/v1/trainings", year=year, limit=limit)
    rows = [
        (
            item["training_id"], item["day"], TrainingKind(item["kind"]).label, item["subject"],
            item["organiser_name"], item["hours"], str(item["people"]),
        )
        for item in page["items"]
    ]
    heads = ("标识", "日期", "类别", "主题", "组织单位", "学时", "人数")
    show(page, as_json, lambda: table("培训交流 Trainings", heads, rows))


@commands.command("export")
@speaks
def export_trainings(
    file: Annotated[Path, typer.Argument(help="Where to write the XLSX.")],
    year: Year,
    url: Url = DEFAULT_URL,
    token: Token = "",
) -> None:
    """Write a year's records to a spreadsheet."""
    with connect(url, token) as client:
        file.write_bytes(client.download("/v1/trainings/file", year=str(year)))
    console.print(f"已写入 {file}")
