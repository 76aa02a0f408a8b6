"""What waits for whoever asks, as the console's first page shows it."""

from __future__ import annotations

from flask import Flask, Response, request

from contracts.model import Strict
from gateway.api.own_routes import OwnRoute, register_own
from gateway.api.routes import json_answer
from gateway.bodies import checked, query_values
from gateway.waiting import Waiting, as_reply, waiting_groups


class NoQuery(Strict):
    """It takes no parameters: it is one's own."""


def show_waiting() -> Response:
    checked(NoQuery, query_values(request.args))
    return json_answer(as_reply(waiting_groups()))


OWN_ROUTES = (
    OwnRoute(
        "GET", "/v1/waiting", show_waiting, "等我处理的事，紧急的在前", "What waits for you, urgent first", Waiting,
        query=NoQuery,
    ),
)


def install(app: Flask) -> None:
    register_own(app, OWN_ROUTES)
