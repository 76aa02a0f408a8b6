"""Messages to people and their deliveries."""

from __future__ import annotations

from flask import Flask

from gateway.api.routes import Route, register

ROUTES = (
    Route("GET", "/v1/messages", "notify", "list_messages", "列出消息", "List messages"),
    Route("POST", "/v1/deliveries/<uuid:delivery_id>/retry", "notify", "retry_delivery", "重新发送", "Send again"),
)


def install(app: Flask) -> None:
    register(app, ROUTES)
