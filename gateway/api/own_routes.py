"""The gateway's own addresses, which no service answers: what they take and give stands here as data too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, g, request
from pydantic import BaseModel
from sqlalchemy.orm import Session

from gateway.api.routes import json_answer, take_version
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
    versioned: bool = False
    """The reply's version is the ETag, and `If-Match` states the version an act builds on."""


def register_own(app: Flask, routes: tuple[OwnRoute, ...]) -> None:
    """Serve these routes and remember them for the API document."""
    for route in routes:
        endpoint = f"{route.verb} {route.rule}".replace(".", "_")
        app.add_url_rule(route.rule, endpoint, route.view, methods=[route.verb])


def command(
    action: Callable[..., BaseModel], body: type[BaseModel] | None = None, status: int = 200, *, versioned: bool = False
) -> Any:
    """A view that does `action(work, *ids, request)` in one transaction in the name of whoever asks.

    A body may be left out where nothing in it is required.
    A repeat is refused by state, or makes what is shown once (a token, a password) anew: secrets are not kept for it.
    """

    def view(**path: Any) -> Response:
        query_values(request.args)
        arguments = [*path.values(), *([_read(body, versioned)] if body else [])]
        with gateway().database.work(present().principal, correlation_id=g.correlation_id) as work:
            reply = action(work, *arguments)
        return json_answer(reply, status, versioned=versioned)

    return view


def _read(body: type[BaseModel], versioned: bool) -> BaseModel:
    needed = any(field.is_required() for field in body.model_fields.values())
    data = json_body() if needed or request.get_data(cache=True) else {}
    if versioned and isinstance(data, dict):
        take_version(data, True)
    return checked(body, data)


def listing(read: Callable[[Session, Any], BaseModel], query: type[BaseModel]) -> Callable[[], Response]:
    """A view that answers a list by the query's parameters."""

    def view() -> Response:
        wanted = checked(query, query_values(request.args))
        with gateway().database.reading() as session:
            return json_answer(read(session, wanted))

    return view


def one(read: Callable[[Session, Any], BaseModel], *, versioned: bool = False) -> Any:
    """A view that answers one thing by the id in its address."""

    def view(**path: Any) -> Response:
        query_values(request.args)
        with gateway().database.reading() as session:
            return json_answer(read(session, *path.values()), versioned=versioned)

    return view
