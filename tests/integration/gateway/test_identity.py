"""Who may come in: sign-in, lock, sessions, two-person grants, API clients (access.md 4)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import request
from sqlalchemy import text

from contracts.rpc.drafts import DraftPage
from contracts.vocabulary import Role
from gateway import rates
from gateway.app import trust_proxies
from gateway.identity.bootstrap import FIRST_ACCOUNTS, create_first_accounts
from gateway.identity.grants import insert_grant
from kernel.errors import Conflict
from tests.factories.gateway_office import PASSWORD, Office, Signed, report

CURRENT = "/v1/sessions/current"


def test_R24_session_cookie_is_out_of_reach_of_scripts_and_other_sites(office: Office) -> None:
    person = office.add_person("王芳", Role.INFORMATION_OFFICER)
    answer = office.app.test_client().post("/v1/sessions", json={"login": f"p{person.hex}", "password": PASSWORD})
    cookie = next(line for line in answer.headers.getlist("Set-Cookie") if line.startswith("chengbao_session="))
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))


@pytest.fixture
def behind_a_proxy(office: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    """The gateway behind one proxy that ends TLS; plain again afterwards."""
    monkeypatch.setattr(office.app, "wsgi_app", office.app.wsgi_app)
    trust_proxies(office.app, 1)
    return office


FORWARDED = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "198.51.100.9, 203.0.113.7"}
"""As the one trusted proxy hands it on; what stands before its own word is the caller's invention."""


def test_R24_behind_a_proxy_that_ends_tls_cookies_are_secure_and_writing_works(behind_a_proxy: Office) -> None:
    office, person = behind_a_proxy, behind_a_proxy.add_person("王芳", Role.INFORMATION_OFFICER)
    client, body = office.app.test_client(), {"login": f"p{person.hex}", "password": PASSWORD}
    answer = client.post("/v1/sessions", json=body, headers=FORWARDED)
    cookies = answer.headers.getlist("Set-Cookie")
    assert {line.partition("=")[0] for line in cookies} == {"chengbao_session", "chengbao_form"}
    assert all("Secure" in line.split("; ") for line in cookies)
    token = FORWARDED | {"X-CSRFToken": answer.json["csrf_token"]}
    assert client.delete(CURRENT, headers=token, base_url="https://localhost").status_code == 204


def test_R24_limits_are_per_address_as_the_proxy_tells_it(behind_a_proxy: Office) -> None:
    client, seen = behind_a_proxy.app.test_client(), []
    behind_a_proxy.app.before_request_funcs[None].insert(0, lambda: seen.append(request.remote_addr))
    client.get("/healthz", headers=FORWARDED)
    behind_a_proxy.app.before_request_funcs[None].pop(0)
    assert seen == ["203.0.113.7"]


def test_R24_forwarded_words_are_not_believed_without_a_proxy(office: Office) -> None:
    person = office.add_person("王芳", Role.INFORMATION_OFFICER)
    body = {"login": f"p{person.hex}", "password": PASSWORD}
    answer = office.app.test_client().post("/v1/sessions", json=body, headers=FORWARDED)
    assert not any("Secure" in line.split("; ") for line in answer.headers.getlist("Set-Cookie"))


def test_R24_wrong_tokens_are_limited_like_attempts_to_sign_in(office: Office) -> None:
    before = office.parts.settings
    office.parts.settings = before.model_copy(update={"requests_per_minute": 60})
    office.app.extensions[rates.EXTENSION] = rates.Counters()
    wrong = Signed(office.app.test_client(), {"Authorization": "Bearer wrong"})
    codes = [wrong.get("/v1/receipts").status_code for _ in range(16)]
    right = office.api_client().get("/v1/receipts").status_code
    office.parts.settings = before
    assert (codes, right) == ([401] * 15 + [429], 200)


def test_R24_wrong_password_and_unknown_login_answer_alike(office: Office) -> None:
    person, client = office.add_person("王芳", Role.INFORMATION_OFFICER), office.app.test_client()
    wrong = client.post("/v1/sessions", json={"login": f"p{person.hex}", "password": "x"})
    unknown = client.post("/v1/sessions", json={"login": "nobody", "password": "x"})
    assert (wrong.status_code, wrong.json["detail"]) == (unknown.status_code, unknown.json["detail"])
    assert wrong.status_code == 401


def test_R24_five_failures_lock_for_15_minutes(office: Office) -> None:
    person, client = office.add_person("王芳", Role.INFORMATION_OFFICER), office.app.test_client()
    login = f"p{person.hex}"
    for _ in range(5):
        client.post("/v1/sessions", json={"login": login, "password": "x"})
    assert client.post("/v1/sessions", json={"login": login, "password": PASSWORD}).status_code == 401
    office.clock.advance(timedelta(minutes=15, seconds=1))
    assert client.post("/v1/sessions", json={"login": login, "password": PASSWORD}).status_code == 201


