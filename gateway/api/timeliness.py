"""The two compliance tables: urgent reports and feedback in time."""

from __future__ import annotations

from flask import Flask

from gateway.api.routes import Route, register

ROUTES = (
    Route(
        "GET", "/v1/timeliness/urgent", "intake", "urgent_timeliness", "紧急信息报送时效", "Urgent reports in time"
    ),
    Route(
        "GET", "/v1/timeliness/units", "intake", "unit_timeliness", "各单位紧急信息报送时效",
        "Urgent reports in time, by unit",
    ),
    Route(
        "GET", "/v1/timeliness/feedback", "review", "feedback_timeliness", "批示反馈时效", "Feedback in time"
    ),
)


def install(app: Flask) -> None:
    register(app, ROUTES)
