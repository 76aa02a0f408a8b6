"""Grants of roles: two security administrators for each."""

from __future__ import annotations

from flask import Flask

from gateway.api.own_routes import OwnRoute, command, listing, register_own
from gateway.identity.grants import (
    Grant,
    GrantPage,
    ListGrants,
    ProposeGrant,
    approve_grant,
    list_grants,
    propose_grant,
    refuse_grant,
    revoke_grant,
)

ONE = "/v1/grants/<uuid:grant_id>"

ROUTES = (
    OwnRoute(
        "GET", "/v1/grants", listing(list_grants, ListGrants), "列出授权", "List grants", GrantPage, query=ListGrants
    ),
    OwnRoute(
        "POST", "/v1/grants", command(propose_grant, ProposeGrant, 201), "申请授权",
        "Propose a grant; another security administrator approves it", Grant, body=ProposeGrant, status=201,
    ),
    OwnRoute("POST", f"{ONE}/approval", command(approve_grant), "批准授权", "Approve, as the second person", Grant),
    OwnRoute("POST", f"{ONE}/refusal", command(refuse_grant), "驳回授权申请", "Refuse the proposal", Grant),
    OwnRoute(
        "POST", f"{ONE}/revocation", command(revoke_grant), "撤销授权", "Revoke; it works on the next request", Grant
    ),
)


def install(app: Flask) -> None:
    register_own(app, ROUTES)
