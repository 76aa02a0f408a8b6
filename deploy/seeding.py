"""Fills a fresh city with demo people, through the gateway's public API as administrators would.

May be repeated after a failure: ids are fixed, and what is there already is left as it is. The administrators'
passwords are kept in a file of the city (readable by us alone) until everything is done.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

import httpx

from clients.client import trusted
from contracts.vocabulary import Role
from deploy.city import City
from deploy.demo_people import DEMO, PUBLISHING, SINCE, Cast, DemoPerson, DemoUnit
from deploy.layout import ROOT
from deploy.processes import wait_until
from kernel.clock import china_day, clock_from

DIRECTORY_SECONDS = 30.0
"""Patience until the gateway has learnt of the people that intake recorded."""
PLAN = "{year} 年政务信息工作要点：一、围绕中心工作报送；二、紧急信息按时限上报；三、每季度至少一篇调研报告。"
UNFINISHED, FINISHED = "seeding.json", "seeded"
ADMINISTRATORS: dict[str, str] = {
    "sysadmin": Role.SYSTEM_ADMINISTRATOR.label,
    "secadmin1": Role.SECURITY_ADMINISTRATOR.label,
    "secadmin2": Role.SECURITY_ADMINISTRATOR.label,
    "auditor": Role.AUDIT_ADMINISTRATOR.label,
    "operator": Role.OPERATOR.label,
}


class SeedingFailed(Exception):
    """The city runs but the demo people could not be made; starting it again tries once more."""


@dataclass(frozen=True)
class DemoAccount:
    """Somebody who can sign in; the password is known this once."""

    login: str
    password: str
    name: str
    role: str
    """In Chinese."""
    unit: str


@dataclass(frozen=True)
class Seeds:
    """What was made: accounts by login, and the bearer tokens of API clients by code of their unit."""

    accounts: dict[str, DemoAccount]
    client_tokens: dict[str, str]

    @property
    def client_token(self) -> str:
        """Of the demo city's only API client, that of 河西区."""
        return self.client_tokens["hexi"]

    def password(self, login: str) -> str:
        return self.accounts[login].password


