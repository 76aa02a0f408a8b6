"""Publications."""

from __future__ import annotations

from flask import Flask

from gateway.api.routes import Route, register

ROUTES = (
    Route("GET", "/v1/publications", "review", "list_publications", "列出刊物", "List publications"),
    Route(
        "PUT", "/v1/publications/<code>", "review", "record_publication", "登记或变更刊物",
        "Record or change a publication",
    ),
)


def install(app: Flask) -> None:
    register(app, ROUTES)
