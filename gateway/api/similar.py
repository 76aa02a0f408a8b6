"""Reports like a text being written, or like a registered report."""

from __future__ import annotations

from flask import Flask

from gateway.api.routes import Route, register

ROUTES = (
    Route(
        "POST", "/v1/similarities/groups", "intake", "similar_among", "本页相似报送分组",
        "Which of these reports are alike",
    ),
    Route(
        "POST", "/v1/similarities", "intake", "similar_to_text", "查相似报送",
        "Reports like a text that is being written",
    ),
    Route(
        "GET", "/v1/reports/<uuid:report_id>/similar", "intake", "similar_reports", "列出相似报送",
        "Reports of all units like this one, with the equal sentences",
    ),
)


def install(app: Flask) -> None:
    register(app, ROUTES)
