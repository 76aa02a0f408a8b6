"""Reports sent to leaders for reading (送阅)."""

from __future__ import annotations

from flask import Flask

from gateway.api.routes import Route, register

ROUTES = (
    Route("GET", "/v1/readings", "review", "list_readings", "送阅件", "Reports sent for reading, the newest first"),
    Route("GET", "/v1/readings/<uuid:reading_id>", "review", "get_reading", "一件送阅件", "One of them, unopened"),
    Route(
        "POST", "/v1/readings/<uuid:reading_id>/opening", "review", "open_reading", "阅看", "Open: it counts as read"
    ),
)


def install(app: Flask) -> None:
    register(app, ROUTES)
