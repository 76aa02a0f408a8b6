"""API clients of units: what they may do, their tokens (shown once), how much they were used."""

from __future__ import annotations

from uuid import UUID

from flask import flash, render_template, request
from sqlalchemy import select

from contracts.rpc.paging import ListQuery
from gateway.api.clients import read_usage
from gateway.assembly import gateway
from gateway.bodies import checked
from gateway.console.accounts import done
from gateway.console.forms import asked_query, builds_on, line
from gateway.console.page import Answer, Page, go_to
from gateway.identity.clients import (
    OVERLAP_HOURS,
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
from gateway.identity.scopes import ALL
from gateway.identity.usage import UsageQuery
from gateway.model.directory import units


def show_clients() -> Answer:
    query = asked_query("cursor")
    with gateway().database.reading() as session:
        page = list_clients(session, checked(ListQuery, query))
    return render_template("console/clients.html", page=page, query=query, unit_names=_unit_names())


def _unit_names() -> dict[UUID, str]:
    statement = select(units.c.unit_id, units.c.name).order_by(units.c.name)
    with gateway().database.reading() as session:
        return {row.unit_id: row.name for row in session.execute(statement)}


def show_client(client_id: UUID) -> Answer:
    query = asked_query("cursor")
    with gateway().database.reading() as session:
        client = get_client(session, client_id)
    usage = read_usage(client_id, checked(UsageQuery, query))
    return render_template(
        "console/client.html", client=client, usage=usage, query=query, scopes=ALL, unit_names=_unit_names(),
        overlap_hours=OVERLAP_HOURS, setting=gateway().settings.requests_per_minute,
    )


def create_unit_client() -> Answer:
    wanted = {"name": line("name") or "", "unit_id": line("unit_id"), "trial": line("trial") == "yes"}
    return _show_once(done(create_client, checked(CreateClient, wanted)))


def set_client_rights(client_id: UUID) -> Answer:
    typed = {
        "scopes": request.form.getlist("scopes"),
        "networks": request.form.get("networks", "").replace(",", " ").replace("，", " ").split(),
        "per_minute": _number("per_minute"),
        "version": _number("version"),
    }
    done(set_rights, client_id, checked(ClientRights, typed))
    flash("权限已保存，立即生效。")
    return go_to("show_client", client_id=client_id)


def _number(name: str) -> int | str | None:
    """What was typed as a number; other words go on as they are, to be refused with their pointer."""
    typed = line(name)
    return int(typed) if typed and typed.isascii() and typed.isdigit() and len(typed) < 10 else typed


def renew_client_token(client_id: UUID) -> Answer:
    wanted = checked(RenewToken, {"overlap_hours": _number("overlap_hours") or 0, "version": _number("version")})
    return _show_once(done(renew_token, client_id, wanted))


def revoke_client_token(client_id: UUID, which: str) -> Answer:
    done(revoke_token, client_id, which, builds_on())
    flash("该密钥已作废，立即生效。")
    return go_to("show_client", client_id=client_id)


def _show_once(fresh: FreshToken) -> Answer:
    word = "试报密钥" if fresh.trial else "密钥"
    return render_template(
        "console/secret.html", title="接口密钥", name=fresh.name, word=word, secret=fresh.token, back="show_clients"
    )


def disable_unit_client(client_id: UUID) -> Answer:
    done(disable_client, client_id, builds_on())
    flash("接口客户端已停用。")
    return go_to("show_clients")


def allow_client_attesting(client_id: UUID) -> Answer:
    done(allow_attesting, client_id, builds_on())
    flash("已允许该单位系统代报签发。")
    return go_to("show_clients")


def forbid_client_attesting(client_id: UUID) -> Answer:
    done(forbid_attesting, client_id, builds_on())
    flash("已取消代报签发。")
    return go_to("show_clients")


ONE = "/clients/<uuid:client_id>"

PAGES = (
    Page("GET", "/clients", show_clients),
    Page("POST", "/clients", create_unit_client),
    Page("GET", ONE, show_client),
    Page("POST", f"{ONE}/rights", set_client_rights),
    Page("POST", f"{ONE}/token", renew_client_token),
    Page("POST", f"{ONE}/tokens/<which>/revocation", revoke_client_token),
    Page("POST", f"{ONE}/disabling", disable_unit_client),
    Page("POST", f"{ONE}/attestation", allow_client_attesting),
    Page("POST", f"{ONE}/attestation/withdrawal", forbid_client_attesting),
)
