"""The gateway's own addresses, which no service answers: what they take and give stands here as data too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, g, request
from pydantic import BaseModel
from sqlalchemy.orm import Session

from gateway.api.routes import json_answer
from gateway.assembly import gateway
from gateway.bodies import checked, json_body, query_values
from gateway.entrance import present


@dataclass(frozen=True)
class OwnRoute:
    """One address; `body` and `query` are what it takes, `reply` what it gives (None: not JSON, or nothing)."""

    verb: str
    rule: str
    view: Callable[..., Response]
    summary: str
    summary_en: str
    reply: type[BaseModel] | None = None
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    status: int = 200
    asks: tuple[tuple[str, str], ...] = ()
    """Services and methods that the view asks, where it does."""
    bytes_in: bool = False
    """Takes the bytes of a file as they are (`application/octet-stream`)."""
    bytes_out: bool = False
    """Gives a file."""


def register_own(app: Flask, routes: tuple[OwnRoute, ...]) -> None:
    """Serve these routes and remember them for the API document."""
    for route in routes:
        endpoint = f"{route.verb} {route.rule}".replace(".", "_")
        app.add_url_rule(route.rule, endpoint, route.view, methods=[route.verb])


def command(action: Callable[..., BaseModel], body: type[BaseModel] | None = None, status: int = 200) -> Any:
    """A view that does `action(work, *ids, request)` in one transaction in the name of whoever asks.

    A repeat is refused by state, or makes what is shown once (a token, a password) anew: secrets are not kept for it.
    """

    def view(**path: Any) -> Response:
        query_values(request.args)
        arguments = [*path.values(), *([checked(body, json_body())] if body else [])]
        with gateway().database.work(present().principal, correlation_id=g.correlation_id) as work:
            reply = action(work, *arguments)
        return json_answer(reply, status)

    return view


def listing(read: Callable[[Session, Any], BaseModel], query: type[BaseModel]) -> Callable[[], Response]:
    """A view that answers a list by the query's parameters."""

    def view() -> Response:
        wanted = checked(query, query_values(request.args))
        with gateway().database.reading() as session:
            return json_answer(read(session, wanted))

    return view
