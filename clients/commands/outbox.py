"""`chengbao outbox`: reports kept on this machine because the gateway was away; sent again, listed, dropped."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from clients.client import Client
from clients.commands.connection import Token, by_token, need_token
from clients.outbox import Act, Outbox, Sent, Unreadable, mark
from clients.output import CommandFailed, Json, complain, console, in_beijing, show, speaks
from clients.problems import ProblemAnswer

commands = typer.Typer(help="网关不通时留在本机的报送 Reports waiting for the gateway.", no_args_is_help=True)

KEPT = 75
"""Exit status: kept, not received yet (EX_TEMPFAIL of sysexits.h)."""
DEFAULT_OUTBOX = Path("~/.local/state/chengbao/outbox").expanduser()
OutboxFolder = Annotated[
    Path, typer.Option("--outbox", envvar="CHENGBAO_OUTBOX", help="Folder where unsent reports wait.")
]


@commands.command("list")
@speaks
def list_acts(outbox: OutboxFolder = DEFAULT_OUTBOX, as_json: Json = False) -> None:
    """What waits, with the time of each attempt. None of it has been received."""
    acts, unreadable = _acts(Outbox(outbox))
    document = {"items": [_described(act) for act in acts], "unreadable": unreadable}
    show(document, as_json, lambda: _print_acts(acts))
    _name_unreadable(unreadable)


@commands.command("send")
@speaks
def send(
    wait: Annotated[bool, typer.Option("--wait", help="Keep trying until every receipt is there.")] = False,
    renewed: Annotated[
        bool, typer.Option("--renewed-token", help="The token is the same client's, renewed since the first attempt.")
    ] = False,
    outbox: OutboxFolder = DEFAULT_OUTBOX,
    token: Token = "",
    as_json: Json = False,
) -> None:
    """Send everything that waits, each with the key of its first attempt: nothing is doubled.

    Exit status 75 while something still waits, 1 when something was refused or could not be read.
    """
    need_token(token)
    box = Outbox(outbox)
    acts, unreadable = _acts(box)
    results = [_send_one(box, act, token, renewed, wait) for act in acts if act.refused is None]
    refused = [_described(act) for act in acts if act.refused] + [one for one in results if one.get("refused")]
    show({"results": results, "unreadable": unreadable}, as_json, lambda: _print_results(results))
    for one in refused:
        again = f"改正后重新报送，再用 chengbao outbox drop {one['name']} 移除。"
        complain(f"《{one['title']}》未被接受：{one['refused']}", again)
    _name_unreadable(unreadable)
    if refused or unreadable:
        raise typer.Exit(1)
    if any("receipt" not in one for one in results):
        raise typer.Exit(KEPT)


@commands.command("drop")
@speaks
def drop(
    name: Annotated[str, typer.Argument(help="Name as listed.")],
    outbox: OutboxFolder = DEFAULT_OUTBOX,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Give one up: it will never be sent. It may have been received if an attempt's answer was lost."""
    box = Outbox(outbox)
    act = next((act for act in _acts(box)[0] if act.name == name), None)
    if act is None:
        raise CommandFailed(f"没有名为 {name} 的待发报送。", "用 chengbao outbox list 查看。")
    if yes or typer.confirm(f"放弃《{act.title}》？它尚未收到回执，放弃后不再发送。"):
        box.drop(act)
        console.print(f"已放弃《{act.title}》。")


def deliver(box: Outbox, client: Client, act: Act, wait: bool, as_json: bool) -> None:
    """Keep it, send it, and give it out of hand with its receipt only. Exits 75 when it has to wait."""
    act = _with_earlier_attempts(box, act)
    try:
        act, sent = _sent(box, client, act, wait)
    except ProblemAnswer:
        if len(box.read(box.path(act)).attempts) == 1:  # refused at once, before the eyes of whoever sends it
            box.drop(act)
        raise
    if sent.receipt is None:
        document = {"received": False, "kept": str(box.path(act)), **_described(act)}
        show(document, as_json, lambda: _print_kept(box, act, sent))
        raise typer.Exit(KEPT)
    receipt, kept = sent.receipt, keep_receipt(sent.receipt, Path(act.save))
    box.drop(act)
    show(receipt, as_json, lambda: print_receipt(receipt, kept))


