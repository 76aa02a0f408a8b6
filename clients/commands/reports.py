"""`chengbao report`: submit a signed report and follow it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4

import typer

from clients.client import Client
from clients.commands.connection import DEFAULT_URL, Token, Url, by_token, connect
from clients.commands.outbox import DEFAULT_OUTBOX, OutboxFolder, deliver
from clients.outbox import Act, Outbox, mark
from clients.output import CommandFailed, Json, console, show, speaks, table
from contracts.vocabulary import (
    ChainState,
    Element,
    Kind,
    Leaning,
    ReportField,
    ReportState,
    Severity,
    SourceChannel,
)

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
    follows: Annotated[str, typer.Option(help="First report that a follow-up or final report follows (UUID).")] = "",
    answers: Annotated[str, typer.Option(help="Assignment a feedback answers (UUID).")] = "",
    reference: Annotated[str, typer.Option(help="Title of the city's document that the report answers.")] = "",
    reference_number: Annotated[str, typer.Option(help="Its document number.")] = "",
    commission: Annotated[str, typer.Option(help="Commission that it answers (UUID); needs --reference.")] = "",
    point: Annotated[list[str] | None, typer.Option(help="Point of guidance (UUID); needs --reference.")] = None,
    topic: Annotated[str, typer.Option(help="Topic.")] = "",
    leaning: Annotated[Leaning | None, typer.Option(help="Good news or bad.")] = None,
    channel: Annotated[SourceChannel | None, typer.Option(help="Where the unit has it from.")] = None,
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
        "follows_report_id": follows or None,
        "assignment_id": answers or None,
        "reference": _reference(reference, reference_number, commission, point),
        "topic": topic or None,
        "leaning": leaning.value if leaning else None,
        "source_channel": channel.value if channel else None,
    }
    with by_token(url, token) as client:
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
    rows = [
        (item["number"], item["title"], ReportState(item["state"]).label, item["received_at"]) for item in page["items"]
    ]
    show(page, as_json, lambda: table("报送 Reports", ("编号", "标题", "状态", "收到时间"), rows))


@commands.command("chain")
@speaks
def show_chain(report_id: str, url: Url = DEFAULT_URL, token: Token = "", as_json: Json = False) -> None:
    """First report, follow-ups and final report that belong to this one, what is still to be told and until when."""
    with connect(url, token) as client:
        chain = client.get(f"/v1/reports/{report_id}/chain")
    show(chain, as_json, lambda: _print_chain(chain))


def _print_chain(chain: dict[str, Any]) -> None:
    rows = [(step["label"], step["number"], step["title"], step["received_at"]) for step in chain["steps"]]
    table(f"{ChainState(chain['state']).label} Chain", ("环节", "编号", "标题", "收到时间"), rows)
    if chain["missing"]:
        console.print("尚未报告：" + "、".join(_word(missing) for missing in chain["missing"]))
    if chain["next_step"]:
        console.print(chain["next_step"]["explanation_zh"])


def _word(told: str) -> str:
    return ReportField(told).label if told in set(ReportField) else Element(told).label


@commands.command("check")
@speaks
def check(
    file: Annotated[Path, typer.Argument(help="File with the text (UTF-8); - for standard input.")],
    title: Annotated[str, typer.Option(help="Title; without it the file's first line is the title.")] = "",
    kind: Annotated[Kind, typer.Option(help="Kind of report.")] = Kind.DEVELOPMENT,
    url: Url = DEFAULT_URL,
    token: Token = "",
    as_json: Json = False,
) -> None:
    """Print what the writing check finds in a text; nothing is kept, and findings refuse nothing."""
    text = _text("", file)
    first, _, rest = text.partition("\n")
    document = {"kind": kind.value, "title": title or first.strip(), "body": text if title else rest.lstrip("\n")}
    with connect(url, token) as client:
        found = client.post("/v1/checks", document)
    rows = [
        (item["rule"], item["field"], f"{item['start']}-{item['end']}", item["words"][:20], item["why_zh"],
         item["suggestion"] if item["suggestion"] is not None else "")
        for item in found["items"]
    ]  # fmt: skip
    columns = ("规则", "字段", "位置", "文字", "原因", "建议")
    show(found, as_json, lambda: table(f"写作检查 Findings（已屏蔽 {found['muted']}）", columns, rows))


def _reference(title: str, number: str, commission: str, points: list[str] | None) -> dict[str, Any] | None:
    """The document of the city that the report answers, as far as it is stated."""
    stated = {"title": title, "number": number, "commission_id": commission, "point_ids": points}
    return {name: value for name, value in stated.items() if value} or None


def given(content: dict[str, Any]) -> dict[str, Any]:
    """The fields that were stated."""
    return {name: value for name, value in content.items() if value is not None}


def _uploaded(client: Client, path: Path) -> dict[str, Any]:
    """The file as a document names it."""
    try:
        answer = client.upload(path)
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
