"""`chengbao session`: where one is signed in, and ending it."""

from __future__ import annotations

from typing import Annotated

import typer

from clients.commands.connection import DEFAULT_URL, Code, Login, Password, Url, signed_in
from clients.output import Json, console, show, speaks, table

commands = typer.Typer(help="本人的登录 One's own sessions.", no_args_is_help=True)


@commands.command("list")
@speaks
def list_sessions(
    login: Login, password: Password, code: Code = "", url: Url = DEFAULT_URL, as_json: Json = False
) -> None:
    """List one's own sessions, newest first; the one of this command ends with it and is left out."""
    with signed_in(url, login, password, code) as client:
        items = [one for one in client.pages("/v1/sessions") if not one["present"]]
    rows = [(one["session_id"], one["device"] or "", one["address"] or "", one["used_at"]) for one in items]
    show({"items": items}, as_json, lambda: table("登录 Sessions", ("标识", "设备", "地址", "最近使用"), rows))


@commands.command("end")
@speaks
def end(
    login: Login,
    password: Password,
    session_id: Annotated[list[str] | None, typer.Argument(help="As listed; several may be named.")] = None,
    everywhere: Annotated[bool, typer.Option("--all", help="Every session.")] = False,
    code: Code = "",
    url: Url = DEFAULT_URL,
    as_json: Json = False,
) -> None:
    """End sessions."""
    with signed_in(url, login, password, code) as client:
        named = list(session_id or [])
        if everywhere:
            named += [one["session_id"] for one in list(client.pages("/v1/sessions")) if not one["present"]]
        for one in named:
            client.delete(f"/v1/sessions/{one}")
    show({"ended": named}, as_json, lambda: console.print(f"已结束 {len(named)} 个登录。"))
