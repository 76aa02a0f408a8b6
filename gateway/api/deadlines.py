"""Deadlines of urgent reports; intake owns them."""

from __future__ import annotations

from flask import Flask

from gateway.api.routes import Route, register

ROUTES = (
    Route("GET", "/v1/deadlines", "intake", "list_deadlines", "列出时限", "List deadlines"),
)


def install(app: Flask) -> None:
    register(app, ROUTES)
