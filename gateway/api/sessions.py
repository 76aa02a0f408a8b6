"""Signing in and out, for the console and for programs that act for a person."""

from __future__ import annotations

from uuid import UUID

from flask import Flask, Response, g, request, session
from flask_wtf.csrf import generate_csrf

from contracts.model import Instant, Strict
from contracts.rpc.paging import ListQuery
from contracts.vocabulary import Role
from gateway.api.own_routes import OwnRoute, command, register_own
from gateway.api.routes import json_answer
from gateway.assembly import gateway
from gateway.bodies import checked, json_body, query_values
from gateway.entrance import COOKIE, present
from gateway.identity import second_factor, sessions
from gateway.identity import sign_in as signing
from gateway.identity.accounts import ChangePassword, Nothing, change_password
from gateway.identity.scopes import Scope
from gateway.rates import allow_sign_in, allowed
from kernel.database import Work


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
    by_code: bool = False
    """Whether this person signs in with a one-time code too."""
    trial: bool = False
    requests_per_minute: int
    """Of each gateway worker; urgent reports are never held below 60 a minute and unit."""


def sign_in() -> Response:
    """Sign in; sets the session cookie."""
    allow_sign_in()
    signed_in = signing.sign_in(gateway(), checked(signing.SignIn, json_body()), origin(), g.correlation_id)
    reply = Session(
        account_id=signed_in.account_id, name=signed_in.name, expires_at=signed_in.expires_at, csrf_token=fresh_csrf()
    )
    return with_cookie(json_answer(reply, 201), signed_in)


def origin() -> sessions.Origin:
    """Where this request comes from."""
    return sessions.Origin(request.remote_addr or "", request.headers.get("User-Agent", ""))


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
            by_code=identity.by_code, trial=identity.trial, requests_per_minute=allowed(identity),
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


def show_sessions() -> Response:
    """One's own sessions that are still good."""
    return json_answer(own_sessions(checked(ListQuery, query_values(request.args))))


def own_sessions(query: ListQuery) -> sessions.SessionList:
    """Those of whoever asks, with a mark on the present one."""
    me, parts = present(), gateway()
    with parts.database.reading() as session:
        return sessions.sessions_of(session, me.principal.person_id, parts.clock.now(), query, me.session_hash)


def account_sessions(account_id: UUID) -> Response:
    """For the security administrator."""
    query = checked(ListQuery, query_values(request.args))
    with gateway().database.reading() as session:
        return json_answer(sessions.sessions_of(session, account_id, gateway().clock.now(), query))


def end_own(work: Work, session_id: UUID) -> sessions.SessionList:
    return sessions.end_session(work, work.principal.person_id, session_id)


def end_all_own(work: Work) -> sessions.SessionList:
    return sessions.end_all_sessions(work, work.principal.person_id)


CURRENT = "/v1/sessions/current"
OF_ACCOUNT = "/v1/accounts/<uuid:account_id>/sessions"

ROUTES = (
    OwnRoute(
        "POST", "/v1/sessions", sign_in, "登录", "Sign in; sets the session cookie", Session, body=signing.SignIn,
        status=201,
    ),
    OwnRoute("GET", CURRENT, show_session, "当前身份", "Who makes this request, with which roles", Present),
    OwnRoute("DELETE", CURRENT, sign_out, "退出登录", "End this session", status=204),
    OwnRoute(
        "PUT", f"{CURRENT}/password", command(change_password, ChangePassword), "修改本人密码",
        "Change one's own password; all sessions end", Nothing, body=ChangePassword,
    ),
    OwnRoute(
        "GET", "/v1/sessions", show_sessions, "本人的登录，新的在前", "One's own sessions, newest first",
        sessions.SessionList, query=ListQuery,
    ),
    OwnRoute(
        "DELETE", "/v1/sessions", command(end_all_own), "在所有设备上退出", "Sign out everywhere, here too",
        sessions.SessionList,
    ),
    OwnRoute(
        "DELETE", "/v1/sessions/<uuid:session_id>", command(end_own), "结束本人的一次登录", "End one of one's sessions",
        sessions.SessionList,
    ),
    OwnRoute(
        "GET", f"{CURRENT}/second-factor", command(second_factor.own_factor), "本人是否使用两步验证",
        "Whether one signs in with a code, and how many recovery codes are left", second_factor.Factor,
    ),
    OwnRoute(
        "POST", f"{CURRENT}/second-factor", command(second_factor.offer_factor, second_factor.OfferFactor, 201),
        "获取两步验证密钥，确认后生效", "A secret for the telephone; it works once a first code confirms it",
        second_factor.OfferedFactor, body=second_factor.OfferFactor, status=201,
    ),
    OwnRoute(
        "PUT", f"{CURRENT}/second-factor", command(second_factor.confirm_factor, second_factor.ConfirmFactor),
        "以首个验证码确认；恢复码只显示一次", "Confirm by a first code; the recovery codes are shown once",
        second_factor.RecoveryCodes, body=second_factor.ConfirmFactor,
    ),
    OwnRoute(
        "GET", OF_ACCOUNT, account_sessions, "某账户的登录，新的在前", "Sessions of an account, newest first",
        sessions.SessionList, query=ListQuery,
    ),
    OwnRoute(
        "DELETE", OF_ACCOUNT, command(sessions.end_all_sessions), "结束某账户的全部登录",
        "End every session of an account", sessions.SessionList,
    ),
    OwnRoute(
        "DELETE", f"{OF_ACCOUNT}/<uuid:session_id>", command(sessions.end_session), "结束某账户的一次登录",
        "End one session of an account", sessions.SessionList,
    ),
)


def install(app: Flask) -> None:
    register_own(app, ROUTES)
