"""`chengbao webhook`: where the unit's system is told what became of its reports, and what was told."""

from __future__ import annotations

import time
from typing import Annotated, Any

import typer

from clients.client import Client
from clients.commands.connection import DEFAULT_URL, Token, Url, connect
from clients.output import Json, console, show, speaks, table

commands = typer.Typer(help="结果推送 Webhooks of the unit's system.", no_args_is_help=True)

STATES = {"waiting": "待推送", "sending": "正在推送", "delivered": "已送达", "given_up": "已放弃"}
TRIED_S = 30.0
"""How long `test` waits for a first try."""
STEP_S = 0.5


@commands.command("list")
@speaks
def list_webhooks(url: Url = DEFAULT_URL, token: Token = "", as_json: Json = False) -> None:
    """List the client's webhooks."""
    with connect(url, token) as client:
        items = list(client.pages("/v1/webhooks"))
    rows = [(one["webhook_id"], one["url"], "停用" if one["disabled"] else "正常", len(one["events"])) for one in items]
    show({"items": items}, as_json, lambda: table("推送 Webhooks", ("标识", "地址", "状态", "通知种类"), rows))


@commands.command("add")
@speaks
def add(
    address: Annotated[str, typer.Argument(help="Where to tell it: https://...")],
    event: Annotated[list[str] | None, typer.Option(help="What to tell, repeatable; without it everything.")] = None,
    url: Url = DEFAULT_URL,
    token: Token = "",
    as_json: Json = False,
) -> None:
    """Register a webhook. Its secret is shown this once."""
    with connect(url, token) as client:
        made = client.post("/v1/webhooks", {"url": address} | ({"events": event} if event else {}))
    show(made, as_json, lambda: _print_made(made))


def _print_made(made: dict[str, Any]) -> None:
    console.print(f"已登记 {made['webhook']['webhook_id']}")
    console.print(f"签名密钥（只显示一次）：{made['secret']}")


@commands.command("test")
@speaks
def send_test(webhook_id: str, url: Url = DEFAULT_URL, token: Token = "", as_json: Json = False) -> None:
    """Send news that tells nothing and wait for the first try. Exit status 1 when it does not arrive."""
    with connect(url, token) as client:
        sent = client.post(f"/v1/webhooks/{webhook_id}/test")
        sent = _tried(client, webhook_id, sent)
    show(sent, as_json, lambda: _print_deliveries([sent]))
    if sent["state"] != "delivered":
        raise typer.Exit(1)


def _tried(client: Client, webhook_id: str, sent: dict[str, Any]) -> dict[str, Any]:
    """The delivery once it was tried, or as it is when patience ends."""
    deadline = time.monotonic() + TRIED_S
    while time.monotonic() < deadline and (not sent["attempts"] or sent["state"] == "sending"):
        client.wait(STEP_S)
        page = client.get(f"/v1/webhooks/{webhook_id}/deliveries", limit=200)
        sent = next((one for one in page["items"] if one["delivery_id"] == sent["delivery_id"]), sent)
    return sent


@commands.command("deliveries")
@speaks
def deliveries(
    webhook_id: str,
    state: Annotated[str, typer.Option(help="waiting, sending, delivered or given_up.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=200, help="Rows at the most.")] = 20,
    url: Url = DEFAULT_URL,
    token: Token = "",
    as_json: Json = False,
) -> None:
    """What was told, newest first."""
    with connect(url, token) as client:
        page = client.get(f"/v1/webhooks/{webhook_id}/deliveries", state=state or None, limit=limit)
    show(page, as_json, lambda: _print_deliveries(page["items"]))


@commands.command("redeliver")
@speaks
def redeliver(
    delivery_id: Annotated[list[str] | None, typer.Argument(help="As listed; several may be named.")] = None,
    given_up: Annotated[str, typer.Option(help="Instead: everything given up of this webhook.")] = "",
    url: Url = DEFAULT_URL,
    token: Token = "",
    as_json: Json = False,
) -> None:
    """Tell it once more, under the same id."""
    with connect(url, token) as client:
        named = list(delivery_id or [])
        if given_up:
            path = f"/v1/webhooks/{given_up}/deliveries"
            named += [one["delivery_id"] for one in list(client.pages(path, state="given_up"))]
        sent = [client.post(f"/v1/webhook-deliveries/{one}/redelivery") for one in named]
    show({"items": sent}, as_json, lambda: _print_deliveries(sent))


def _print_deliveries(items: list[dict[str, Any]]) -> None:
    rows = [
        (one["delivery_id"], one["type"], one["created_at"], STATES[one["state"]], one["attempts"],
         one["error"] or one["status"] or "")
        for one in items
    ]  # fmt: skip
    table("推送记录 Deliveries", ("标识", "内容", "产生时间", "状态", "次数", "最近结果"), rows)
