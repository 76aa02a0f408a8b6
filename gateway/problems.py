"""Every answer that is not a success: RFC 9457 problem documents, and the one table exception -> problem type."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import structlog
from flask import Flask, Response, g, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from contracts.problems import PROBLEMS
from gateway.attachments.storage import NO_ROOM
from gateway.attempts import note
from gateway.bodies import MAX_BYTES
from kernel.errors import Refusal
from kernel.troubles import Trouble, refusal_of, trouble_of

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = 2

log = structlog.get_logger(__name__)

WEB_ERRORS: dict[int, tuple[str, str, str]] = {
    400: ("malformed", "请求格式有误。", "The request is malformed."),
    404: ("not-found", "此地址不存在。", "There is nothing at this address."),
    405: ("method-not-allowed", "此地址不支持该请求方法。", "This address does not know this method."),
    413: (
        "too-large",
        f"请求体超过上限 {MAX_BYTES // 1024} KiB。",
        f"The body is larger than {MAX_BYTES // 1024} KiB.",
    ),
    415: ("unsupported-media-type", "请求体须为 application/json。", "The body must be application/json."),
}
"""Errors that the web framework raises by itself."""


def install(app: Flask) -> None:
    """Let every error leave as a problem document."""
    app.register_error_handler(Refusal, refused)
    app.register_error_handler(CSRFError, _cross_site)
    app.register_error_handler(HTTPException, _web_error)
    app.register_error_handler(DBAPIError, _database_error)
    app.register_error_handler(PoolTimeout, _database_error)
    app.register_error_handler(OSError, _system_error)
    app.register_error_handler(Exception, _defect)


def problem(
    key: str,
    detail_zh: str,
    detail_en: str,
    *,
    pointer: str | None = None,
    extra: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """One problem document; `key` is a key of PROBLEMS."""
    kind = PROBLEMS[key]
    document: dict[str, Any] = {
        "type": f"/problems/{key}",
        "title": kind.title_zh,
        "title_en": kind.title_en,
        "status": kind.status,
        "detail": detail_zh,
        "detail_en": detail_en,
        "remedy": kind.remedy_zh,
        "remedy_en": kind.remedy_en,
        "instance": request.path,
        "request_id": str(g.correlation_id) if "correlation_id" in g else None,
    }
    if pointer is not None:
        document["pointer"] = pointer
    document |= {name: value for name, value in (extra or {}).items() if name not in document}
    text = json.dumps(document, ensure_ascii=False, default=str)
    # A refused field name may hold lone surrogates; they cannot leave as UTF-8.
    response = Response(text.encode("utf-8", "replace"), status=kind.status, mimetype=MEDIA_TYPE)
    response.headers.update(headers or {})
    return response


def refused(refusal: Refusal) -> Response:
    """The answer to a refused request, which is written down where it was an attempt."""
    note(refusal)
    return refusal_answer(refusal)


def refusal_answer(refusal: Refusal) -> Response:
    key = refusal.problem if refusal.problem in PROBLEMS else "conflict"
    extra = dict(refusal.extra)
    headers = {}
    if "retry_after" in extra or key in {"unavailable", "outcome-unknown"}:
        headers["Retry-After"] = str(extra.get("retry_after", RETRY_AFTER_S))
    if key == "unauthenticated":
        headers["WWW-Authenticate"] = "Bearer"
    return problem(key, refusal.detail_zh, refusal.detail_en, pointer=refusal.pointer, extra=extra, headers=headers)


def _cross_site(_error: CSRFError) -> Response:
    return problem(
        "cross-site",
        "缺少或不匹配的防跨站令牌（X-CSRFToken）。",
        "The anti-forgery token (X-CSRFToken) is missing or does not match.",
    )


def _web_error(error: HTTPException) -> Response:
    if error.code is not None and error.code < 400:  # a redirect of the router
        return Response(status=error.code, headers=dict(error.get_response(request.environ).headers))
    if error.code not in WEB_ERRORS and (error.code or 500) >= 500:
        return _defect(error)
    key, detail_zh, detail_en = WEB_ERRORS.get(error.code or 400, WEB_ERRORS[400])
    headers = {name: value for name, value in error.get_headers() if name.lower() in {"allow", "retry-after"}}
    return problem(key, detail_zh, detail_en, headers=headers)


def _database_error(error: DBAPIError | PoolTimeout) -> Response:
    """A database that is away or overloaded, and a race, are no defects of ours."""
    trouble = trouble_of(error)
    if trouble is Trouble.DEFECT:
        return _defect(error)
    log.warning("the database failed a request", trouble=trouble.name, error=type(error).__name__)
    return refusal_answer(refusal_of(trouble))


def _system_error(error: OSError) -> Response:
    """A disk without room is no defect of ours: a form's files are put down before anything looks at them."""
    return refusal_answer(refusal_of(Trouble.FULL)) if error.errno in NO_ROOM else _defect(error)


def _defect(error: Exception) -> Response:
    log.error("a defect ended a request", verb=request.method, path=request.path, exc_info=error)
    return problem(
        "internal",
        "系统内部错误，已记录。",
        "An internal error occurred; it has been recorded.",
    )
