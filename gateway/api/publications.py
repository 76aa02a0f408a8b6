"""Publications."""

from __future__ import annotations

from flask import Flask

from gateway.api.routes import Route, register

ROUTES = (
    Route("GET", "/v1/publications", "review", "list_publications", "列出刊物", "List publications"),
    Route(
        "GET", "/v1/publications/<code>", "review", "get_publication", "查看刊物", "One publication", versioned=True
    ),
    Route(
        "PUT", "/v1/publications/<code>", "review", "record_publication", "登记或变更刊物",
        "Record or change a publication", versioned=True,
    ),
)


def install(app: Flask) -> None:
    register(app, ROUTES)
