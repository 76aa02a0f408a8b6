"""Lock-out, one-time codes, and the list of sessions (R24, 0094)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pyotp
from sqlalchemy import text

from contracts.vocabulary import Role
from gateway.identity.locks import ADDRESS_FAILURES, FIRST_ADDRESS_LOCK
from gateway.metrics import FIGURES
from tests.factories.gateway_office import PASSWORD, Office, Signed

FACTOR = "/v1/sessions/current/second-factor"


def _attempt(office: Office, person: UUID, **body: Any) -> Any:
    whole = {"login": f"p{person.hex}", "password": PASSWORD} | body
    return office.app.test_client().post("/v1/sessions", json=whole)


def _enrolled(office: Office, who: Signed) -> tuple[pyotp.TOTP, list[str]]:
    secret = who.post(FACTOR, {"password": PASSWORD}).json["secret"]
    totp = pyotp.TOTP(secret)
    answer = who.send("PUT", FACTOR, {"code": totp.at(office.clock.now())})
    office.clock.advance(timedelta(seconds=30))
    return totp, answer.json["recovery_codes"]


def test_R24_each_lock_is_longer_and_an_administrator_ends_it(office: Office) -> None:
    person, sysadmin = office.add_person("王芳", Role.INFORMATION_OFFICER), None
    for minutes in (15, 30):
        for _ in range(5):
            _attempt(office, person, password="x")
        office.clock.advance(timedelta(minutes=minutes, seconds=-1))
        assert _attempt(office, person).status_code == 401
        office.clock.advance(timedelta(seconds=2))
    for _ in range(5):
        _attempt(office, person, password="x")
    sysadmin = office.administrator(Role.SYSTEM_ADMINISTRATOR)
    assert sysadmin.post(f"/v1/accounts/{person}/enabling").status_code == 200
    assert _attempt(office, person).status_code == 201


def test_R24_an_address_that_fails_too_often_waits_and_is_told_how_long(office: Office) -> None:
    person = office.add_person("王芳", Role.INFORMATION_OFFICER)
    before = office.parts.settings
    office.parts.settings = before.model_copy(update={"requests_per_minute": 1200})
    for _ in range(ADDRESS_FAILURES):
        assert _attempt(office, uuid4()).status_code == 401
    refused = _attempt(office, person)
    with office.parts.database.reading() as session:
        figures = {
            figure.name: next(iter(figure.read(session, office.clock.now())))[1]
            for figure in FIGURES
            if "locked" in figure.name
        }
    office.parts.settings = before
    office.clock.advance(FIRST_ADDRESS_LOCK)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")
    assert figures == {"chengbao_locked_accounts": 0.0, "chengbao_locked_addresses": 1.0}
    assert _attempt(office, person).status_code == 201


def test_R24_signing_in_with_a_second_factor_needs_a_code_and_says_so(office: Office) -> None:
    person = office.add_person("王芳", Role.INFORMATION_OFFICER)
    totp, _ = _enrolled(office, office.sign_in(person))
    without = _attempt(office, person)
    assert (without.status_code, without.json["type"]) == (401, "/problems/code-required")
    assert _attempt(office, person, password="x").json["type"] == "/problems/unauthenticated"
    assert _attempt(office, person, code="000000" if totp.at(office.clock.now()) != "000000" else "1" * 6).json[
        "type"
    ] == "/problems/code-required"
    assert _attempt(office, person, code=totp.at(office.clock.now())).status_code == 201


def test_R24_a_code_is_taken_once_also_by_two_at_the_same_moment(office: Office) -> None:
    person = office.add_person("王芳", Role.INFORMATION_OFFICER)
    totp, recovery = _enrolled(office, office.sign_in(person))
    for code in (totp.at(office.clock.now()), recovery[0]):
        with ThreadPoolExecutor(4) as pool:
            codes = sorted(pool.map(lambda c: _attempt(office, person, code=c).status_code, [code] * 4))
        assert codes == [201, 401, 401, 401]


def test_R24_wrong_codes_lock_the_account_like_wrong_passwords(office: Office) -> None:
    person = office.add_person("王芳", Role.INFORMATION_OFFICER)
    totp, _ = _enrolled(office, office.sign_in(person))
    for _ in range(5):
        _attempt(office, person, code="abcdef")
    assert _attempt(office, person, code=totp.at(office.clock.now())).json["type"] == "/problems/unauthenticated"


def test_R24_secrets_and_recovery_codes_are_not_readable_in_the_database(office: Office) -> None:
    officer = office.officer()
    totp, recovery = _enrolled(office, officer)
    with office.parts.database.reading() as session:
        kept = bytes(session.scalar(text("SELECT code_secret FROM accounts WHERE code_secret IS NOT NULL")) or b"")
        hashes = [bytes(row) for row in session.scalars(text("SELECT code_hash FROM recovery_codes"))]
    assert totp.secret.encode() not in kept
    assert len(hashes) == len(recovery) == 10
    assert not {code.replace("-", "").encode() for code in recovery} & set(hashes)


def test_R24_an_unconfirmed_secret_asks_for_no_code_and_a_wrong_password_offers_none(office: Office) -> None:
    person = office.add_person("王芳", Role.INFORMATION_OFFICER)
    officer = office.sign_in(person)
    refused = officer.post(FACTOR, {"password": "x"})
    assert (refused.status_code, refused.json["pointer"]) == (422, "/password")
    officer.post(FACTOR, {"password": PASSWORD})
    assert _attempt(office, person).status_code == 201


def test_R24_the_system_administrator_resets_a_second_factor_but_not_his_own(office: Office) -> None:
    person, sysadmin = office.add_person("王芳"), office.administrator(Role.SYSTEM_ADMINISTRATOR)
    officer = office.sign_in(person)
    _enrolled(office, officer)
    assert sysadmin.send("DELETE", f"/v1/accounts/{person}/second-factor").status_code == 200
    assert sysadmin.send("DELETE", f"/v1/accounts/{sysadmin.id}/second-factor").status_code == 403
    assert (officer.get("/v1/sessions/current").status_code, _attempt(office, person).status_code) == (401, 201)


def test_R24_where_codes_are_required_an_administrator_can_only_set_them_up(office: Office) -> None:
    auditor, officer = office.administrator(Role.AUDIT_ADMINISTRATOR), office.officer()
    before = office.parts.settings
    office.parts.settings = before.model_copy(update={"administrators_need_codes": True})
    try:
        refused, page = auditor.get("/v1/accounts"), auditor.get("/accounts")
        others = officer.get("/v1/receipts").status_code
        _enrolled(office, auditor)
        allowed = auditor.get("/v1/accounts").status_code
    finally:
        office.parts.settings = before
    assert (refused.status_code, refused.json["type"]) == (403, "/problems/factor-required")
    assert (page.status_code, page.headers["Location"]) == (303, "/second-factor")
    assert (others, allowed) == (200, 200)


def test_R24_the_page_draws_the_secret_as_a_picture_until_it_is_confirmed(office: Office) -> None:
    officer = office.officer()
    token = {"csrf_token": officer.headers["X-CSRFToken"]}
    page = officer.client.post("/second-factor", data=token | {"password": PASSWORD}).text
    picture = officer.get("/second-factor/picture")
    secret = page.split('class="secret">')[1].split("<")[0]
    code = pyotp.TOTP(secret).at(office.clock.now())
    codes = officer.client.post("/second-factor/confirmation", data=token | {"code": code}).text
    assert (picture.mimetype, picture.headers["Cache-Control"]) == ("image/svg+xml", "no-store")
    assert codes.count("<li><code>") == 10
    assert officer.get("/second-factor/picture").status_code == 404


def test_R24_one_sees_ones_sessions_and_ends_one_or_all(office: Office) -> None:
    person = office.add_person("王芳", Role.INFORMATION_OFFICER)
    here, there = office.sign_in(person), office.sign_in(person)
    listed = here.get("/v1/sessions").json["items"]
    other = next(item for item in listed if not item["present"])
    assert ([item["present"] for item in listed].count(True), other["address"]) == (1, "127.0.0.1")
    assert here.send("DELETE", f"/v1/sessions/{other['session_id']}").status_code == 200
    assert [one.get("/v1/sessions").status_code for one in (here, there)] == [200, 401]
    again = office.sign_in(person)
    here.send("DELETE", "/v1/sessions")
    assert [one.get("/v1/sessions").status_code for one in (here, again)] == [401, 401]


def test_R24_sessions_come_in_pages_to_their_holder_and_to_the_security_administrator(office: Office) -> None:
    person = office.add_person("王芳", Role.INFORMATION_OFFICER)
    here, *_others = [office.sign_in(person) for _ in range(5)]
    security = office.administrator(Role.SECURITY_ADMINISTRATOR)
    for who, path in ((here, "/v1/sessions"), (security, f"/v1/accounts/{person}/sessions")):
        sizes, seen, cursor = [], set(), ""
        while cursor is not None:
            page = who.get(f"{path}?limit=2{cursor and f'&cursor={cursor}'}").json
            sizes.append(len(page["items"]))
            seen |= {item["session_id"] for item in page["items"]}
            cursor = page["next_cursor"]
        assert (sizes, len(seen)) == ([2, 2, 1], 5)
    assert here.get("/v1/sessions?cursor=x").json["pointer"] == "/cursor"
    assert "下一页" not in here.get("/sessions").text


def test_R24_nobody_ends_anothers_session_but_the_security_administrator(office: Office) -> None:
    officer, other = office.officer(), office.leader()
    session_id = officer.get("/v1/sessions").json["items"][0]["session_id"]
    assert other.send("DELETE", f"/v1/sessions/{session_id}").status_code == 404
    security = office.administrator(Role.SECURITY_ADMINISTRATOR)
    assert security.get(f"/accounts/{officer.id}/sessions").status_code == 200
    assert security.send("DELETE", f"/v1/accounts/{officer.id}/sessions/{session_id}").status_code == 200
    assert officer.get("/v1/sessions").status_code == 401


def test_R24_an_api_client_has_neither_sessions_nor_a_second_factor(office: Office) -> None:
    client = office.api_client()
    answers = [client.get("/v1/sessions"), client.get(FACTOR), client.send("PUT", "/v1/sessions/current/password", {})]
    assert [answer.status_code for answer in answers] == [403, 403, 403]
