"""People of the directory; intake owns it."""

from __future__ import annotations

from flask import Flask

from gateway.api.routes import Route, register

ROUTES = (
    Route(
        "GET", "/v1/people", "intake", "list_people", "列出人员，可按姓名、单位、岗位、日期",
        "List people, by name, unit, role and day",
    ),
    Route(
        "POST", "/v1/people", "intake", "record_person", "新增人员", "Record a new person", status=201,
        fresh_id="person_id", versioned=True,
    ),
    Route(
        "GET", "/v1/people/<uuid:person_id>", "intake", "get_person", "查看人员及岗位", "A person with posts",
        versioned=True,
    ),
    Route(
        "PUT", "/v1/people/<uuid:person_id>", "intake", "record_person", "登记或变更人员", "Record or change a person",
        versioned=True,
    ),
)


def install(app: Flask) -> None:
    register(app, ROUTES)
