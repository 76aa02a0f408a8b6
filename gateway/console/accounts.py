"""Accounts: opened for people of the directory, disabled, given a password that is shown once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import flash, g, render_template
from pydantic import BaseModel
from sqlalchemy import select

from contracts.rpc.directory import PersonPage, UnitPage
from gateway.assembly import gateway
from gateway.bodies import checked
from gateway.console.forms import asked, asked_query, builds_on, line
from gateway.console.page import Answer, Page, go_to
from gateway.entrance import present
from gateway.identity.accounts import (
    FreshPassword,
    ListAccounts,
    OpenAccount,
    disable_account,
    enable_account,
    list_accounts,
    open_account,
    reset_password,
)
from gateway.identity.second_factor import reset_factor
from gateway.model.accounts import accounts


def done(act: Callable[..., Any], *arguments: UUID | str | BaseModel) -> Any:
    """One act of the gateway's own in one transaction. Raises a refusal."""
    with gateway().database.work(present().principal, correlation_id=g.correlation_id) as work:
        return act(work, *arguments)


def show_accounts() -> Answer:
    query = asked_query("q", "cursor")
    with gateway().database.reading() as session:
        page = list_accounts(session, checked(ListAccounts, query))
    return render_template("console/accounts.html", page=page, query=query)


def list_people() -> Answer:
    """The directory, from which accounts are opened."""
    query = asked_query("unit_id", "cursor")
    page = asked("intake", "list_people", PersonPage, **query)
    units = asked("intake", "list_units", UnitPage, limit=200).items
    return render_template(
        "console/people.html", page=page, query=query, units=units,
        unit_names={unit.unit_id: unit.name for unit in units},
        logins=_logins([person.person_id for person in page.items]),
    )


def _logins(person_ids: list[UUID]) -> dict[UUID, str]:
    """Who of them has an account, and under which login."""
    statement = select(accounts.c.account_id, accounts.c.login).where(accounts.c.account_id.in_(person_ids))
    with gateway().database.reading() as session:
        return {row.account_id: row.login for row in session.execute(statement)}


def open_person_account(person_id: UUID) -> Answer:
    return _show_once(done(open_account, person_id, checked(OpenAccount, {"login": line("login") or ""})))


def reset_account_password(account_id: UUID) -> Answer:
    return _show_once(done(reset_password, account_id, builds_on()))


def _show_once(fresh: FreshPassword) -> Answer:
    """No redirect: the password is kept nowhere that a second page could read."""
    return render_template(
        "console/secret.html", title="新密码", name=fresh.login, word="密码", secret=fresh.password,
        back="show_accounts",
    )


def disable_person_account(account_id: UUID) -> Answer:
    done(disable_account, account_id, builds_on())
    flash("账户已停用，立即生效。")
    return go_to("show_accounts")


def enable_person_account(account_id: UUID) -> Answer:
    done(enable_account, account_id, builds_on())
    flash("账户已恢复。")
    return go_to("show_accounts")


def reset_account_factor(account_id: UUID) -> Answer:
    done(reset_factor, account_id, builds_on())
    flash("两步验证已重置，该账户的登录已全部结束。")
    return go_to("show_accounts")


ONE = "/accounts/<uuid:account_id>"

PAGES = (
    Page("GET", "/accounts", show_accounts),
    Page("GET", "/people", list_people),
    Page("POST", "/people/<uuid:person_id>/account", open_person_account),
    Page("POST", f"{ONE}/disabling", disable_person_account),
    Page("POST", f"{ONE}/enabling", enable_person_account),
    Page("POST", f"{ONE}/password", reset_account_password),
    Page("POST", f"{ONE}/second-factor/reset", reset_account_factor),
)
