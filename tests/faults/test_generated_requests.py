"""Requests made up from the published document, valid and not: no defect, and every answer is a documented one (R24).

Each operation is called in turn by an API client and by a person who may call it; half of the valid requests are about
objects that exist. Readings meet these as they were made, and once more as all the acts have left them.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import load_all_checks
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import content_type_conformance, status_code_conformance

from contracts.vocabulary import Role
from deploy.city import City, running
from deploy.demo_people import DEMO
from deploy.layout import ROOT
from deploy.seeding import Seeds
from gateway.access import MATRIX, Access
from tests.faults.exhibits import Exhibition
from tests.faults.oracle import Scene, settle
from tests.support.city import copy_city

LONG = os.environ.get("CHENGBAO_FAULTS") == "long"
REQUESTS = 20_000 if LONG else 2_000
TIMEOUT_SECONDS = 30.0
LINE_BYTES = 4094
"""The web server answers a longer request line by itself, with 414, before the product sees it."""
ADMINISTRATORS = {
    Role.SYSTEM_ADMINISTRATOR: "sysadmin",
    Role.SECURITY_ADMINISTRATOR: "secadmin1",
    Role.AUDIT_ADMINISTRATOR: "auditor",
}
SCHEMA = schemathesis.openapi.from_path(ROOT / "contracts" / "openapi.json")
Operation = APIOperation[Any, Any, Any, Any]
OPERATIONS: list[Operation] = [found.ok() for found in SCHEMA.get_all_operations() if isinstance(found, Ok)]
READINGS = [operation for operation in OPERATIONS if operation.method.upper() == "GET"]
ACTS = [operation for operation in OPERATIONS if operation not in READINGS]
ROUNDS = [(when, one) for when, those in (("before", READINGS), ("act", ACTS), ("after", READINGS)) for one in those]
"""In an order of their own: what one act left for the next is the same in every run."""
EXAMPLES = -(-REQUESTS // len(ROUNDS))
ACCESS: dict[str, Access] = {re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route): row for route, row in MATRIX.items()}
"""Who may call what, by the names of the document."""
CREDENTIALS = frozenset({"authorization", "cookie", "x-csrftoken"})


@dataclass
class Callers:
    """Sessions of everybody who calls, opened once."""

    city: City
    seeds: Seeds
    exhibits: dict[str, list[str]]
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    """How many requests got which status, by method."""

    def __post_init__(self) -> None:
        self._sessions: dict[str, requests.Session] = {}

    def client(self) -> requests.Session:
        session = requests.Session()
        session.trust_env = False
        session.headers["Authorization"] = f"Bearer {self.seeds.client_token}"
        return session

    def person(self, label: str) -> requests.Session:
        """Somebody who may call this operation; signed in again when a request signed him out."""
        login = _login_for(ACCESS[label])
        session = self._sessions.get(login)
        if session is None or not self._signed_in_still(session):
            session = self._sessions[login] = self._signed_in(login)
        return session

    def _signed_in_still(self, session: requests.Session) -> bool:
        path = f"{self.city.base_url}/v1/sessions/current"
        return session.get(path, timeout=TIMEOUT_SECONDS).status_code == 200

    def _signed_in(self, login: str) -> requests.Session:
        session = requests.Session()
        session.trust_env = False
        body = {"login": login, "password": self.seeds.password(login)}
        headers = {"Idempotency-Key": str(uuid4())}
        answer = session.post(f"{self.city.base_url}/v1/sessions", json=body, headers=headers, timeout=TIMEOUT_SECONDS)
        session.headers["X-CSRFToken"] = answer.json()["csrf_token"]
        return session


def _login_for(access: Access) -> str:
    logins = {person.role: person.login for person in reversed(DEMO.people)} | ADMINISTRATORS
    return next((login for role, login in logins.items() if role in access.roles), "hexi.wang")


@pytest.fixture(scope="module")
def city(seeded_folder: tuple[Path, Seeds], servers_folder: Path) -> Iterator[City]:
    """The module's city admits as many requests as come."""
    unlimited = {"CHENGBAO_REQUESTS_PER_MINUTE": "1000000"}
    with running(City(copy_city(seeded_folder[0], servers_folder), settings=unlimited)) as running_city:
        yield running_city


@pytest.fixture(scope="module")
def callers(city: City, seeded_folder: tuple[Path, Seeds]) -> Iterator[Callers]:
    load_all_checks()
    seeds = seeded_folder[1]
    made = Callers(city, seeds, Exhibition(city, seeds).make())
    yield made
    print(f"\n{made.answers.total()} requests:")
    for (method, status), count in sorted(made.answers.items()):
        print(f"{method:7}{status} {count:6}")


@pytest.fixture(scope="module")
def acts_at_rest(callers: Callers) -> None:
    """All that the acts set going has reached everybody."""
    settle(Scene(callers.city))


def _requests(operation: Operation) -> st.SearchStrategy[tuple[Case[Any], int]]:
    """A request, and a number that decides who sends it and about which object."""
    valid = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    invalid = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
    return st.tuples(valid | invalid, st.integers(0, 7))


def _aim(case: Case[Any], exhibits: dict[str, list[str]], number: int) -> None:
    """Point at objects that exist, with a fresh key, so that the act itself is reached."""
    for name in case.path_parameters or {}:
        if name in exhibits:
            case.path_parameters[name] = exhibits[name][number % len(exhibits[name])]
    case.headers["Idempotency-Key"] = str(uuid4())


@pytest.mark.parametrize(("when", "operation"), ROUNDS, ids=[f"{when} {one.label}" for when, one in ROUNDS])
def test_R24_no_request_finds_a_defect_and_every_answer_is_documented(
    when: str, operation: Operation, callers: Callers, request: pytest.FixtureRequest
) -> None:
    if when == "after":
        request.getfixturevalue("acts_at_rest")
    client, person = callers.client(), callers.person(operation.label)

    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, derandomize=not LONG,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(_requests(operation))
    def every_request(drawn: tuple[Case[Any], int]) -> None:
        case, number = drawn
        for name in [name for name in case.headers or {} if name.lower() in CREDENTIALS]:
            del case.headers[name]
        if number >= 4 and case.meta is not None and case.meta.generation.mode is GenerationMode.POSITIVE:
            _aim(case, callers.exhibits, number)
        _send(case, callers.city.base_url, person if number % 2 else client, callers.answers)

    every_request()


def _send(case: Case[Any], base_url: str, sender: requests.Session, told: Counter[tuple[str, int]]) -> None:
    answer = case.call(base_url=base_url, session=sender, timeout=TIMEOUT_SECONDS)
    told[case.method, answer.status_code] += 1
    if answer.status_code == 414:
        assert len(answer.request.path_url or "") > LINE_BYTES - len(f"{case.method}  HTTP/1.1")
        return
    assert answer.status_code < 500, _told(case, answer)
    case.validate_response(answer, checks=[status_code_conformance, content_type_conformance])


def _told(case: Case[Any], answer: Any) -> str:
    request = f"{case.method} {case.formatted_path} {case.query} {case.headers} {case.body!r}"
    return f"{request}: {answer.status_code} {answer.text}"
