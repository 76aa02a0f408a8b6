"""Where the gateway is and who calls it."""

from __future__ import annotations

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
