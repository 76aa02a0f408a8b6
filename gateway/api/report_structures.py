"""The parts that kinds of report have; intake reads them from its rules."""

from __future__ import annotations

from flask import Flask

from gateway.api.routes import Route, register

ROUTES = (
    Route(
        "GET", "/v1/report-structures", "intake", "list_report_structures", "列出各种类信息的提纲",
        "List the parts of kinds of report",
    ),
)


def install(app: Flask) -> None:
    register(app, ROUTES)