def _with_earlier_attempts(box: Outbox, act: Act) -> Act:
    """The same key again is the same act. Raises `CommandFailed` when it waits with another content."""
    path = box.path(act)
    if not path.exists():
        return act
    earlier = box.read(path)
    if earlier.body != act.body:
        raise CommandFailed(
            f"待发报送 {act.name} 用的是同一个 Idempotency-Key，内容不同。",
            "另换一个 --idempotency-key，或先处理该报送。",
        )
    return replace(act, attempts=earlier.attempts)


def _sent(box: Outbox, client: Client, act: Act, wait: bool) -> tuple[Act, Sent]:
    if not wait:
        return box.attempt(client, act)
    client.patience = 0.0
    return act, Sent(box.insist(client, act, _tell))


def _send_one(box: Outbox, act: Act, token: str, renewed: bool, wait: bool) -> dict[str, Any]:
    if act.caller != mark(token) and not renewed:
        why = "首次发送用的是另一个接口密钥；确为同一接口更换的密钥时，加 --renewed-token"
        return {**_described(act), "waits": why}
    with by_token(act.url, token) as client:
        client.patience = 0.0
        try:
            act, sent = _sent(box, client, act, wait)
        except ProblemAnswer as problem:
            return {**_described(act), "refused": str(problem)}
    if sent.receipt is None:
        return {**_described(act), "waits": sent.why}
    kept = keep_receipt(sent.receipt, Path(act.save))
    box.drop(act)
    return {**_described(act), "receipt": sent.receipt["number"], "file": str(kept)}


def _acts(box: Outbox) -> tuple[list[Act], list[str]]:
    """Those that can be read, the first attempted first, and the files that cannot."""
    acts, unreadable = [], []
    for path in box.files():
        try:
            acts.append(box.read(path))
        except Unreadable as file:
            unreadable.append(str(file))
    return sorted(acts, key=lambda act: act.attempts), unreadable


def _described(act: Act) -> dict[str, Any]:
    shown = ("name", "title", "idempotency_key", "url", "attempts", "refused")
    return {name: value for name in shown if (value := getattr(act, name)) is not None}


def _print_acts(acts: list[Act]) -> None:
    for act in acts:
        console.print(f"{act.name}《{act.title}》尚未报到，{act.refused or '等待发送'}")
        for attempt in act.attempts:
            console.print(f"  {attempt} 试发")
    if not acts:
        console.print("没有待发的报送。")


def _name_unreadable(files: list[str]) -> None:
    for file in files:
        complain(f"{file} 读不懂，未作改动。", "请打开核对；内容仍需报送的，重新报送后自行移走该文件。")


def _tell(act: Act, sent: Sent, pause: float) -> None:
    complain(f"{act.attempts[-1]} 网关没有收下（{sent.why}），{pause:.0f} 秒后再试；尚未报到。")


def _print_kept(box: Outbox, act: Act, sent: Sent) -> None:
    console.print(f"网关暂时连不上（{sent.why}）。已保存在本机，尚未报到：{box.path(act)}")
    console.print("网关恢复后执行 chengbao outbox send，同一份内容不会报两次。紧急信息请先打电话口头报告。")


def _print_results(results: list[dict[str, Any]]) -> None:
    for one in results:
        if "receipt" in one:
            console.print(f"《{one['title']}》已接收，回执编号 {one['receipt']}，已保存到 {one['file']}")
        elif "waits" in one:
            console.print(f"《{one['title']}》尚未报到：{one['waits']}")
    if not results:
        console.print("没有待发的报送。")


def keep_receipt(receipt: dict[str, Any], folder: Path) -> Path:
    """The receipt as the gateway gave it, for checking offline."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{receipt['number']}.json"
    path.write_text(json.dumps(receipt, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return path


def print_receipt(receipt: dict[str, Any], kept: Path) -> None:
    """For people."""
    if receipt.get("trial"):
        console.print(f"试报通过检查，内容未进入报送；试报回执 {receipt['number']} 已保存到 {kept}")
        return
    console.print(f"已接收，回执编号 {receipt['number']}")
    console.print(f"收到时间 {in_beijing(receipt['received_at'])}（北京时间，以此时间计算时限）")
    console.print(f"内容摘要 {receipt['content_hash']}")
    console.print(f"回执已保存到 {kept}；离线核验：chengbao receipt verify {kept} --key 公钥文件")
