"""Units of the directory; intake owns it."""

from __future__ import annotations

from flask import Flask

from gateway.api.routes import Route, register

ROUTES = (
    Route("GET", "/v1/units", "intake", "list_units", "列出单位", "List units"),
    Route(
        "POST", "/v1/units", "intake", "record_unit", "新增单位", "Record a new unit", status=201, fresh_id="unit_id"
    ),
    Route("PUT", "/v1/units/<uuid:unit_id>", "intake", "record_unit", "登记或变更单位", "Record or change a unit"),
)


def install(app: Flask) -> None:
    register(app, ROUTES)
