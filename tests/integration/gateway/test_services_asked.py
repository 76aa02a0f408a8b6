"""Issue 4, bad input: an address that names a thing of a service asks the service by it, so that it can tell an
attempt; a page that looks for it in a list of its own would leave none."""

from __future__ import annotations

import importlib
import re
from collections import defaultdict
from typing import Any
from uuid import uuid4

from contracts.services import RPC
from contracts.vocabulary import Role
from gateway.api.rooms import ROOMS
from gateway.api.routes import Route
from gateway.console.access import ROWS
from kernel.errors import NotFound
from kernel.nouns import named
from tests.factories.attempts import body
from tests.factories.gateway_office import Office, Signed
from tests.integration.gateway.test_console import holder

ROUTES = {
    f"{route.verb} {route.rule}": route
    for room in ROOMS
    for route in getattr(room, "ROUTES", ())
    if isinstance(route, Route)
}
NOUNS = {service: importlib.import_module(f"services.{service}.nouns").NOUNS for service in RPC}


BEFORE = {
    "POST /directory/people/<uuid:person_id>": "asks for the units of its form first, which everybody may",
    "POST /drafts/<uuid:draft_id>/findings": "shows what was typed, with findings on it; the draft is not looked at",
    "POST /drafts/<uuid:draft_id>/outline": "shows what was typed, with headings under it; the draft is not looked at",
}
"""Addresses that come to no thing here, each with its reason."""


def said_absent(_: Any) -> Any:
    refusal = NotFound("没有。", "None.")
    refusal.afar = True
    raise refusal


def test_issue4_no_address_calls_a_thing_absent_without_asking_for_it(office: Office) -> None:
    office.calls.answers = defaultdict(lambda: said_absent)
    people: dict[Role, Signed] = {}
    silent = {}
    for rule, access in ROWS.items():
        parts = re.findall(r"<uuid:(\w+)>", rule)
        roles = sorted(access.roles - {Role.API_CLIENT})
        if not access.rpc or not roles or parts[:1] == [] or parts[0] not in NOUNS[access.rpc[0]]:
            continue
        if roles[0] not in people:
            people[roles[0]] = holder(office, roles[0])
        office.calls.asked.clear()
        thing = str(uuid4())
        status = sent(people[roles[0]], rule, thing)
        if status != 422 and thing not in {thing for call in office.calls.asked for thing in things(call)}:
            silent[rule] = (status, [call["method"] for call in office.calls.asked])
    assert silent.keys() == BEFORE.keys()


def sent(who: Signed, rule: str, thing: str) -> int:
    """The request with this thing in the first place of the address and plain values in whatever else it needs."""
    verb, path = rule.split(" ")
    path = re.sub(r"<uuid:\w+>", thing, path, count=1)
    path = re.sub(r"<(\w+:)?\w+>", lambda found: str(uuid4()) if found[1] else "1", path)
    route = ROUTES.get(rule)
    if "/v1/" not in rule and verb == "POST":
        return who.client.open(path, method=verb, headers=who.headers, data={}).status_code
    if verb == "GET":
        return who.get(path).status_code
    plain = {} if route is None else {
        name: value for name, value in body(route.contract.request).items() if name not in route.stated
    }
    return who.send(verb, path, plain).status_code


def things(call: dict[str, Any]) -> set[str]:
    found = named(NOUNS[call["service"]], call["method"], call["request"].model_dump(mode="json"))
    return {str(thing) for _, thing in found}
