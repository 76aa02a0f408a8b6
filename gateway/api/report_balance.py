"""Good news and bad per unit, channels, and the reports behind each number; intake owns them."""

from __future__ import annotations

from flask import Flask

from gateway.api.routes import Route, register

ROUTES = (
    Route(
        "GET", "/v1/report-balance", "intake", "report_balance", "各单位报喜报忧和信息来源渠道",
        "Good and bad news per unit, and source channels",
    ),
    Route(
        "GET", "/v1/report-balance/reports", "intake", "list_balanced", "列出某个数字对应的信息",
        "The reports behind a number of the balance",
    ),
)


def install(app: Flask) -> None:
    register(app, ROUTES)
