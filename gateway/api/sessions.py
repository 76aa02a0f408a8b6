"""Signing in and out, for the console and for programs that act for a person."""

from __future__ import annotations

from uuid import UUID

from flask import Flask, Response, g, request, session
from flask_wtf.csrf import generate_csrf

from contracts.model import Instant, Strict
from contracts.vocabulary import Role
from gateway.api.own_routes import OwnRoute, command, register_own
from gateway.api.routes import json_answer
from gateway.assembly import gateway
from gateway.bodies import checked, json_body
from gateway.entrance import COOKIE, present
from gateway.identity import sessions
from gateway.identity.accounts import ChangePassword, Nothing, change_password
from gateway.identity.scopes import Scope
from gateway.rates import allow_sign_in, allowed


class Session(Strict):
    """`csrf_token` goes into the header X-CSRFToken of every write that comes with the cookie."""

    account_id: UUID
    name: str
    expires_at: Instant
    csrf_token: str


class Present(Strict):
    """Who makes this request."""

    id: str
    name: str
    unit_id: UUID | None
    roles: list[Role]
    csrf_token: str | None
    scopes: list[Scope] | None = None
    """Of an API client: what it was given."""
    trial: bool = False
    requests_per_minute: int
    """Of each gateway worker; urgent reports are never held below 60 a minute and unit."""


def sign_in() -> Response:
    """Sign in; sets the session cookie."""
    allow_sign_in()
    signed_in = sessions.sign_in(gateway().database, checked(sessions.SignIn, json_body()), g.correlation_id)
    reply = Session(
        account_id=signed_in.account_id, name=signed_in.name, expires_at=signed_in.expires_at, csrf_token=fresh_csrf()
    )
    return with_cookie(json_answer(reply, 201), signed_in)


def fresh_csrf() -> str:
    """A new anti-forgery token; one from before the sign-in is worthless afterwards."""
    session.clear()
    g.pop("csrf_token", None)
    return str(generate_csrf())


def with_cookie(response: Response, signed_in: sessions.SignedIn) -> Response:
    """Hand the session to the browser; scripts cannot read it and other sites' forms do not send it."""
    response.set_cookie(
        COOKIE, signed_in.token, max_age=int(sessions.LIFETIME.total_seconds()), httponly=True, samesite="Lax",
        secure=request.is_secure, path="/",
    )
    return response


def show_session() -> Response:
    """Who makes this request, with which roles."""
    identity = present()
    principal, limits = identity.principal, identity.limits
    return json_answer(
        Present(
            id=principal.id, name=principal.name, unit_id=principal.unit_id,
            roles=sorted(Role(role) for role in principal.roles),
            csrf_token=None if identity.is_client else generate_csrf(),
            scopes=[scope for scope in Scope if scope in limits.scopes] if limits else None,
            trial=identity.trial, requests_per_minute=allowed(identity),
        )
    )


def sign_out() -> Response:
    """End this session."""
    response = Response(status=204)
    end_session()
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="Lax")
    return response


def end_session() -> None:
    """Forget the session of this request, in the table and in the form cookie."""
    hashed = present().session_hash
    if hashed is not None:
        with gateway().database.work(present().principal, correlation_id=g.correlation_id) as work:
            sessions.sign_out(work, hashed)
    session.clear()


CURRENT = "/v1/sessions/current"

ROUTES = (
    OwnRoute(
        "POST", "/v1/sessions", sign_in, "登录", "Sign in; sets the session cookie", Session, body=sessions.SignIn,
        status=201,
    ),
    OwnRoute("GET", CURRENT, show_session, "当前身份", "Who makes this request, with which roles", Present),
    OwnRoute("DELETE", CURRENT, sign_out, "退出登录", "End this session", status=204),
    OwnRoute(
        "PUT", f"{CURRENT}/password", command(change_password, ChangePassword), "修改本人密码",
        "Change one's own password; all sessions end", Nothing, body=ChangePassword,
    ),
)


def install(app: Flask) -> None:
    register_own(app, ROUTES)
