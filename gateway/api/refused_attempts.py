"""Refused attempts of all services and the gateway as one list, for the audit administrator."""

from __future__ import annotations

from typing import cast

from flask import Flask, Response, request

from contracts.rpc.refused_attempts import ListRefusedAttempts, RefusedAttemptPage
from contracts.services import RPC
from gateway.api.own_routes import OwnRoute, register_own
from gateway.api.routes import ask, json_answer
from gateway.assembly import gateway
from gateway.bodies import checked, query_values
from kernel.audit.attempts import newest
from kernel.cursors import cursor_after

METHOD = "list_refused_attempts"


def refused_attempts(asked: ListRefusedAttempts) -> RefusedAttemptPage:
    """Newest first. Raises a refusal when one of the services does not answer: a list with a gap would mislead."""
    with gateway().database.reading() as session:
        pages = [newest(session, asked, RefusedAttemptPage)]
    pages += [cast(RefusedAttemptPage, ask(service, METHOD, asked)) for service in RPC]
    found = sorted((item for page in pages for item in page.items), key=lambda item: item.id, reverse=True)
    shown = found[: asked.limit]
    more = len(found) > len(shown) or any(page.next_cursor for page in pages)
    return RefusedAttemptPage(items=shown, next_cursor=cursor_after(shown[-1].id) if more and shown else None)


def show_refused_attempts() -> Response:
    return json_answer(refused_attempts(checked(ListRefusedAttempts, query_values(request.args))))


OWN_ROUTES = (
    OwnRoute(
        "GET", "/v1/refused-attempts", show_refused_attempts, "越权尝试，新的在前",
        "Refused attempts, newest first", RefusedAttemptPage, query=ListRefusedAttempts,
        asks=tuple((service, METHOD) for service in RPC),
    ),
)


def install(app: Flask) -> None:
    register_own(app, OWN_ROUTES)
