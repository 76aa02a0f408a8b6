"""Signing in: password, then a code where the account has a second factor; failures lock account and address (0094)."""

from __future__ import annotations

import math
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from contracts.model import Strict, Text
from gateway.assembly import Gateway
from gateway.identity.locks import ACCOUNT, QUIET, Patience, Standing, address_patience
from gateway.identity.passwords import password_matches
from gateway.identity.second_factor import Code, code_is_taken
from gateway.identity.sessions import Origin, SignedIn, Unauthenticated, begin_session
from gateway.model.accounts import accounts, address_failures
from kernel.database import Work
from kernel.errors import Refusal
from kernel.principal import system_principal


class SignIn(Strict):
    """`code`: of the telephone, or a recovery code; needed once the account has a second factor."""

    login: Annotated[Text, Field(min_length=1, max_length=100)]
    password: Annotated[Text, Field(min_length=1, max_length=200)]
    code: Code | None = None


class CodeRequired(Refusal):
    """The password is right; the account needs a one-time code too, or this one is wrong or was used."""

    problem = "code-required"


class AddressLocked(Refusal):
    """Too many failures from this address; `retry_after` says when to come again."""

    problem = "rate-limited"


def sign_in(gateway: Gateway, request: SignIn, origin: Origin, correlation_id: UUID) -> SignedIn:
    """Begin a session. Raises `AddressLocked`, `CodeRequired` or `Unauthenticated`; a failure counts even so."""
    with gateway.database.work(system_principal("gateway"), correlation_id=correlation_id) as work:
        _check_address(work, origin.address)
        row = work.session.execute(
            select(accounts).where(accounts.c.login == request.login).with_for_update()
        ).one_or_none()
        # The password is looked at first: it costs the same time whether the account exists, is locked or disabled.
        matches = password_matches(row.password_hash if row else None, request.password)
        standing = Standing(row.failures, row.locks, row.locked_until) if row else Standing()
        refusal: Refusal = _UNKNOWN
        if row is not None and matches and not standing.locked(work.now) and not row.disabled:
            if row.code_secret is None or (request.code and code_is_taken(work, gateway.keyring, row, request.code)):
                return _begin(work, row, origin)
            if request.code is None:
                raise CodeRequired("请输入手机上的验证码。", "Send the one-time code too.", pointer="/code")
            refusal = CodeRequired(
                "验证码不正确或已经用过，请等下一个验证码。", "The code is wrong or was used; wait for the next one.",
                pointer="/code",
            )
        if row is not None and not standing.locked(work.now):
            _count_failure(work, row.account_id, standing, origin)
        _count_address(work, origin.address, address_patience(gateway.settings.requests_per_minute))
    raise refusal


_UNKNOWN = Unauthenticated(
    "用户名或密码不正确，或账户已停用、暂时锁定（连续失败 5 次锁定 15 分钟，再犯加倍，最长 4 小时）。",
    "Wrong login or password, or the account is disabled or locked (15 minutes after 5 failures, then twice as long"
    " each time, 4 hours at the most).",
)


def _begin(work: Work, row: Any, origin: Origin) -> SignedIn:
    work.session.execute(
        update(accounts)
        .where(accounts.c.account_id == row.account_id)
        .values(failures=0, locks=0, locked_until=None)
    )
    return begin_session(work, row.account_id, row.name, origin)


def _count_failure(work: Work, account_id: UUID, standing: Standing, origin: Origin) -> None:
    after = standing.after_failure(ACCOUNT, work.now)
    work.session.execute(
        update(accounts)
        .where(accounts.c.account_id == account_id)
        .values(failures=after.failures, locks=after.locks, locked_until=after.locked_until)
    )
    work.audit("session.refuse", account_id, locked=after.locked(work.now), address=origin.address)


def _check_address(work: Work, address: str) -> None:
    until = work.session.scalar(select(address_failures.c.locked_until).where(address_failures.c.address == address))
    if until is not None and until > work.now:
        wait = math.ceil((until - work.now).total_seconds())
        raise AddressLocked(
            f"该地址登录失败过多，请在 {wait} 秒后重试。",
            f"Too many failed sign-ins from this address; try again in {wait} seconds.",
            extra={"retry_after": wait},
        )


def _count_address(work: Work, address: str, patience: Patience) -> None:
    known = address_failures.c.address == address
    work.session.execute(
        insert(address_failures)
        .values(address=address, failures=0, locks=0, failed_at=work.now)
        .on_conflict_do_nothing()
    )
    row = work.session.execute(select(address_failures).where(known).with_for_update()).one()
    quiet = row.failed_at < work.now - QUIET
    standing = Standing() if quiet else Standing(row.failures, row.locks, row.locked_until)
    after = standing.after_failure(patience, work.now)
    values = {"failures": after.failures, "locks": after.locks, "locked_until": after.locked_until}
    work.session.execute(update(address_failures).where(known).values(failed_at=work.now, **values))


def forget_quiet_addresses(work: Work) -> None:
    """Delete addresses that did not fail for QUIET."""
    work.session.execute(delete(address_failures).where(address_failures.c.failed_at < work.now - QUIET))
