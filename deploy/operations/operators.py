"""Who uses an operator's command: named by login, known to the gateway, holding the role that the act needs."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from contracts.vocabulary import Role
from deploy.operations.installation import Installation, OperationFailed
from gateway.model.accounts import accounts, grants
from kernel.database import Database
from kernel.principal import Keyring, Principal


@dataclass(frozen=True)
class Operator:
    """Somebody the gateway knows, with the gateway's word for it as the evidence of his acts."""

    principal: Principal
    token: str


def named_operator(installation: Installation, login: str, role: Role = Role.OPERATOR) -> Operator:
    """The person with this login. Raises `OperationFailed` for one unknown, disabled or without the role.

    Whoever may read the installation's files is trusted to name himself truly; the name goes into the evidence.
    """
    with installation.database("gateway") as database:
        principal = _principal(database, login, role)
        keyring = Keyring.load("gateway", installation.keys("gateway"))
        return Operator(principal, keyring.sign(principal, database.clock.now(), lifetime=None))


def _principal(database: Database, login: str, role: Role) -> Principal:
    try:
        with database.reading() as session:
            account = session.execute(select(accounts).where(accounts.c.login == login)).one_or_none()
            if account is None or account.disabled:
                raise OperationFailed(f"没有可用的账户 {login}。", "用 --as 填写运维员的登录名；停用的账户不能使用。")
            held = set(
                session.scalars(
                    select(grants.c.role).where(grants.c.account_id == account.account_id, grants.c.state == "approved")
                )
            )
    except SQLAlchemyError as error:
        raise OperationFailed(f"网关数据库读不出来：{first_line(error)}。", "请检查数据库是否在运行。") from error
    if role not in held:
        raise OperationFailed(
            f"{login} 没有“{role.label}”权限。", "请由两名安全管理员授予该角色，或改用有此角色的登录名。"
        )
    return Principal(str(account.account_id), account.name, None, frozenset({str(role)}))


def first_line(error: Exception) -> str:
    """The first line of an error's message, for people."""
    with suppress(IndexError):
        return str(error).splitlines()[0]
    return type(error).__name__
