"""What all pages share: their registration, the menu, and problem documents shown as pages."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, g, redirect, render_template, request
from werkzeug.wrappers import Response as WebResponse

from gateway.assembly import gateway
from gateway.console import assets, notes, outbox, wording
from gateway.console.kept_words import kept_fields
from gateway.console.menu import may, menu, section
from gateway.console.page import BLUEPRINT, address
from gateway.console.problem_words import faults_told, faulty_fields, remedy_told
from gateway.console.rooms import ROOMS
from gateway.problems import MEDIA_TYPE
from kernel.ids import new_id

RETRYABLE = frozenset({401, 403, 422, 429, 500, 503, 504, 507})
"""Answers after which the same form may be sent again, changed or not; its key makes that one act."""


def install(app: Flask) -> None:
    """Serve the console. Must be installed after the API's problem answers and entrance."""
    assets.install(app)
    wording.install(app)
    notes.install(app)
    blueprint = Blueprint(BLUEPRINT, __name__)
    for room in ROOMS:
        for page in room.PAGES:
            blueprint.add_url_rule(page.rule, page.name, page.view, methods=[page.verb])
    app.register_blueprint(blueprint)
    app.context_processor(_shared)
    app.after_request(_show_problem)


def _shared() -> dict[str, Any]:
    identity = g.get("identity")
    return {
        "me": identity.principal if identity else None,
        "menu": menu,
        "may": may,
        "address": address,
        "now": gateway().clock.now(),
        "fresh_key": new_id,
        "duty_phone": gateway().settings.duty_phone,
        "here": section(request.path),
    }


def _show_problem(response: Response) -> Response:
    """A problem document as a page, for people; programs get it as it is."""
    if _is_for_a_person():
        response.headers.setdefault("Cache-Control", "no-store")
        if outbox.asked_by_script():
            return outbox.answer_script(response)
        if response.mimetype == MEDIA_TYPE:
            return _problem_page(response)
    return response


def _is_for_a_person() -> bool:
    if request.blueprint == BLUEPRINT:
        return True
    nowhere = request.url_rule is None and not request.path.startswith("/v1/")
    return nowhere and request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html"


def _problem_page(response: Response) -> Response:
    if response.status_code == 401 and request.method == "GET":
        return _to_sign_in(response)
    problem = json.loads(response.get_data())
    if problem["type"].endswith("/factor-required") and request.method == "GET":
        return _away(response, address("show_factor"))
    kept = kept_fields(problem["type"].rpartition("/")[2], faulty_fields(problem))
    response.set_data(
        render_template(
            "console/problem.html", problem=problem, kept=kept, retryable=_may_retry(problem),
            faults=faults_told(problem), remedy=remedy_told(problem, any(label for _, _, label in kept)),
            back=_page_before(),
        )
    )
    response.mimetype = "text/html"
    response.headers.pop("WWW-Authenticate", None)
    return response


def _to_sign_in(response: Response) -> Response:
    wanted = None if request.path == "/" else request.full_path.removesuffix("?")
    target = address("show_sign_in", next=wanted)
    if request.headers.get("HX-Request"):  # a part of a page: the whole page goes to sign in
        response.headers["HX-Redirect"] = target
        return response
    return _away(response, target)


def _away(response: Response, target: str) -> Response:
    """The same response as a redirect."""
    away: WebResponse = redirect(target, 303)
    for name in ("WWW-Authenticate", "Content-Type", "Content-Length", "Location"):
        response.headers.pop(name, None)
    response.status_code = away.status_code
    response.headers["Location"] = target
    response.set_data(b"")
    return response


def _page_before() -> str | None:
    """The page of ours that the refused form or link stood on, to be opened anew."""
    before = urlsplit(request.referrer or "")
    if before.netloc != request.host or before.path in {request.path, "/login"}:
        return None
    return f"{before.path}?{before.query}" if before.query else before.path


def _may_retry(problem: dict[str, Any]) -> bool:
    return request.method == "POST" and problem["status"] in RETRYABLE and problem["type"] != "/problems/forbidden"
