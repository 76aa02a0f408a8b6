"""API clients of units; their tokens are shown once."""

from __future__ import annotations

from uuid import UUID

from flask import flash, render_template
from sqlalchemy import select

from contracts.rpc.paging import ListQuery
from gateway.assembly import gateway
from gateway.bodies import checked
from gateway.console.accounts import done
from gateway.console.forms import asked_query, line
from gateway.console.page import Answer, Page, go_to
from gateway.identity.clients import (
    CreateClient,
    FreshToken,
    allow_attesting,
    create_client,
    disable_client,
    forbid_attesting,
    list_clients,
    renew_token,
)
from gateway.model.directory import units


def show_clients() -> Answer:
    query = asked_query("cursor")
    with gateway().database.reading() as session:
        page = list_clients(session, checked(ListQuery, query))
        names = {
            row.unit_id: row.name
            for row in session.execute(select(units.c.unit_id, units.c.name).order_by(units.c.name))
        }
    return render_template("console/clients.html", page=page, query=query, unit_names=names)


def create_unit_client() -> Answer:
    wanted = checked(CreateClient, {"name": line("name") or "", "unit_id": line("unit_id")})
    return _show_once(done(create_client, wanted))


def renew_client_token(client_id: UUID) -> Answer:
    return _show_once(done(renew_token, client_id))


def _show_once(fresh: FreshToken) -> Answer:
    return render_template(
        "console/secret.html", title="接口密钥", name=fresh.name, word="密钥", secret=fresh.token, back="show_clients"
    )


def disable_unit_client(client_id: UUID) -> Answer:
    done(disable_client, client_id)
    flash("接口客户端已停用。")
    return go_to("show_clients")


def allow_client_attesting(client_id: UUID) -> Answer:
    done(allow_attesting, client_id)
    flash("已允许该单位系统代报签发。")
    return go_to("show_clients")


def forbid_client_attesting(client_id: UUID) -> Answer:
    done(forbid_attesting, client_id)
    flash("已取消代报签发。")
    return go_to("show_clients")


ONE = "/clients/<uuid:client_id>"

PAGES = (
    Page("GET", "/clients", show_clients),
    Page("POST", "/clients", create_unit_client),
    Page("POST", f"{ONE}/token", renew_client_token),
    Page("POST", f"{ONE}/disabling", disable_unit_client),
    Page("POST", f"{ONE}/attestation", allow_client_attesting),
    Page("POST", f"{ONE}/attestation/withdrawal", forbid_client_attesting),
)
