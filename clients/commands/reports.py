"""`chengbao report`: submit a signed report and follow it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4

import typer

from clients.client import Client
from clients.commands.connection import DEFAULT_URL, Token, Url, connect
from clients.commands.outbox import DEFAULT_OUTBOX, OutboxFolder, deliver
from clients.outbox import Act, Outbox, mark
from clients.output import CommandFailed, Json, show, speaks, table
from contracts.vocabulary import Kind, Severity

commands = typer.Typer(help="报送信息、查看报送 Submit reports and follow them.", no_args_is_help=True)


@commands.command("submit")
@speaks
def submit(
    title: Annotated[str, typer.Option(help="Title, 200 characters at the most.")],
    author: Annotated[str, typer.Option(help="Name of the author.")],
    signer: Annotated[str, typer.Option(help="Id of the responsible leader who signed (UUID).")],
    body: Annotated[str, typer.Option(help="The text; or use --file.")] = "",
    file: Annotated[Path | None, typer.Option(help="File with the text (UTF-8); - for standard input.")] = None,
    kind: Annotated[Kind, typer.Option(help="Kind of report.")] = Kind.DEVELOPMENT,
    severity: Annotated[Severity | None, typer.Option(help="Severity, for urgent information.")] = None,
    occurred_at: Annotated[str, typer.Option(help="When it happened, with zone: 2026-11-24T09:30:00+08:00.")] = "",
    place: Annotated[str, typer.Option(help="Where it happened.")] = "",
    answers: Annotated[str, typer.Option(help="Assignment a feedback answers (UUID).")] = "",
    attach: Annotated[list[Path] | None, typer.Option(help="File that is signed with it, 20 MB; repeatable.")] = None,
    idempotency_key: Annotated[str, typer.Option(help="Key of an earlier try, to repeat it safely.")] = "",
    save: Annotated[Path, typer.Option(help="Folder where the receipt is kept.")] = Path("receipts"),
    outbox: OutboxFolder = DEFAULT_OUTBOX,
    wait: Annotated[bool, typer.Option("--wait", help="Keep trying until the receipt is there.")] = False,
    url: Url = DEFAULT_URL,
    token: Token = "",
    as_json: Json = False,
) -> None:
    """Submit a report signed by the unit's responsible leader; prints and keeps the receipt.

    While the gateway is away the report is kept in the outbox: exit status 75, and `chengbao outbox send` sends it.
    Files go up first and are not kept in the outbox: while the gateway is away a report with files is not sent.
    """
    content: dict[str, Any] = {
        "kind": kind.value,
        "title": title,
        "body": _text(body, file),
        "severity": severity.value if severity else None,
        "occurred_at": instant(occurred_at),
        "place": place or None,
        "assignment_id": answers or None,
    }
    with connect(url, token) as client:
        content["attachments"] = [_uploaded(client, path) for path in attach or []] or None
        request = {"content": given(content), "author_name": author, "signer_id": signer}
        act = Act(idempotency_key or str(uuid4()), url, request, str(save), mark(token))
        deliver(Outbox(outbox), client, act, wait, as_json)


@commands.command("list")
@speaks
def list_reports(
    q: Annotated[str, typer.Option(help="Find by number, title or unit.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=200, help="Rows at the most.")] = 20,
    url: Url = DEFAULT_URL,
    token: Token = "",
    as_json: Json = False,
) -> None:
    """List the unit's reports, newest first."""
    with connect(url, token) as client:
        page = client.get("/v1/reports", q=q or None, limit=limit)
    rows = [(item["number"], item["title"], item["state"], item["received_at"]) for item in page["items"]]
    show(page, as_json, lambda: table("报送 Reports", ("编号", "标题", "状态", "收到时间"), rows))


def given(content: dict[str, Any]) -> dict[str, Any]:
    """The fields that were stated."""
    return {name: value for name, value in content.items() if value is not None}


def _uploaded(client: Client, path: Path) -> dict[str, Any]:
    """The file as a document names it."""
    try:
        answer = client.upload_attachment(path)
    except OSError as error:
        raise CommandFailed(f"无法读取附件 {path}：{error}", "请检查路径和权限。") from error
    return {name: value for name, value in answer.items() if name != "verdict"}


def _text(body: str, file: Path | None) -> str:
    if body and file:
        raise CommandFailed("--body 与 --file 只能用一个。", "去掉其中一个。")
    if file is None:
        return body
    try:
        return typer.get_text_stream("stdin").read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandFailed(f"无法读取 {file}：{error}", "请检查路径，并保存为 UTF-8 文本。") from error


def instant(text: str) -> str | None:
    """A time with its zone as the API wants it; None for nothing. Raises `CommandFailed`."""
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandFailed(f"时间 {text!r} 无法识别。", "写成 2026-11-24T09:30:00+08:00。") from error
    if found.tzinfo is None:
        raise CommandFailed(f"时间 {text!r} 没有时区。", "北京时间请在末尾加 +08:00。")
    return found.isoformat()