@pytest.mark.parametrize("pause", [timedelta(hours=2, seconds=1), timedelta(hours=12)])
def test_R24_sessions_end_when_idle_or_old(office: Office, pause: timedelta) -> None:
    officer = office.officer()
    office.clock.advance(pause)
    assert officer.get(CURRENT).status_code == 401


def test_R24_use_keeps_a_session_until_its_greatest_age(office: Office) -> None:
    officer = office.officer()
    seen = []
    for _ in range(7):
        office.clock.advance(timedelta(hours=1, minutes=50))
        seen.append(officer.get(CURRENT).status_code)
    assert seen == [200, 200, 200, 200, 200, 200, 401]


def test_R24_sign_out_ends_the_session(office: Office) -> None:
    officer = office.officer()
    assert officer.send("DELETE", CURRENT).status_code == 204
    assert officer.get(CURRENT).status_code == 401


def test_R24_a_disabled_account_is_nobody_on_the_next_request(office: Office) -> None:
    officer, sysadmin = office.officer(), office.administrator(Role.SYSTEM_ADMINISTRATOR)
    assert officer.get(CURRENT).status_code == 200
    assert sysadmin.post(f"/v1/accounts/{officer.id}/disabling").status_code == 200
    assert officer.get(CURRENT).status_code == 401
    assert sysadmin.post(f"/v1/accounts/{officer.id}/enabling").status_code == 200
    office.sign_in(officer.id or uuid4())


def test_R24_a_session_left_over_is_worthless_while_the_account_is_disabled(office: Office) -> None:
    officer = office.officer()
    with office.parts.database.engine.begin() as connection:
        connection.execute(text("UPDATE accounts SET disabled = true"))
    assert officer.get(CURRENT).status_code == 401


def test_R24_nobody_disables_himself(office: Office) -> None:
    sysadmin = office.administrator(Role.SYSTEM_ADMINISTRATOR)
    assert sysadmin.post(f"/v1/accounts/{sysadmin.id}/disabling").status_code == 403


def test_R14_account_is_opened_for_a_person_of_the_directory(office: Office) -> None:
    sysadmin = office.administrator(Role.SYSTEM_ADMINISTRATOR)
    person = office.add_person("王芳", account=False)
    made = sysadmin.post(f"/v1/people/{person}/account", {"login": "wangfang"})
    assert made.status_code == 201
    signed_in = office.app.test_client().post(
        "/v1/sessions", json={"login": "wangfang", "password": made.json["password"]}
    )
    assert (signed_in.status_code, signed_in.json["name"]) == (201, "王芳")
    assert sysadmin.post(f"/v1/people/{uuid4()}/account", {"login": "other"}).status_code == 404
    assert sysadmin.post(f"/v1/people/{person}/account", {"login": "other"}).status_code == 409


def test_R14_own_password_is_changed_with_the_old_one(office: Office) -> None:
    officer = office.officer()
    body = {"old_password": "wrong", "new_password": "another long password"}
    assert officer.send("PUT", f"{CURRENT}/password", body).json["pointer"] == "/old_password"
    assert officer.send("PUT", f"{CURRENT}/password", body | {"old_password": PASSWORD}).status_code == 200
    assert officer.get(CURRENT).status_code == 401


def _roles(who: Signed) -> list[str]:
    roles: list[str] = who.get(CURRENT).json["roles"]
    return roles


def test_R14_a_grant_needs_two_security_administrators(office: Office) -> None:
    first, second = (office.administrator(Role.SECURITY_ADMINISTRATOR) for _ in range(2))
    person = office.add_person("陈静", Role.INFORMATION_OFFICER)
    with office.parts.database.engine.begin() as connection:
        connection.execute(text("DELETE FROM grants WHERE account_id = :id"), {"id": person})
    officer = office.sign_in(person)
    assert _roles(officer) == []
    grant = first.post("/v1/grants", {"account_id": str(person), "role": "information_officer"}).json
    assert first.post(f"/v1/grants/{grant['grant_id']}/approval").status_code == 403
    assert _roles(officer) == []
    assert second.post(f"/v1/grants/{grant['grant_id']}/approval").status_code == 200
    assert _roles(officer) == ["information_officer"]
    assert second.post(f"/v1/grants/{grant['grant_id']}/revocation").status_code == 200
    assert _roles(officer) == []


def test_R14_nobody_grants_to_himself(office: Office) -> None:
    first, second = (office.administrator(Role.SECURITY_ADMINISTRATOR) for _ in range(2))
    assert first.post("/v1/grants", {"account_id": str(first.id), "role": "operator"}).status_code == 403
    with office.work() as work:
        proposed = insert_grant(work, second.id or uuid4(), Role.OPERATOR)
    assert second.post(f"/v1/grants/{proposed.grant_id}/approval").status_code == 403
    with office.parts.database.reading() as session:
        own = session.scalar(text("SELECT grant_id FROM grants WHERE account_id = :id"), {"id": second.id})
    assert second.post(f"/v1/grants/{own}/revocation").status_code == 403


