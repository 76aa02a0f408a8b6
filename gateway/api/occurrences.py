"""When the incident of a report occurred: statements, corrections, rulings; intake owns them."""

from __future__ import annotations

from flask import Flask

from gateway.api.routes import Route, register

ROUTES = (
    Route(
        "GET", "/v1/reports/<uuid:report_id>/occurrence", "intake", "get_occurrence", "发生时间的全部填报及依据",
        "All statements of the occurrence, which counts and why",
    ),
    Route(
        "POST", "/v1/reports/<uuid:report_id>/occurrence-corrections", "intake", "correct_occurrence", "更正发生时间",
        "State another time of the occurrence", status=201,
    ),
    Route(
        "POST", "/v1/reports/<uuid:report_id>/occurrence-ruling", "intake", "rule_occurrence",
        "裁定或撤销裁定发生时间", "Rule which statement counts, or withdraw the ruling", status=201,
    ),
)


def install(app: Flask) -> None:
    register(app, ROUTES)
