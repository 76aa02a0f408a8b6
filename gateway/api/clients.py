"""API clients of units."""

from __future__ import annotations

from flask import Flask

from contracts.rpc.paging import ListQuery
from gateway.api.own_routes import OwnRoute, command, listing, register_own
from gateway.identity.clients import (
    Client,
    ClientPage,
    CreateClient,
    FreshToken,
    allow_attesting,
    create_client,
    disable_client,
    forbid_attesting,
    list_clients,
    renew_token,
)

ONE = "/v1/clients/<uuid:client_id>"

ROUTES = (
    OwnRoute(
        "GET", "/v1/clients", listing(list_clients, ListQuery), "列出接口客户端", "List API clients", ClientPage,
        query=ListQuery,
    ),
    OwnRoute(
        "POST", "/v1/clients", command(create_client, CreateClient, 201), "为单位新建接口客户端；密钥只显示一次",
        "Create one for a unit; the token is shown once", FreshToken, body=CreateClient, status=201,
    ),
    OwnRoute(
        "POST", f"{ONE}/token", command(renew_token), "更换密钥；旧密钥立即失效",
        "A new token; the old one is worthless", FreshToken,
    ),
    OwnRoute(
        "POST", f"{ONE}/disabling", command(disable_client), "停用接口客户端", "Disable; it works on the next request",
        Client,
    ),
    OwnRoute(
        "POST", f"{ONE}/attestation", command(allow_attesting), "允许代报签发", "Allow it to state who signed", Client
    ),
    OwnRoute(
        "DELETE", f"{ONE}/attestation", command(forbid_attesting), "取消代报签发", "Forbid it to state who signed",
        Client,
    ),
)


def install(app: Flask) -> None:
    register_own(app, ROUTES)
