"""People of the directory; intake owns it."""

from __future__ import annotations

from flask import Flask

from gateway.api.routes import Route, register

ROUTES = (
    Route("GET", "/v1/people", "intake", "list_people", "列出人员", "List people"),
    Route(
        "POST", "/v1/people", "intake", "record_person", "新增人员", "Record a new person", status=201,
        fresh_id="person_id",
    ),
    Route(
        "PUT", "/v1/people/<uuid:person_id>", "intake", "record_person", "登记或变更人员", "Record or change a person"
    ),
)


def install(app: Flask) -> None:
    register(app, ROUTES)
