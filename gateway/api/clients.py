"""API clients of units: what they may do, their tokens, how much they were used."""

from __future__ import annotations

from uuid import UUID

from flask import Flask, Response, request

from contracts.rpc.paging import ListQuery
from gateway.api.own_routes import OwnRoute, command, listing, one, register_own
from gateway.api.routes import json_answer
from gateway.assembly import gateway
from gateway.bodies import checked, query_values
from gateway.identity.builds_on import BuildsOn
from gateway.identity.clients import (
    Client,
    ClientPage,
    ClientRights,
    CreateClient,
    FreshToken,
    RenewToken,
    allow_attesting,
    create_client,
    disable_client,
    forbid_attesting,
    get_client,
    list_clients,
    renew_token,
    revoke_token,
    set_rights,
)
from gateway.identity.usage import Usage, UsageQuery, usage_of
from gateway.measures import usage
from kernel.clock import china_day

ONE = "/v1/clients/<uuid:client_id>"


def show_usage(client_id: UUID) -> Response:
    """Requests of a client by day, address and status."""
    return json_answer(read_usage(client_id, checked(UsageQuery, query_values(request.args))))


def read_usage(client_id: UUID, query: UsageQuery) -> Usage:
    """What this worker counted is written first. Raises `NotFound`."""
    parts = gateway()
    usage().flush(parts.database)
    with parts.database.reading() as session:
        get_client(session, client_id)
        return usage_of(session, client_id, china_day(parts.clock.now()), query)


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
        "GET", ONE, one(get_client, versioned=True), "查看接口客户端",
        "One API client, with its tokens' first characters", Client, versioned=True,
    ),
    OwnRoute(
        "GET", f"{ONE}/usage", show_usage, "接口用量", "Requests by day, address and status", Usage, query=UsageQuery
    ),
    OwnRoute(
        "PUT", f"{ONE}/rights", command(set_rights, ClientRights, versioned=True),
        "设置权限范围、来源地址和频率上限", "Set scopes, addresses and limit; they work on the next request", Client,
        body=ClientRights, versioned=True,
    ),
    OwnRoute(
        "POST", f"{ONE}/token", command(renew_token, RenewToken, versioned=True), "更换密钥；旧密钥可并用若干小时",
        "A new token; the present one stays valid for overlap_hours (0: it ends at once)", FreshToken, body=RenewToken,
        versioned=True,
    ),
    OwnRoute(
        "DELETE", f"{ONE}/tokens/<which>", command(revoke_token, BuildsOn, versioned=True),
        "作废两个密钥之一（present 或 earlier）", "End one of two valid tokens: present or earlier", Client,
        body=BuildsOn, versioned=True,
    ),
    OwnRoute(
        "POST", f"{ONE}/disabling", command(disable_client, BuildsOn, versioned=True), "停用接口客户端",
        "Disable; it works on the next request", Client, body=BuildsOn, versioned=True,
    ),
    OwnRoute(
        "POST", f"{ONE}/attestation", command(allow_attesting, BuildsOn, versioned=True), "允许代报签发",
        "Allow it to state who signed", Client, body=BuildsOn, versioned=True,
    ),
    OwnRoute(
        "DELETE", f"{ONE}/attestation", command(forbid_attesting, BuildsOn, versioned=True), "取消代报签发",
        "Forbid it to state who signed", Client, body=BuildsOn, versioned=True,
    ),
)


def install(app: Flask) -> None:
    register_own(app, ROUTES)
