"""Signing in and out, and one's own password."""

from __future__ import annotations

from flask import g, make_response, redirect, render_template, request

from contracts.problems import PROBLEMS
from gateway.api.sessions import end_session, fresh_csrf, origin, with_cookie
from gateway.assembly import gateway
from gateway.bodies import checked
from gateway.console.forms import line
from gateway.console.page import Answer, Page, address, go_to
from gateway.entrance import COOKIE, csrf, identify, present
from gateway.identity.accounts import ChangePassword, change_password
from gateway.identity.passwords import MIN_LENGTH
from gateway.identity.sessions import Unauthenticated
from gateway.identity.sign_in import SignIn
from gateway.identity.sign_in import sign_in as begin
from gateway.rates import allow_sign_in
from kernel.errors import Refusal

KEPT = "kept."
"""Prefix of fields of another form, which was sent after the session had ended and is given back after signing in."""


def show_sign_in() -> Answer:
    if _is_signed_in():
        return redirect(_local(request.args.get("next")), 303)
    return render_template("console/sign_in.html", next=request.args.get("next", ""))


def _is_signed_in() -> bool:
    try:
        identify(gateway())
    except Unauthenticated:
        return False
    return True


def sign_in() -> Answer:
    csrf.protect()
    allow_sign_in()
    try:
        wanted = checked(
            SignIn,
            {
                "login": request.form.get("login", ""),
                "password": request.form.get("password", ""),
                "code": line("code"),
            },
        )
        signed_in = begin(gateway(), wanted, origin(), g.correlation_id)
    except Refusal as refusal:
        return _refused_sign_in(refusal)
    fresh_csrf()
    kept = kept_form()
    if kept:
        page = render_template("console/resend.html", kept=kept, target=_local(request.form.get("kept_action")))
        return with_cookie(make_response(page), signed_in)
    return with_cookie(make_response(redirect(_local(request.form.get("next")), 303)), signed_in)


def _refused_sign_in(refusal: Refusal) -> Answer:
    status = PROBLEMS[refusal.problem].status
    words = refusal.detail_zh if status != 422 else "请填写用户名和密码；验证码应为 6 位数字或一个恢复码。"
    page = render_template(
        "console/sign_in.html", next=request.form.get("next", ""), error=words, login=request.form.get("login", ""),
        with_code=refusal.problem == "code-required", kept=kept_form(), kept_action=request.form.get("kept_action", ""),
    )
    return page, status


def kept_form() -> list[tuple[str, str]]:
    """The fields of the form that waits for the sign-in."""
    return [
        (name.removeprefix(KEPT), value)
        for name, value in request.form.items(multi=True)
        if name.startswith(KEPT)
    ]


def _local(target: str | None) -> str:
    """An address of ours; anything that could lead elsewhere becomes the first page."""
    safe = target and target.startswith("/") and not target.startswith(("//", "/\\")) and target.isprintable()
    return target if target and safe and "\\" not in target else address("home")


def sign_out() -> Answer:
    end_session()
    answer = make_response(render_template("console/signed_out.html"))
    answer.delete_cookie(COOKIE, path="/", httponly=True, samesite="Lax")
    return answer


def show_password() -> Answer:
    return render_template("console/password.html", min_length=MIN_LENGTH)


def save_password() -> Answer:
    old, new = request.form.get("old_password", ""), request.form.get("new_password", "")
    if new != request.form.get("repeated_password", ""):
        return _refused_password("两次输入的新密码不一致。")
    try:
        wanted = checked(ChangePassword, {"old_password": old, "new_password": new})
        with gateway().database.work(present().principal, correlation_id=g.correlation_id) as work:
            change_password(work, wanted)
    except Refusal as refusal:
        where = "新密码：" if refusal.pointer == "/new_password" else ""
        return _refused_password(where + refusal.detail_zh)
    return go_to("show_sign_in", changed=1)


def _refused_password(words: str) -> Answer:
    return render_template("console/password.html", min_length=MIN_LENGTH, error=words), 422


PAGES = (
    Page("GET", "/login", show_sign_in),
    Page("POST", "/login", sign_in),
    Page("POST", "/logout", sign_out),
    Page("GET", "/password", show_password),
    Page("POST", "/password", save_password),
)
