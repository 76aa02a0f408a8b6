"""Where the gateway is and who calls it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Annotated

import typer

from clients.client import Client
from clients.output import CommandFailed
from clients.problems import GatewayAway, ProblemAnswer

Url = Annotated[str, typer.Option(envvar="CHENGBAO_URL", help="Address of the gateway.")]
Token = Annotated[str, typer.Option(envvar="CHENGBAO_TOKEN", help="Bearer token of the unit's API client.")]

DEFAULT_URL = "http://127.0.0.1:8080"


def connect(url: str, token: str) -> AbstractContextManager[Client]:
    """A client for this gateway: the unit's by its token; without one the person's whom the environment names, signed
    in for this command. Raises `CommandFailed` when neither is told."""
    if token:
        return Client(url, token)
    login = os.environ.get("CHENGBAO_LOGIN")
    if not login:
        raise CommandFailed(
            "没有接口密钥，也没有用户名。",
            "本单位的系统请用 --token 或环境变量 CHENGBAO_TOKEN 提供接口密钥；本人操作请设环境变量 CHENGBAO_LOGIN，"
            "密码会询问，也可设 CHENGBAO_PASSWORD（需要动态码的再设 CHENGBAO_CODE）。",
        )
    password = os.environ.get("CHENGBAO_PASSWORD") or typer.prompt("密码 Password", hide_input=True)
    return signed_in(url, login, password, os.environ.get("CHENGBAO_CODE", ""))


def by_token(url: str, token: str) -> Client:
    """A client for what a unit's system alone does, which needs a token and asks for no password."""
    need_token(token)
    return Client(url, token)


def need_token(token: str) -> None:
    """Keys of repeated reports belong to a token: without one, one person's kept report could go out as another's.
    Raises `CommandFailed`."""
    if not token:
        raise CommandFailed(
            "没有接口密钥，什么也没有提交。",
            "从命令行报送由本单位的系统办理：请用 --token 或环境变量 CHENGBAO_TOKEN 提供接口密钥；"
            "本人（CHENGBAO_LOGIN）报送请登录网页。",
        )


Login = Annotated[str, typer.Option(envvar="CHENGBAO_LOGIN", help="One's login.")]
Password = Annotated[
    str,
    typer.Option(envvar="CHENGBAO_PASSWORD", prompt="密码 Password", hide_input=True, help="Asked for when not given."),
]
Code = Annotated[str, typer.Option(help="One-time code, for whoever signs in with one.")]


@contextmanager
def signed_in(url: str, login: str, password: str, code: str = "") -> Iterator[Client]:
    """A client in which a person is signed in; signed out at the end, so that no session is left behind. A sign-out
    that fails is tried no more and hides nothing of what the command has to say: the session ends by itself."""
    with Client(url) as client:
        client.sign_in(login, password, code or None)
        try:
            yield client
        finally:
            client.patience = 0.0
            with suppress(GatewayAway, ProblemAnswer):
                client.delete("/v1/sessions/current")
