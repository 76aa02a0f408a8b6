"""Server-side sessions: begun at signing in, listed with device and address, ended by whoever holds or guards them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select, tuple_
from sqlalchemy.orm import Session

from contracts.model import Instant, Strict
from contracts.rpc.paging import ListQuery
from gateway.identity.rights import IDLE, token_hash
from gateway.model.accounts import accounts, sessions
from kernel.cursors import cursor_after, cut, read_cursor
from kernel.database import Work
from kernel.errors import NotFound, Refusal
from kernel.ids import new_id

LIFETIME = timedelta(hours=12)
DEVICE_LENGTH = 200


class Unauthenticated(Refusal):
    """No or wrong credentials; one text for all reasons, so that it tells nothing about accounts."""

    problem = "unauthenticated"


@dataclass(frozen=True)
class Origin:
    """Where a sign-in comes from: address, and what the browser or program calls itself."""

    address: str
    device: str


@dataclass(frozen=True)
class SignedIn:
    """A fresh session; `token` goes into the cookie and is kept nowhere."""

    token: str
    account_id: UUID
    name: str
    expires_at: datetime


class OpenSession(Strict):
    """One sign-in that is still good; `used_at` is right to five minutes. `device` is the browser's own word."""

    session_id: UUID
    address: str | None
    device: str | None
    created_at: Instant
    used_at: Instant
    expires_at: Instant
    present: bool = False
    """Whether this very request came with it."""


class SessionList(Strict):
    items: list[OpenSession]
    next_cursor: str | None = None


def begin_session(work: Work, account_id: UUID, name: str, origin: Origin) -> SignedIn:
    token = secrets.token_urlsafe(32)
    values = {"created_at": work.now, "used_at": work.now, "expires_at": work.now + LIFETIME}
    work.session.execute(
        insert(sessions).values(
            token_hash=token_hash(token), account_id=account_id, session_id=new_id(), address=origin.address,
            device=_storable(origin.device), **values,
        )
    )
    work.audit("session.begin", account_id, address=origin.address)
    return SignedIn(token, account_id, name, work.now + LIFETIME)


def _storable(device: str) -> str:
    """A header may hold anything."""
    return "".join(letter for letter in device if letter.isprintable())[:DEVICE_LENGTH]


def sessions_of(
    session: Session, account_id: UUID, now: datetime, query: ListQuery, present: bytes | None = None
) -> SessionList:
    """Those still good, the newest first: the order of their last use changes while one turns the pages."""
    key = tuple_(sessions.c.created_at, sessions.c.session_id)
    statement = select(sessions).where(
        sessions.c.account_id == account_id, sessions.c.expires_at > now, sessions.c.used_at > now - IDLE
    )
    if query.cursor:
        statement = statement.where(key < read_cursor(query.cursor, datetime, UUID))
    ordered = statement.order_by(sessions.c.created_at.desc(), sessions.c.session_id.desc()).limit(query.limit + 1)
    page, last = cut(session.execute(ordered).all(), query.limit)
    return SessionList(
        items=[_open_session(row, present) for row in page],
        next_cursor=cursor_after(last.created_at, last.session_id) if last else None,
    )


def _open_session(row: Any, present: bytes | None) -> OpenSession:
    shown = {name: getattr(row, name) for name in OpenSession.model_fields if name != "present"}
    return OpenSession(**shown, present=present is not None and bytes(row.token_hash) == present)


def end_session(work: Work, account_id: UUID, session_id: UUID) -> SessionList:
    """End one session of this account; answers with those left. Raises `NotFound` for somebody else's alike."""
    ended = work.session.execute(
        delete(sessions)
        .where(sessions.c.session_id == session_id, sessions.c.account_id == account_id)
        .returning(sessions.c.session_id)
    ).one_or_none()
    if ended is None:
        raise NotFound("未找到该登录，可能已经结束。", "No such session; it may have ended.")
    work.audit("session.end", account_id, session_id=str(session_id))
    return sessions_of(work.session, account_id, work.now, ListQuery())


def end_all_sessions(work: Work, account_id: UUID) -> SessionList:
    """Sign out everywhere. Raises `NotFound` where there is no such account."""
    if work.session.scalar(select(accounts.c.login).where(accounts.c.account_id == account_id)) is None:
        raise NotFound("未找到该账户。", "No such account.")
    end_sessions(work, account_id)
    work.audit("session.end_all", account_id)
    return SessionList(items=[])


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
