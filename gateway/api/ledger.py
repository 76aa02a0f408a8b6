"""The ledger of points."""

from __future__ import annotations

from flask import Flask

from gateway.api.routes import Route, register

ROUTES = (
    Route("GET", "/v1/ledger", "scoring", "list_ledger", "计分明细", "Every posting with its reason"),
)


def install(app: Flask) -> None:
    register(app, ROUTES)