class SignedIn:
    """A person's session with the gateway; every refusal is a `SeedingFailed` with the gateway's own words."""

    def __init__(self, base_url: str, login: str, password: str) -> None:
        self._http = httpx.Client(base_url=base_url, timeout=20, trust_env=False, verify=trusted())
        session = self.post("/v1/sessions", {"login": login, "password": password})
        self._http.headers["X-CSRFToken"] = session["csrf_token"]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._http.close()

    def get(self, path: str, **query: str) -> dict[str, Any]:
        return _answer(self._http.get(path, params=query))

    def put(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return _answer(self._send("PUT", path, body))

    def post(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        return _answer(self._send("POST", path, body))

    def post_when_known(self, path: str, body: dict[str, Any], unknown: int) -> dict[str, Any]:
        """Like `post`, repeated while the gateway has not learnt of a person or unit (status `unknown`)."""
        answers: list[httpx.Response] = []

        def answered() -> bool:
            answers.append(self._send("POST", path, body))
            return answers[-1].status_code != unknown

        wait_until(answered, DIRECTORY_SECONDS)
        return _answer(answers[-1])

    def _send(self, verb: str, path: str, body: dict[str, Any] | None) -> httpx.Response:
        return self._http.request(verb, path, json=body or {}, headers={"Idempotency-Key": str(uuid4())})


def is_seeded(city: City) -> bool:
    """Whether the demo people were made at an earlier start."""
    return (city.root / FINISHED).exists()


def seed(city: City, cast: Cast = DEMO, tell: Callable[[str], None] = lambda _step: None) -> Seeds:
    """Make units, people, accounts, rights, publications and an API client. Raises `SeedingFailed`.

    `tell` is told of each step. Takes a few seconds; passwords are random and not kept by us.
    """
    try:
        passwords = _first_accounts(city)
        with ExitStack() as sessions:
            people = {
                login: sessions.enter_context(SignedIn(city.base_url, login, passwords[login]))
                for login in ("sysadmin", "secadmin1", "secadmin2")
            }
            tell("名录 directory")
            _record_directory(people["sysadmin"], cast)
            _record_auditor(people["sysadmin"], city, cast)
            tell("账户与授权 accounts and rights")
            for person in cast.people:
                passwords[person.login] = _open_account(people["sysadmin"], person)
                _grant(people["secadmin1"], people["secadmin2"], person)
            tokens = {
                code: _client_token(people["sysadmin"], people["secadmin1"], cast.unit(code))
                for code in cast.client_units
            }
        for code in cast.endorsing_units:
            leader = cast.leader(code).login
            with SignedIn(city.base_url, leader, passwords[leader]) as session:
                session.post("/v1/endorsement-rules", {"required": True, "reason": "新进人员较多，先由科室把关。"})
        tell("刊物 publications")
        with SignedIn(city.base_url, "chief", passwords["chief"]) as chief:
            for code, name, columns in cast.publications:
                further = PUBLISHING.get(code, {})
                chief.put(f"/v1/publications/{code}", {"name": name, "columns": list(columns)} | further)
            _record_plan(chief, city, cast)
    except httpx.HTTPError as error:
        raise SeedingFailed(f"the gateway does not answer: {error!r}") from error
    (city.root / FINISHED).touch()
    (city.root / UNFINISHED).unlink()
    return Seeds({account.login: account for account in _described(passwords, cast)}, tokens)


def _first_accounts(city: City) -> dict[str, str]:
    """Passwords of the administrators; made at the first call, read from the file after a failure."""
    kept = city.root / UNFINISHED
    if not kept.exists():
        environment = city.environment("gateway")
        made = subprocess.run(
            [
                *(sys.executable, "-m", "gateway.identity.bootstrap"),
                *("--database-url", environment["CHENGBAO_DATABASE_URL"]),
                *("--keys-dir", environment["CHENGBAO_KEYS_DIR"]),
            ],
            cwd=ROOT,
            env=os.environ | environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode:
            raise SeedingFailed(f"the first accounts could not be made: {made.stderr}")
        _write_private(kept, made.stdout)
    passwords = {account["login"]: account["password"] for account in json.loads(kept.read_text())}
    return dict(passwords)


def _write_private(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text)


def _record_directory(sysadmin: SignedIn, cast: Cast) -> None:
    for entry in cast.units:
        _record_unit(sysadmin, cast, entry)
    for person in cast.people:
        home = str(cast.unit(person.unit).unit_id)
        body = {"name": person.name, "unit_id": home, "posts": _posts(person, home)}
        sysadmin.put(f"/v1/people/{person.person_id}", body)
        sysadmin.put(f"/v1/contacts/{person.person_id}", {"email": f"{person.login}@city.example"})


def _record_unit(sysadmin: SignedIn, cast: Cast, entry: DemoUnit) -> None:
    """A renamed unit is recorded under its old name first, as it was."""
    body = {
        "name": entry.name, "unit_class": entry.unit_class, "valid_from": SINCE, "position": entry.position,
        "phone": entry.phone, "parent_id": str(cast.unit(entry.parent).unit_id) if entry.parent else None,
    }
    address = f"/v1/units/{entry.unit_id}"
    if entry.renamed is not None:
        sysadmin.put(address, body | {"name": entry.renamed[0], "name_since": SINCE})
        body["name_since"] = entry.renamed[1]
    sysadmin.put(address, body)


def _posts(person: DemoPerson, home: str) -> list[dict[str, Any]]:
    post: dict[str, Any] = {"unit_id": home, "role": person.role, "title": person.post, "valid_from": SINCE}
    posts = [post | {"full_time": person.full_time}]
    if person.deputised is not None:
        first, last = person.deputised
        days = {"title": "分管副主任（代理）", "deputy": True, "valid_from": first, "valid_to": last}
        posts.append(post | days | {"role": Role.RESPONSIBLE_LEADER})
    return posts


def _record_plan(chief: SignedIn, city: City, cast: Cast) -> None:
    """The plan of the year that the city's clock is in."""
    year = china_day(clock_from(city.clock_file).now()).year
    targets = [
        {"unit_id": str(cast.unit(code).unit_id), "measure": measure, "value": value}
        for code, measure, value in cast.targets
    ]
    if targets:
        chief.put(f"/v1/plans/{year}", {"text": PLAN.format(year=year), "targets": targets})


def _record_auditor(sysadmin: SignedIn, city: City, cast: Cast) -> None:
    """The audit administrator's post and address, so that the daily checkpoints reach somebody."""
    made = json.loads((city.root / UNFINISHED).read_text())
    auditor = next(account["account_id"] for account in made if account["login"] == "auditor")
    role, home = Role.AUDIT_ADMINISTRATOR, str(cast.unit("office").unit_id)
    post = {"unit_id": home, "role": role, "title": role.label, "valid_from": SINCE}
    sysadmin.put(f"/v1/people/{auditor}", {"name": role.label, "unit_id": home, "posts": [post]})
    sysadmin.put(f"/v1/contacts/{auditor}", {"email": "auditor@city.example"})


def _open_account(sysadmin: SignedIn, person: DemoPerson) -> str:
    try:
        made = sysadmin.post_when_known(f"/v1/people/{person.person_id}/account", {"login": person.login}, unknown=404)
    except Refused as refusal:
        if refusal.status != 409:
            raise
        made = sysadmin.post(f"/v1/accounts/{person.person_id}/password")  # opened before a failure
    return str(made["password"])


def _grant(proposer: SignedIn, approver: SignedIn, person: DemoPerson) -> None:
    try:
        waiting = [proposer.post("/v1/grants", {"account_id": str(person.person_id), "role": person.role})]
    except Refused as refusal:
        if refusal.status != 409:
            raise
        waiting = proposer.get("/v1/grants", account_id=str(person.person_id), state="proposed")["items"]
    for grant in waiting:
        approver.post(f"/v1/grants/{grant['grant_id']}/approval")


def _client_token(sysadmin: SignedIn, secadmin: SignedIn, home: DemoUnit) -> str:
    body = {"name": f"{home.name}政务平台", "unit_id": str(home.unit_id)}
    client = sysadmin.post_when_known("/v1/clients", body, unknown=422)
    secadmin.post(f"/v1/clients/{client['client_id']}/attestation")
    return str(client["token"])


def _described(passwords: dict[str, str], cast: Cast) -> Iterator[DemoAccount]:
    for person in cast.people:
        yield DemoAccount(
            person.login, passwords[person.login], person.name, person.role.label, cast.unit(person.unit).name
        )
    for login, role in ADMINISTRATORS.items():
        yield DemoAccount(login, passwords[login], role, role, cast.unit("office").name)


class Refused(SeedingFailed):
    """The gateway refused a step."""

    def __init__(self, response: httpx.Response) -> None:
        self.status = response.status_code
        super().__init__(f"{response.request.method} {response.request.url.path}: {self.status} {response.text}")


def _answer(response: httpx.Response) -> dict[str, Any]:
    if response.status_code >= 400:
        raise Refused(response)
    answer: dict[str, Any] = response.json() if response.content else {}
    return answer
