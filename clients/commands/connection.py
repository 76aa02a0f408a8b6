"""Where the gateway is and who calls it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from clients.client import Client
from clients.output import CommandFailed

Url = Annotated[str, typer.Option(envvar="CHENGBAO_URL", help="Address of the gateway.")]
Token = Annotated[str, typer.Option(envvar="CHENGBAO_TOKEN", help="Bearer token of the unit's API client.")]

DEFAULT_URL = "http://127.0.0.1:8080"


def connect(url: str, token: str) -> Client:
    """A client for this gateway. Raises `CommandFailed` without a token."""
    if not token:
        raise CommandFailed("没有接口密钥。", "请用 --token 或环境变量 CHENGBAO_TOKEN 提供本单位的接口密钥。")
    return Client(url, token)


Login = Annotated[str, typer.Option(envvar="CHENGBAO_LOGIN", help="One's login.")]
Password = Annotated[
    str,
    typer.Option(envvar="CHENGBAO_PASSWORD", prompt="密码 Password", hide_input=True, help="Asked for when not given."),
]
Code = Annotated[str, typer.Option(help="One-time code, for whoever signs in with one.")]


@contextmanager
def signed_in(url: str, login: str, password: str, code: str = "") -> Iterator[Client]:
    """A client in which a person is signed in; signed out at the end, so that no session is left behind."""
    with Client(url) as client:
        client.sign_in(login, password, code or None)
        try:
            yield client
        finally:
            client.delete("/v1/sessions/current")
