"""Units of the directory; intake owns it."""

from __future__ import annotations

from flask import Flask

from gateway.api.routes import Route, register

ROUTES = (
    Route(
        "GET", "/v1/units", "intake", "list_units", "按官方排序列出单位，可按现名、曾用名或代码查找",
        "List units in the official order, by name, former name or code",
    ),
    Route(
        "POST", "/v1/units", "intake", "record_unit", "新增单位", "Record a new unit", status=201, fresh_id="unit_id",
        versioned=True,
    ),
    Route(
        "GET", "/v1/units/<uuid:unit_id>", "intake", "get_unit", "查看单位：曾用名、下级单位、人员",
        "A unit with former names, subunits and people", versioned=True,
    ),
    Route(
        "PUT", "/v1/units/<uuid:unit_id>", "intake", "record_unit", "登记或变更单位", "Record or change a unit",
        versioned=True,
    ),
    Route("GET", "/v1/unit-tree", "intake", "unit_tree", "单位树", "All units as a tree"),
    Route("GET", "/v1/staffing", "intake", "list_staffing", "机构人员不齐的单位", "Units that lack somebody"),
)


def install(app: Flask) -> None:
    register(app, ROUTES)
