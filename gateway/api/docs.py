"""The API described for people: a plain page of our own, the two documents, and a page for each problem type."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, render_template

from contracts.problems import PROBLEMS
from gateway.api.own_routes import OwnRoute, register_own
from kernel.errors import NotFound

CONTRACTS = Path(__file__).parents[2] / "contracts"


@cache
def _document(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((CONTRACTS / name).read_text(encoding="utf-8"))
    return found


def show_reference() -> Response:
    """The addresses, grouped by noun; needs nothing from outside and no script."""
    document = _document("openapi.json")
    groups: dict[str, list[tuple[str, str, dict[str, Any]]]] = {}
    for path, verbs in document["paths"].items():
        for verb, operation in verbs.items():
            groups.setdefault(operation["tags"][0], []).append((verb.upper(), path, operation))
    return Response(render_template("docs/reference.html", groups=groups, problems=PROBLEMS), mimetype="text/html")


def show_openapi() -> Response:
    """As committed."""
    return Response((CONTRACTS / "openapi.json").read_bytes(), mimetype="application/json")


def show_asyncapi() -> Response:
    """As committed."""
    return Response((CONTRACTS / "asyncapi.json").read_bytes(), mimetype="application/json")


def show_problem(key: str) -> Response:
    """What this problem means and what to do."""
    if key not in PROBLEMS:
        raise NotFound("没有此类问题。", "There is no such problem type.")
    return Response(render_template("docs/problem.html", key=key, problem=PROBLEMS[key]), mimetype="text/html")


OWN_ROUTES = (
    OwnRoute("GET", "/docs", show_reference, "接口说明", "The API described"),
    OwnRoute("GET", "/docs/openapi.json", show_openapi, "OpenAPI 3.1 文档", "The OpenAPI 3.1 document"),
    OwnRoute("GET", "/docs/asyncapi.json", show_asyncapi, "AsyncAPI 3 文档", "The AsyncAPI 3 document"),
    OwnRoute("GET", "/problems/<key>", show_problem, "问题类型说明", "What a problem type means"),
)


def install(app: Flask) -> None:
    register_own(app, OWN_ROUTES)
