"""What every request passes first: correlation id, identity, role for the route, anti-forgery token."""

from __future__ import annotations

from datetime import date
from typing import cast
from uuid import UUID

import structlog
from flask import Flask, Response, g, request
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import CSRFProtect

from gateway.access import Access
from gateway.assembly import Gateway, gateway
from gateway.bodies import body_limit
from gateway.console.access import CONSOLE, ROWS
from gateway.identity.admission import admit_administrator, admit_client
from gateway.identity.identity import Identity
from gateway.identity.rights import client_identity, session_identity, touch
from gateway.identity.sessions import Unauthenticated
from gateway.model.directory import nearest_off
from gateway.rates import count_failed_token
from kernel.clock import china_day
from kernel.errors import Forbidden
from kernel.ids import new_id
from kernel.principal import system_principal

COOKIE = "chengbao_session"
CORRELATION_HEADER = "X-Correlation-Id"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

csrf = CSRFProtect()
"""Checked by hand, only for writes that come with a cookie; clients with a bearer token are exempt."""


class FormCookie(SecureCookieSessionInterface):
    """Flask's own cookie, which holds the anti-forgery token; over TLS it leaves the browser over TLS only."""

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure


def install(app: Flask) -> None:
    app.config.update(WTF_CSRF_CHECK_DEFAULT=False, WTF_CSRF_TIME_LIMIT=None, WTF_CSRF_HEADERS=["X-CSRFToken"])
    # Programs send no Referer; token and SameSite cookie hold without it, over TLS as well.
    app.config.update(WTF_CSRF_SSL_STRICT=False)
    app.session_interface = FormCookie()
    csrf.init_app(app)
    app.before_request(name_request)
    app.before_request(admit)
    app.after_request(_finish)


def name_request() -> None:
    """The caller's correlation id where it is a UUID, else a fresh one; logs and answers carry it."""
    try:
        g.correlation_id = UUID(request.headers.get(CORRELATION_HEADER, ""))
    except ValueError:
        g.correlation_id = new_id()
    g.identity, g.admitted = None, False
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(correlation_id=str(g.correlation_id))


def admit() -> None:
    """Identity (401), then the role for this route without looking at the object (403), then cross-site (403)."""
    rule = request.url_rule
    if rule is None:
        return  # 404 or 405 follows
    key = route_key()
    access = ROWS.get(key)
    if access is None:
        raise Forbidden("此地址未开放。", "This address is not open to anybody.")
    if access.public:
        return
    g.identity = identify(gateway())
    _check_role(access, g.identity)
    request.max_content_length = body_limit(request.method, rule.rule, request.mimetype)
    if g.identity.limits:
        admit_client(key, g.identity.limits, request.remote_addr, console=key in CONSOLE)
    elif gateway().settings.administrators_need_codes:
        admit_administrator(rule.rule, g.identity)
    if not g.identity.is_client and request.method not in SAFE:
        csrf.protect()
    g.admitted = True


def route_key() -> str:
    """Verb and rule of the present request, as the access matrix names them."""
    return f"{'GET' if request.method in SAFE else request.method} {request.url_rule}"


def identify(parts: Gateway) -> Identity:
    """Who asks: a bearer token before a cookie. Raises `Unauthenticated`."""
    header = request.headers.get("Authorization")
    found = _person(parts, request.cookies.get(COOKIE)) if header is None else _client(parts, header)
    if found is None:
        raise Unauthenticated(
            "未登录，或凭据无效、已停用。", "Not signed in, or the credentials are wrong or disabled."
        )
    return found


def _client(parts: Gateway, header: str) -> Identity | None:
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        return None
    with parts.database.glancing() as session:
        found = client_identity(session, token.strip(), parts.clock.now())
    if found is None:
        count_failed_token()
    return found


def _person(parts: Gateway, token: str | None) -> Identity | None:
    if not token:
        return None
    now = parts.clock.now()
    with parts.database.glancing() as session:
        found = session_identity(session, token, now)
    if found is None:
        return None
    identity, touch_due = found
    if touch_due and identity.session_hash:
        with parts.database.work(system_principal("gateway")) as work:
            touch(work.session, identity.session_hash, now)
    return identity


def _check_role(access: Access, identity: Identity) -> None:
    if not access.admits(identity.principal.roles):
        off = nearest_off([post for post in identity.off_posts if post.role in access.roles], today := _today())
        if off is not None:
            zh, en = off.off_day(today)
            raise Forbidden(f"您的{zh}，今天不能进行此操作。", f"Your post for this act {en}.")
        needed = "、".join(sorted(role.label for role in access.roles))
        raise Forbidden(
            f"您的角色无权进行此操作（需要：{needed}）。",
            f"Your role does not allow this act; it needs one of: {', '.join(sorted(access.roles))}.",
        )


def _today() -> date:
    return china_day(gateway().clock.now())


def present() -> Identity:
    """Who makes the present request; admitted already."""
    return cast(Identity, g.identity)


def _finish(response: Response) -> Response:
    response.headers[CORRELATION_HEADER] = str(g.correlation_id) if "correlation_id" in g else ""
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("X-Frame-Options", "DENY")
    response.headers.setdefault(
        "Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'; base-uri 'self'; form-action 'self'"
    )
    if request.path.startswith("/v1/"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response
