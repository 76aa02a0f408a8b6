"""Deadlines of urgent reports; intake owns them."""

from __future__ import annotations

from flask import Flask

from gateway.api.routes import Route, register

ROUTES = (
    Route("GET", "/v1/deadlines", "intake", "list_deadlines", "列出时限", "List deadlines"),
    Route(
        "GET", "/v1/deadlines/<uuid:deadline_id>", "intake", "get_deadline", "查看一个时限及迟报说明",
        "One deadline and what was said about its being late",
    ),
    Route(
        "POST", "/v1/deadlines/<uuid:deadline_id>/reason", "intake", "explain_lateness", "说明迟报原因",
        "Say why it was late", status=201,
    ),
    Route(
        "POST", "/v1/deadlines/<uuid:deadline_id>/finding", "intake", "decide_lateness", "认定是否迟报",
        "Decide whether it is held against the unit", status=201,
    ),
)


def install(app: Flask) -> None:
    register(app, ROUTES)
