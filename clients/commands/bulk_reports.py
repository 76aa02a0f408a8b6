"""`chengbao report submit-many`: a file of reports, each with a result of its own; a second run sends what is open."""

from __future__ import annotations

import time
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from clients.bulk import BulkFile, WrongFile, read_bulk
from clients.commands.connection import DEFAULT_URL, Token, Url, by_token
from clients.commands.outbox import KEPT
from clients.outbox import FIRST_PAUSE_S, LONGEST_PAUSE_S, mark
from clients.output import CommandFailed, Json, complain, show, speaks, table
from clients.problems import GatewayAway

STATES = {"open": "未收到，待重发", "received": "已收到", "refused": "未被接受"}


@speaks
def submit_many(
    file: Annotated[Path, typer.Argument(help="JSON array of reports, or one JSON object on each line.")],
    results: Annotated[
        Path | None, typer.Option(help="Where keys and results are kept; by default beside the file.")
    ] = None,
    save: Annotated[Path, typer.Option(help="Folder where the receipts are kept.")] = Path("receipts"),
    wait: Annotated[bool, typer.Option("--wait", help="Keep trying until nothing is open.")] = False,
    renewed: Annotated[
        bool, typer.Option("--renewed-token", help="The token is the same client's, renewed since the first run.")
    ] = False,
    url: Url = DEFAULT_URL,
    token: Token = "",
    as_json: Json = False,
) -> None:
    """Submit the reports of a file; each is what POST /v1/reports takes. Run it again to send what is open or was put
    right: what was received is not sent twice. Exit status 75 while something is open, 1 when something was refused.
    """
    kept = results or file.with_name(file.name + ".results.json")
    with by_token(url, token) as client:
        bulk = _read(file, kept, mark(token), renewed)
        client.receipts = save
        pause = FIRST_PAUSE_S
        while True:
            try:
                bulk.send(client)
            except GatewayAway as away:
                complain(f"网关没有应答（{away.cause}）。", f"密钥和结果已保存在 {kept}，重新运行即可续报，不会重复。")
            if not (wait and bulk.count("open")):
                break
            time.sleep(max(pause, bulk.pause))
            pause = min(pause * 2, LONGEST_PAUSE_S)
    _tell(bulk, kept, as_json)


def _read(file: Path, results: Path, caller: str, renewed: bool) -> BulkFile:
    try:
        return read_bulk(file, results, caller, renewed=renewed)
    except WrongFile as wrong:
        raise CommandFailed(f"{file}：{wrong}", "每件一行 JSON，或整个文件为一个 JSON 数组。") from wrong
    except (OSError, UnicodeDecodeError) as error:
        raise CommandFailed(f"无法读取 {file}：{error}", "请检查路径，并保存为 UTF-8 文本。") from error


def _tell(bulk: BulkFile, results: Path, as_json: bool) -> None:
    document = {
        "results": str(results), "received": bulk.count("received"), "refused": bulk.count("refused"),
        "open": bulk.count("open"), "items": [asdict(line) for line in bulk.lines],
    }
    rows = [
        (line.place, line.title, STATES[line.state], line.number or _why(line.detail, line.pointer))
        for line in bulk.lines
    ]
    heading = f"已收到 {document['received']} 件，未被接受 {document['refused']} 件，待重发 {document['open']} 件"
    show(document, as_json, lambda: table(heading, ("件", "标题", "结果", "编号或原因"), rows))
    if document["open"]:
        raise typer.Exit(KEPT)
    if document["refused"]:
        raise typer.Exit(1)


def _why(detail: str | None, pointer: str | None) -> str:
    return (detail or "") + (f"（{pointer}）" if pointer else "")
