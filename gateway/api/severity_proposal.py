"""The severity that the figures of an incident say; intake owns the rules."""

from __future__ import annotations

from flask import Flask

from gateway.api.routes import Route, register

ROUTES = (
    Route(
        "GET", "/v1/severity-proposal", "intake", "propose_severity", "按伤亡和损失推算事件等级",
        "The severity that the figures of an incident say",
    ),
)


def install(app: Flask) -> None:
    register(app, ROUTES)
