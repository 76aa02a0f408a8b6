"""The access matrix holds at every address, in the order identity, role, object, act (access.md 1)."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from contracts.services import RPC
from contracts.vocabulary import Role
from gateway.access import MATRIX, Access
from gateway.api import rooms
from gateway.app import routes_of
from gateway.console.access import ROWS, RouteWithoutRow, check_rows
from gateway.model.accounts import POSTLESS_ROLES
from tests.factories.gateway_office import Office, Signed
from tests.integration.gateway.addresses import filled

CLOSED = sorted(key for key, access in MATRIX.items() if not access.public)
PERSONS = [role for role in Role if role not in {Role.API_CLIENT, Role.SYSTEM}]


def test_every_route_has_a_row_and_every_row_a_route(office: Office) -> None:
    assert routes_of(office.app) == set(ROWS)


def test_a_route_without_a_row_does_not_start() -> None:
    app = Flask("x", static_folder=None)
    app.add_url_rule("/v1/secrets", "secrets", lambda: "", methods=["GET"])
    with pytest.raises(RouteWithoutRow, match="GET /v1/secrets"):
        check_rows(routes_of(app) | set(ROWS))


def test_every_rpc_method_is_reached_by_a_route() -> None:
    reached = {(route.service, route.method) for route in rooms.routes()}
    reached |= {asked for route in rooms.own_routes() for asked in route.asks}
    assert reached == {(service, method) for service, methods in RPC.items() for method in methods}


def test_rows_and_routes_name_the_same_method() -> None:
    for route in rooms.routes():
        access = MATRIX[f"{route.verb} {route.rule}"]
        assert access.rpc == (route.service, route.method)
        assert access.roles == route.contract.roles


def test_without_credentials_every_closed_address_answers_401(office: Office) -> None:
    answers = {}
    for key in CLOSED:
        verb, path = filled(key)
        answer = office.app.test_client().open(path, method=verb)
        answers[key] = (answer.status_code, answer.json["type"])
    assert answers == dict.fromkeys(CLOSED, (401, "/problems/unauthenticated"))


def _holder(office: Office, role: Role) -> Signed:
    if role in POSTLESS_ROLES:
        return office.administrator(role)
    return office.sign_in(office.add_person(role.label, role))


def _refused(access: Access, role: Role) -> bool:
    return not access.admits(frozenset({str(role)}))


@pytest.mark.parametrize("role", PERSONS)
def test_each_role_is_let_in_where_the_matrix_says_and_nowhere_else(office: Office, role: Role) -> None:
    who = _holder(office, role)
    wrong = []
    for key in CLOSED:
        if key.startswith(("DELETE /v1/sessions", "PUT /v1/sessions")):
            continue
        verb, path = filled(key)
        answer = who.send(verb, path, None if verb == "GET" else {}, Idempotency_Key=str(uuid4()))
        if (answer.status_code == 403 and answer.json["type"] == "/problems/forbidden") != _refused(MATRIX[key], role):
            wrong.append((key, answer.status_code))
    assert wrong == []


def test_an_api_client_is_let_in_where_the_matrix_says(office: Office) -> None:
    client, wrong = office.api_client(), []
    for key in CLOSED:
        verb, path = filled(key)
        answer = client.send(verb, path, None if verb == "GET" else {}, Idempotency_Key=str(uuid4()))
        if (answer.status_code == 403) != _refused(MATRIX[key], Role.API_CLIENT):
            wrong.append((key, answer.status_code))
    assert wrong == []


def test_role_is_looked_at_before_the_object_and_the_body(office: Office) -> None:
    officer: Any = office.officer()
    assert officer.post(f"/v1/queue/{uuid4()}/claim", {"nonsense": 1}).status_code == 403
    assert office.calls.asked == []
