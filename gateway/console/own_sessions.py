"""One's own sign-ins and second factor; and, for the security administrator, the sign-ins of others."""

from __future__ import annotations

from uuid import UUID

from flask import Response, flash, g, render_template, request
from sqlalchemy import select

from contracts.rpc.paging import ListQuery
from gateway.api.sessions import end_all_own, end_own, own_sessions
from gateway.assembly import gateway
from gateway.bodies import checked
from gateway.console.accounts import done
from gateway.console.forms import asked_query, line
from gateway.console.page import Answer, Page, go_to
from gateway.entrance import present
from gateway.identity import second_factor
from gateway.identity.sessions import end_all_sessions, sessions_of
from gateway.model.accounts import accounts
from kernel.errors import NotFound, Refusal


def show_sessions() -> Answer:
    query = asked_query("cursor")
    page = own_sessions(checked(ListQuery, query))
    return render_template(
        "console/sessions.html", page=page, query=query, factor=done(second_factor.own_factor), account=None
    )


def end_own_session(session_id: UUID) -> Answer:
    done(end_own, session_id)
    flash("该登录已结束。")
    return go_to("show_sessions")


def end_own_sessions() -> Answer:
    done(end_all_own)
    return go_to("show_sign_in")


def show_account_sessions(account_id: UUID) -> Answer:
    query = asked_query("cursor")
    with gateway().database.reading() as session:
        account = session.execute(select(accounts).where(accounts.c.account_id == account_id)).one_or_none()
        if account is None:
            raise NotFound("未找到该账户。", "No such account.")
        page = sessions_of(session, account_id, gateway().clock.now(), checked(ListQuery, query))
    return render_template("console/sessions.html", page=page, query=query, factor=None, account=account)


def end_account_sessions(account_id: UUID) -> Answer:
    done(end_all_sessions, account_id)
    flash("该账户的登录已全部结束。")
    return go_to("show_account_sessions", account_id=account_id)


def show_factor() -> Answer:
    return render_template("console/second_factor.html", factor=done(second_factor.own_factor), offered=None)


def offer_own_factor() -> Answer:
    try:
        wanted = checked(second_factor.OfferFactor, {"password": request.form.get("password", "")})
        offered = done(second_factor.offer_factor, wanted)
    except Refusal as refusal:
        return _again(refusal, None)
    return render_template(
        "console/second_factor.html", factor=done(second_factor.own_factor), offered=offered.secret
    )


def show_factor_picture() -> Answer:
    """The QR code, to be shown by the page and nowhere else."""
    with gateway().database.work(present().principal, correlation_id=g.correlation_id) as work:
        drawn = second_factor.picture(work)
    return Response(drawn, mimetype="image/svg+xml", headers={"Cache-Control": "no-store"})


def confirm_own_factor() -> Answer:
    try:
        wanted = checked(second_factor.ConfirmFactor, {"code": line("code") or ""})
        codes = done(second_factor.confirm_factor, wanted).recovery_codes
    except Refusal as refusal:
        return _again(refusal, "")
    return render_template("console/recovery_codes.html", codes=codes)


def _again(refusal: Refusal, offered: str | None) -> Answer:
    page = render_template(
        "console/second_factor.html", factor=done(second_factor.own_factor), offered=offered, error=refusal.detail_zh
    )
    return page, 422


OF_ACCOUNT = "/accounts/<uuid:account_id>/sessions"

PAGES = (
    Page("GET", "/sessions", show_sessions),
    Page("POST", "/sessions/ending", end_own_sessions),
    Page("POST", "/sessions/<uuid:session_id>/ending", end_own_session),
    Page("GET", OF_ACCOUNT, show_account_sessions),
    Page("POST", f"{OF_ACCOUNT}/ending", end_account_sessions),
    Page("GET", "/second-factor", show_factor),
    Page("POST", "/second-factor", offer_own_factor),
    Page("GET", "/second-factor/picture", show_factor_picture),
    Page("POST", "/second-factor/confirmation", confirm_own_factor),
)
