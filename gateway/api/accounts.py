"""Accounts; opened for people of the directory by the system administrator."""

from __future__ import annotations

from flask import Flask

from gateway.api.own_routes import OwnRoute, command, listing, register_own
from gateway.identity.accounts import (
    Account,
    AccountPage,
    FreshPassword,
    ListAccounts,
    OpenAccount,
    disable_account,
    enable_account,
    list_accounts,
    open_account,
    reset_password,
)
from gateway.identity.builds_on import BuildsOn
from gateway.identity.second_factor import Factor, reset_factor

ONE = "/v1/accounts/<uuid:account_id>"

ROUTES = (
    OwnRoute(
        "GET", "/v1/accounts", listing(list_accounts, ListAccounts), "列出账户", "List accounts", AccountPage,
        query=ListAccounts,
    ),
    OwnRoute(
        "POST", "/v1/people/<uuid:person_id>/account", command(open_account, OpenAccount, 201),
        "为名录中的人员开户；密码只显示一次", "Open an account for a recorded person; the password is shown once",
        FreshPassword, body=OpenAccount, status=201,
    ),
    OwnRoute(
        "POST", f"{ONE}/disabling", command(disable_account, BuildsOn, versioned=True), "停用账户",
        "Disable; it works on the next request", Account, body=BuildsOn, versioned=True,
    ),
    OwnRoute(
        "POST", f"{ONE}/enabling", command(enable_account, BuildsOn, versioned=True), "恢复账户或解除锁定",
        "Enable, or end a lock", Account, body=BuildsOn, versioned=True,
    ),
    OwnRoute(
        "POST", f"{ONE}/password", command(reset_password, BuildsOn, versioned=True), "重置密码；新密码只显示一次",
        "A new random password, shown once", FreshPassword, body=BuildsOn, versioned=True,
    ),
    OwnRoute(
        "DELETE", f"{ONE}/second-factor", command(reset_factor, BuildsOn, versioned=True),
        "重置两步验证；该账户的登录全部结束", "Take the second factor off, for a lost telephone; every session ends",
        Factor, body=BuildsOn, versioned=True,
    ),
)


def install(app: Flask) -> None:
    register_own(app, ROUTES)
