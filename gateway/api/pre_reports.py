"""Pre-reports by phone; intake owns them."""

from __future__ import annotations

from flask import Flask

from gateway.api.routes import Route, register

ROUTES = (
    Route(
        "GET", "/v1/pre-reports", "intake", "list_pre_reports", "列出电话预报，新的在前",
        "List pre-reports, newest first",
    ),
    Route(
        "POST", "/v1/pre-reports", "intake", "record_pre_report", "登记电话预报", "Record a pre-report by phone",
        status=201, fresh_id="pre_report_id",
    ),
    Route(
        "GET", "/v1/pre-reports/<uuid:pre_report_id>", "intake", "get_pre_report", "查看电话预报", "One pre-report"
    ),
)


def install(app: Flask) -> None:
    register(app, ROUTES)
