"""`chengbao directory`: import the directory of units and people from a file, and export it. For the system
administrator, who signs in with a password."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from clients.client import Client
from clients.commands.connection import DEFAULT_URL, Url
from clients.output import CommandFailed, Json, console, show, speaks, table

commands = typer.Typer(help="名录导入导出 The directory as a file.", no_args_is_help=True)

Login = Annotated[str, typer.Option(envvar="CHENGBAO_LOGIN", help="Login of the system administrator.")]
Password = Annotated[
    str,
    typer.Option(envvar="CHENGBAO_PASSWORD", prompt="密码 Password", hide_input=True, help="Asked for when not given."),
]
TYPES = {".csv": "text/csv", ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


@commands.command("import")
@speaks
def import_directory(
    file: Annotated[Path, typer.Argument(help="XLSX or CSV.", exists=True, dir_okay=False)],
    login: Login,
    password: Password,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")] = False,
    url: Url = DEFAULT_URL,
    as_json: Json = False,
) -> None:
    """Try the file, then import exactly what was tried. Exit status 1 when there are faults."""
    media_type = TYPES.get(file.suffix.lower())
    if media_type is None:
        raise CommandFailed(f"{file.name} 不是 .xlsx 或 .csv。", "请用电子表格软件另存为 .xlsx。")
    content, name = file.read_bytes(), file.name[-200:]
    with Client(url) as client:
        client.sign_in(login, password)
        found = client.post_bytes("/v1/directory/imports", content, media_type, dry_run="true", name=name)
        if not found["fault_count"] and not dry_run:
            found = client.post_bytes("/v1/directory/imports", content, media_type, follows=found["token"], name=name)
    show(found, as_json, lambda: _print(found))
    if found["fault_count"]:
        raise typer.Exit(1)


@commands.command("export")
@speaks
def export_directory(
    file: Annotated[Path, typer.Argument(help="Where to write; .csv or .xlsx.")],
    login: Login,
    password: Password,
    people: Annotated[bool, typer.Option("--people", help="People instead of units, in a CSV.")] = False,
    template: Annotated[bool, typer.Option("--template", help="The heads only.")] = False,
    url: Url = DEFAULT_URL,
) -> None:
    """Write the directory to a file that can be imported again."""
    if file.suffix.lower() not in TYPES:
        raise CommandFailed(f"{file.name} 不是 .xlsx 或 .csv。", "请改用这两种文件名后缀之一。")
    query = {"format": file.suffix.lower()[1:], "table": "people" if people else "units"}
    with Client(url) as client:
        client.sign_in(login, password)
        file.write_bytes(client.download("/v1/directory/export", **query, template=str(template).lower()))
    console.print(f"已写入 {file}")


def _print(found: dict[str, Any]) -> None:
    if found["fault_count"]:
        rows = [(fault["table"], fault["row"], fault["column"], fault["detail_zh"]) for fault in found["faults"]]
        table(f"{found['fault_count']} 处错误，未改动任何内容", ("表", "行", "列", "问题和办法"), rows)
        return
    rows = [(change["row"] or "", change["change"], change["name"], _words(change)) for change in found["changes"]]
    heading = "试导入，未改动任何内容" if found["dry_run"] else "已导入"
    table(f"{heading}（{found['source']}）", ("行", "变更", "名称", "原为 → 改为"), rows)
    counts = (f"{word} {found[name]}" for name, word in (
        ("created", "新增"), ("changed", "变更"), ("ended", "终止"), ("unchanged", "未变"),
    ))
    console.print("，".join(counts))


def _words(change: dict[str, Any]) -> str:
    return "；".join(f"{field['field']}：{field['old']} → {field['new']}" for field in change["fields"])