def test_R14_a_right_ends_with_the_post(office: Office) -> None:
    today = office.clock.now().date()
    office.clock.at = office.clock.at.replace(hour=15, minute=59)  # 23:59 in China
    leader = office.sign_in(office.add_person("李强", Role.RESPONSIBLE_LEADER, valid_to=today))
    assert _roles(leader) == ["responsible_leader"]
    office.clock.advance(timedelta(minutes=1))
    assert _roles(leader) == []


def test_R14_administrators_are_separate_persons_without_business(office: Office) -> None:
    secadmin = office.administrator(Role.SECURITY_ADMINISTRATOR)
    sysadmin = office.administrator(Role.SYSTEM_ADMINISTRATOR)
    for role in ("editor", "audit_administrator"):
        answer = secadmin.post("/v1/grants", {"account_id": str(sysadmin.id), "role": role})
        assert (answer.status_code, answer.json["pointer"]) == (409, "/role")


def test_R24_client_token_is_shown_once_and_kept_as_a_hash(office: Office) -> None:
    sysadmin = office.administrator(Role.SYSTEM_ADMINISTRATOR)
    made = sysadmin.post("/v1/clients", {"name": "区系统", "unit_id": str(office.unit_id)}).json
    assert len(made["token"]) >= 43
    client = Signed(office.app.test_client(), {"Authorization": f"Bearer {made['token']}"})
    assert client.get(CURRENT).json["unit_id"] == str(office.unit_id)
    with office.parts.database.reading() as session:
        kept = session.scalar(text("SELECT token_hash FROM clients"))
    assert (len(kept), made["token"].encode() in bytes(kept)) == (32, False)
    renewed = sysadmin.post(f"/v1/clients/{made['client_id']}/token").json["token"]
    assert client.get(CURRENT).status_code == 401
    client.headers["Authorization"] = f"Bearer {renewed}"
    sysadmin.post(f"/v1/clients/{made['client_id']}/disabling")
    assert client.get(CURRENT).status_code == 401


def test_R24_attesting_is_the_security_administrators_to_allow(office: Office) -> None:
    secadmin, sysadmin = (
        office.administrator(role) for role in (Role.SECURITY_ADMINISTRATOR, Role.SYSTEM_ADMINISTRATOR)
    )
    client = office.api_client(attested=False)
    path = f"/v1/clients/{client.id}/attestation"
    assert sysadmin.post(path).status_code == 403
    assert secadmin.post(path).json["attested"]
    assert not secadmin.send("DELETE", path).json["attested"]


@pytest.mark.parametrize("header", ["Bearer ", "Bearer x", "Basic eDp5", "bearer", "Bearer x y"])
def test_R24_wrong_credentials_are_nobody_even_beside_a_session(office: Office, header: str) -> None:
    officer = office.officer()
    assert officer.get(CURRENT, Authorization=header).status_code == 401


def test_R24_a_write_with_the_cookie_needs_the_token_of_this_session(office: Office) -> None:
    leader, content = office.leader(), report()
    body = {"content": content, "offer_token": office.offer(content)}
    leader.headers = {}
    refused = leader.post("/v1/reports", body, Idempotency_Key="k")
    assert (refused.status_code, refused.json["type"]) == (403, "/problems/cross-site")
    stranger = office.officer()
    leader.headers = stranger.headers
    assert leader.post("/v1/reports", body, Idempotency_Key="k").status_code == 403


def test_R24_json_as_plain_text_is_refused(office: Office) -> None:
    leader = office.leader()
    answer = leader.client.post(
        "/v1/reports", data="{}", headers=leader.headers | {"Idempotency-Key": "k"}, content_type="text/plain"
    )
    assert (answer.status_code, answer.json["type"]) == (415, "/problems/unsupported-media-type")


def test_R24_principal_sent_to_a_service_is_signed_and_short_lived(office: Office) -> None:
    officer = office.officer()
    office.calls.answers["intake.list_drafts"] = lambda _: DraftPage(items=[])
    assert officer.get("/v1/drafts").status_code == 200
    principal = office.intake.verify(office.calls.asked[-1]["token"], office.clock.now())
    assert (UUID(principal.id), principal.unit_id, principal.roles) == (
        officer.id, office.unit_id, frozenset({"information_officer"}),
    )


def test_R24_first_accounts_are_made_once_and_can_sign_in(office: Office) -> None:
    made = create_first_accounts(office.parts.database)
    assert [account.login for account in made] == [login for login, _, _ in FIRST_ACCOUNTS]
    client = office.app.test_client()
    for account, (_, _, role) in zip(made, FIRST_ACCOUNTS, strict=True):
        client.post("/v1/sessions", json={"login": account.login, "password": account.password})
        assert client.get(CURRENT).json["roles"] == [role]
    with pytest.raises(Conflict):
        create_first_accounts(office.parts.database)
