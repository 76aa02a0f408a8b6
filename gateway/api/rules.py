"""Scoring rules."""

from __future__ import annotations

from flask import Flask

from gateway.api.routes import Route, register

ROUTES = (
    Route("GET", "/v1/rules", "scoring", "list_rules", "列出计分规则", "List versions of the rules"),
    Route("POST", "/v1/rules", "scoring", "record_rules", "登记计分规则", "Bring a version into force", status=201),
)


def install(app: Flask) -> None:
    register(app, ROUTES)
