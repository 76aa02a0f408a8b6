"""From credentials to an identity: a right is a grant and a valid post (lifecycles.md), looked up at every request."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import LargeBinary, bindparam, text, update
from sqlalchemy.orm import Session

from contracts.vocabulary import Role
from gateway.identity.identity import ClientLimits, Identity
from gateway.model.accounts import POSTLESS_ROLES, sessions
from gateway.model.directory import HeldPost, posts_of, posts_on
from kernel.clock import china_day
from kernel.principal import Principal

IDLE = timedelta(hours=2)
"""A session that was not used for so long is over."""
TOUCHED_EVERY = timedelta(minutes=5)

_CLIENT = text(
    """
    SELECT client_id, name, unit_id, attested, scopes, networks, per_minute, trial, found, earlier FROM (
      SELECT *, token_hash AS found, false AS earlier FROM clients WHERE token_hash = :hash
      UNION ALL
      SELECT *, earlier_hash, true FROM clients WHERE earlier_hash = :hash AND earlier_until > :now
    ) AS held WHERE NOT disabled
    """
).bindparams(bindparam("hash", type_=LargeBinary()))
"""By the present token, or by the earlier one while it is valid; both are look-ups in an index."""

_SESSION = text(
    """
    SELECT a.account_id, coalesce(p.name, a.name) AS name, p.unit_id, p.posts, s.used_at,
      a.code_secret IS NOT NULL AS by_code,
      ARRAY(SELECT g.role FROM grants g WHERE g.account_id = a.account_id AND g.state = 'approved') AS roles
    FROM sessions s JOIN accounts a USING (account_id) LEFT JOIN people p ON p.person_id = a.account_id
    WHERE s.token_hash = :hash AND s.expires_at > :now AND s.used_at > :used_since AND NOT a.disabled
    """
).bindparams(bindparam("hash", type_=LargeBinary()))


def token_hash(token: str) -> bytes:
    """SHA-256; a token has 256 random bits, so nothing slower is needed."""
    return hashlib.sha256(token.encode()).digest()


def client_identity(session: Session, token: str, now: datetime) -> Identity | None:
    """The API client with this bearer token, unless it is disabled."""
    wanted = token_hash(token)
    row = session.execute(_CLIENT, {"hash": wanted, "now": now}).one_or_none()
    # Found by the hash of the secret, so the index' timing tells nothing of the secret itself.
    if row is None or not hmac.compare_digest(bytes(row.found), wanted):
        return None
    principal = Principal(str(row.client_id), row.name, row.unit_id, frozenset({str(Role.API_CLIENT)}))
    limits = ClientLimits(frozenset(row.scopes), tuple(row.networks), row.per_minute, row.trial, row.earlier)
    return Identity(principal, is_client=True, attested=row.attested, limits=limits)


def session_identity(session: Session, token: str, now: datetime) -> tuple[Identity, bool] | None:
    """The person of this session cookie, and whether the session's last use should be noted again."""
    wanted = token_hash(token)
    row = session.execute(_SESSION, {"hash": wanted, "now": now, "used_since": now - IDLE}).one_or_none()
    if row is None:
        return None
    principal = Principal(str(row.account_id), row.name, row.unit_id, roles_in_force(row.roles, row.posts, now))
    identity = Identity(
        principal, is_client=False, session_hash=wanted, by_code=row.by_code,
        off_posts=off_posts(row.roles, row.posts, now),
    )
    return identity, now - row.used_at > TOUCHED_EVERY


def touch(session: Session, session_hash: bytes, now: datetime) -> None:
    """Note that the session is in use."""
    session.execute(update(sessions).where(sessions.c.token_hash == session_hash).values(used_at=now))


def off_posts(granted: Iterable[str], posts: list[dict[str, Any]] | None, now: datetime) -> tuple[HeldPost, ...]:
    """Posts of granted roles that do not count today."""
    day, roles = china_day(now), {Role(role) for role in granted}
    return tuple(post for post in posts_of(posts) if post.role in roles and not post.valid_on(day))


def roles_in_force(granted: Iterable[str], posts: list[dict[str, Any]] | None, now: datetime) -> frozenset[str]:
    """Granted roles that need no post, and those whose post is valid today in China."""
    held = {post.role for post in posts_on(posts, china_day(now))}
    return frozenset(str(role) for role in map(Role, granted) if role in POSTLESS_ROLES or role in held)
