"""Grants of roles: one security administrator proposes, another decides."""

from __future__ import annotations

from uuid import UUID

from flask import flash, render_template
from sqlalchemy import select

from contracts.vocabulary import Role
from gateway.assembly import gateway
from gateway.bodies import checked
from gateway.console.accounts import done
from gateway.console.forms import asked_query, line
from gateway.console.page import Answer, Page, go_to
from gateway.console.wording import GRANT_STATES
from gateway.identity.accounts import ListAccounts, list_accounts
from gateway.identity.grants import (
    ListGrants,
    ProposeGrant,
    approve_grant,
    list_grants,
    propose_grant,
    refuse_grant,
    revoke_grant,
)
from gateway.model.accounts import UNGRANTABLE, accounts
from kernel.errors import Invalid

GRANTABLE = tuple(role for role in Role if role not in UNGRANTABLE)


def show_grants() -> Answer:
    """The list of one account names it in the form above, too."""
    query = asked_query("state", "account_id", "cursor")
    with gateway().database.reading() as session:
        page = list_grants(session, checked(ListGrants, query))
        known = list_accounts(session, ListAccounts(limit=200)).items
        chosen = select(accounts.c.login).where(accounts.c.account_id == query.get("account_id"))
        login = session.scalar(chosen) if "account_id" in query else None
    return render_template(
        "console/grants.html", page=page, query=query, accounts=known, login=login, grantable=GRANTABLE,
        states=GRANT_STATES,
    )


def propose_role() -> Answer:
    """For the account of a login: a city has more accounts than a list to choose from could hold."""
    login = (line("login") or "").lower()
    with gateway().database.reading() as session:
        account_id = session.scalar(select(accounts.c.account_id).where(accounts.c.login == login))
    if account_id is None:
        raise Invalid("没有这个登录名，请核对。", "No account has this login.", pointer="/login")
    done(propose_grant, checked(ProposeGrant, {"account_id": account_id, "role": line("role")}))
    flash("已提出申请，须由另一位安全管理员批准。")
    return go_to("show_grants")


def approve_role(grant_id: UUID) -> Answer:
    done(approve_grant, grant_id)
    flash("授权已批准，立即生效。")
    return go_to("show_grants")


def refuse_role(grant_id: UUID) -> Answer:
    done(refuse_grant, grant_id)
    flash("申请已驳回。")
    return go_to("show_grants")


def revoke_role(grant_id: UUID) -> Answer:
    done(revoke_grant, grant_id)
    flash("授权已撤销，立即生效。")
    return go_to("show_grants")


ONE = "/grants/<uuid:grant_id>"

PAGES = (
    Page("GET", "/grants", show_grants),
    Page("POST", "/grants", propose_role),
    Page("POST", f"{ONE}/approval", approve_role),
    Page("POST", f"{ONE}/refusal", refuse_role),
    Page("POST", f"{ONE}/revocation", revoke_role),
)
