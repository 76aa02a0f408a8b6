"""Signing in and out: server-side sessions, and a lock after failures."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy import delete, insert, select, update

from contracts.model import Strict, Text
from gateway.identity.passwords import password_matches
from gateway.identity.rights import IDLE, token_hash
from gateway.model.accounts import accounts, sessions
from kernel.database import Database, Work
from kernel.errors import Refusal
from kernel.principal import system_principal

LIFETIME = timedelta(hours=12)
FAILURES_ALLOWED = 5
LOCKED_FOR = timedelta(minutes=15)


class Unauthenticated(Refusal):
    """No or wrong credentials; one text for all reasons, so that it tells nothing about accounts."""

    problem = "unauthenticated"


class SignIn(Strict):
    login: Annotated[Text, Field(min_length=1, max_length=100)]
    password: Annotated[Text, Field(min_length=1, max_length=200)]


@dataclass(frozen=True)
class SignedIn:
    """A fresh session; `token` goes into the cookie and is kept nowhere."""

    token: str
    account_id: UUID
    name: str
    expires_at: datetime


def sign_in(database: Database, request: SignIn, correlation_id: UUID) -> SignedIn:
    """Begin a session. Raises `Unauthenticated`; a failure counts even so, and the fifth locks for 15 minutes."""
    with database.work(system_principal("gateway"), correlation_id=correlation_id) as work:
        row = work.session.execute(
            select(accounts).where(accounts.c.login == request.login).with_for_update()
        ).one_or_none()
        # The password is looked at first: it costs the same time whether the account exists, is locked or disabled.
        matches = password_matches(row.password_hash if row else None, request.password)
        locked = row is not None and row.locked_until is not None and row.locked_until > work.now
        if row is not None and matches and not locked and not row.disabled:
            return _begin(work, row.account_id, row.name)
        if row is not None and not locked:
            _count_failure(work, row.account_id, row.failures + 1)
    raise Unauthenticated(
        "用户名或密码不正确，或账户已停用、暂时锁定（连续失败 5 次锁定 15 分钟）。",
        "Wrong login or password, or the account is disabled or locked (15 minutes after 5 failures).",
    )


def _begin(work: Work, account_id: UUID, name: str) -> SignedIn:
    token = secrets.token_urlsafe(32)
    values = {"created_at": work.now, "used_at": work.now, "expires_at": work.now + LIFETIME}
    work.session.execute(insert(sessions).values(token_hash=token_hash(token), account_id=account_id, **values))
    work.session.execute(
        update(accounts).where(accounts.c.account_id == account_id).values(failures=0, locked_until=None)
    )
    work.audit("session.begin", account_id)
    return SignedIn(token, account_id, name, work.now + LIFETIME)


def _count_failure(work: Work, account_id: UUID, failures: int) -> None:
    lock = failures >= FAILURES_ALLOWED
    work.session.execute(
        update(accounts)
        .where(accounts.c.account_id == account_id)
        .values(failures=0 if lock else failures, locked_until=work.now + LOCKED_FOR if lock else None)
    )
    work.audit("session.refuse", account_id, locked=lock)


def sign_out(work: Work, session_hash: bytes) -> None:
    """End this session."""
    work.session.execute(delete(sessions).where(sessions.c.token_hash == session_hash))
    work.audit("session.end", work.principal.id)


def end_sessions(work: Work, account_id: UUID) -> None:
    """End every session of an account: its password or its standing changed."""
    work.session.execute(delete(sessions).where(sessions.c.account_id == account_id))


def forget_expired(work: Work) -> None:
    """Delete sessions that are over."""
    work.session.execute(
        delete(sessions).where((sessions.c.expires_at < work.now) | (sessions.c.used_at < work.now - IDLE))
    )


