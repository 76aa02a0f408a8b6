"""`chengbao receipt`: what became of a report, and whether a receipt is genuine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer
from pydantic import ValidationError

from clients.commands.connection import DEFAULT_URL, Token, Url, connect
from clients.output import CommandFailed, Json, console, in_beijing, show, speaks
from contracts.receipts import Receipt, receipt_is_genuine
from contracts.vocabulary import ReceiptState

commands = typer.Typer(help="回执查询与核验 Receipts: progress and proof.", no_args_is_help=True)


@commands.command("show")
@speaks
def show_receipt(number: str, url: Url = DEFAULT_URL, token: Token = "", as_json: Json = False) -> None:
    """How far the report has come: accepted, registered, on the desk, seen by whom and when."""
    with connect(url, token) as client:
        answer = client.get(f"/v1/receipts/{number}")
    show(answer, as_json, lambda: _print_progress(number, answer))


@commands.command("verify")
@speaks
def verify(
    file: Annotated[Path, typer.Argument(help="The receipt as kept (JSON).")],
    key: Annotated[Path | None, typer.Option(help="The gateway's public key (PEM), for checking offline.")] = None,
    url: Url = DEFAULT_URL,
    as_json: Json = False,
) -> None:
    """Whether the gateway really gave this receipt. With --key nothing is asked of anyone. Exit 1 when it is not."""
    receipt = _read(file)
    genuine = receipt_is_genuine(receipt, _public_key(key, url, receipt.key_id))
    result = {"number": receipt.number, "genuine": genuine, "key_id": receipt.key_id}
    show(result, as_json, lambda: _print_verdict(receipt, genuine))
    if not genuine:
        raise typer.Exit(1)


def _read(file: Path) -> Receipt:
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
        if document.get("trial"):
            raise CommandFailed(
                f"{file} 是试报回执，没有签名，不是收到报送的凭证。", "正式报送请使用正式的接口密钥。"
            )
        known = {name: document[name] for name in Receipt.model_fields if name in document}
        return Receipt.model_validate(known)
    except (OSError, ValueError, ValidationError) as error:
        raise CommandFailed(f"{file} 不是完整的回执：{error}", "请使用报送时保存的回执 JSON 文件。") from error


def _public_key(key: Path | None, url: str, key_id: str) -> bytes:
    if key is not None:
        try:
            return key.read_bytes()
        except OSError as error:
            raise CommandFailed(f"无法读取公钥 {key}：{error.strerror}", "请检查路径。") from error
    try:
        answer = httpx.get(f"{url}/v1/keys", timeout=10, trust_env=False)
        answer.raise_for_status()
        return _key_named(answer.json(), key_id)
    except httpx.HTTPError as error:
        raise CommandFailed("无法从网关取得公钥。", "离线核验请用 --key 指定公钥文件。") from error


def _key_named(document: dict[str, Any], key_id: str) -> bytes:
    for item in document["items"]:
        if item["key_id"] == key_id:
            return str(item["pem"]).encode()
    raise CommandFailed(f"网关没有公布编号为 {key_id} 的公钥。", "请向市政府办公厅核实该回执的来源。")


def _print_progress(number: str, answer: dict[str, Any]) -> None:
    progress = answer["progress"]
    console.print(f"回执 {number}：{ReceiptState(progress['state']).label}，{progress['seen_zh']}")
    if progress.get("acknowledged_zh"):
        console.print(progress["acknowledged_zh"])


def _print_verdict(receipt: Receipt, genuine: bool) -> None:
    if genuine:
        received = in_beijing(receipt.received_at.isoformat())
        console.print(f"回执 {receipt.number} 真实有效：{received}（北京时间）收到《{receipt.title}》。")
    else:
        console.print(f"回执 {receipt.number} 未通过核验：内容被改动，或不是网关签发。")
