"""API clients: scopes, change of tokens without downtime, addresses, limits, usage, trial keys (R24, 0093)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from contracts.vocabulary import Role
from gateway import rates
from gateway.access import MATRIX
from gateway.console.access import CONSOLE
from gateway.identity.scopes import ALL, SCOPES, TRIAL_ADDRESSES
from gateway.measures import USAGE
from kernel.clock import SHANGHAI
from tests.factories.gateway_office import Office, Signed, report
from tests.integration.gateway.addresses import filled

URGENT = {"kind": "urgent_first", "severity": "major", "occurred_at": "2026-11-24T08:30:00+08:00"}


def _attested(office: Office, **content: Any) -> dict[str, Any]:
    signer = office.add_person("李强", Role.RESPONSIBLE_LEADER)
    return {"content": report(**content), "author_name": "王芳", "signer_id": str(signer)}


def _bearer(office: Office, token: str) -> Signed:
    return Signed(office.app.test_client(), {"Authorization": f"Bearer {token}"})


def _set_rights(office: Office, client: Signed, **rights: Any) -> Any:
    security = office.administrator(Role.SECURITY_ADMINISTRATOR)
    return security.send("PUT", f"/v1/clients/{client.id}/rights", {"scopes": list(ALL)} | rights)


def test_R24_each_address_of_a_client_needs_its_scope_and_names_it(office: Office) -> None:
    client = office.api_client()
    assert _set_rights(office, client, scopes=[]).status_code == 200
    wrong = []
    for key, scope in SCOPES.items():
        verb, path = filled(key)
        answer = client.send(verb, path, None if verb == "GET" else {}, Idempotency_Key=str(uuid4()))
        if (answer.status_code, answer.json.get("scope")) != (403, str(scope)):
            wrong.append((key, answer.status_code))
    assert wrong == []


def test_R24_a_scope_opens_its_addresses_on_the_next_request(office: Office) -> None:
    client = office.api_client()
    _set_rights(office, client, scopes=["read_receipts"])
    assert client.get("/v1/receipts").status_code == 200
    assert client.post("/v1/reports", _attested(office), Idempotency_Key="k").json["type"] == "/problems/scope-missing"


def test_R24_clients_made_before_there_were_scopes_keep_all_of_them(office: Office) -> None:
    client = office.api_client()
    with office.parts.database.engine.begin() as connection:
        connection.execute(text("UPDATE clients SET scopes = DEFAULT"))
    assert client.get("/v1/sessions/current").json["scopes"] == [str(scope) for scope in ALL]


def test_R24_clients_open_no_page(office: Office) -> None:
    client, wrong = office.api_client(), []
    for key in (key for key, access in CONSOLE.items() if not access.public):
        verb, path = filled(key)
        answer = client.send(verb, path)
        if answer.status_code != 403:
            wrong.append((key, answer.status_code))
    assert wrong == []


def test_R24_rights_changed_since_they_were_read_are_not_overwritten(office: Office) -> None:
    client, security = office.api_client(), office.administrator(Role.SECURITY_ADMINISTRATOR)
    path = f"/v1/clients/{client.id}"
    tag = security.get(path).headers["ETag"]
    answers = [
        security.send("PUT", f"{path}/rights", {"scopes": ["submit"]}, If_Match=tag).status_code for _ in range(2)
    ]
    assert answers == [200, 412]


def test_R24_the_earlier_token_stays_valid_while_tokens_are_changed(office: Office) -> None:
    client, sysadmin = office.api_client(), office.administrator(Role.SYSTEM_ADMINISTRATOR)
    fresh = sysadmin.post(f"/v1/clients/{client.id}/token", {"overlap_hours": 24}).json["token"]
    both = [client, _bearer(office, fresh)]
    assert [one.get("/v1/receipts").status_code for one in both] == [200, 200]
    office.clock.advance(timedelta(hours=24, seconds=1))
    assert [one.get("/v1/receipts").status_code for one in both] == [401, 200]


@pytest.mark.parametrize(("which", "codes"), [("earlier", [401, 200]), ("present", [200, 401])])
def test_R24_either_of_two_tokens_can_be_ended_and_the_other_goes_on(
    office: Office, which: str, codes: list[int]
) -> None:
    client, sysadmin = office.api_client(), office.administrator(Role.SYSTEM_ADMINISTRATOR)
    fresh = sysadmin.post(f"/v1/clients/{client.id}/token", {"overlap_hours": 24}).json["token"]
    path = f"/v1/clients/{client.id}/tokens/{which}"
    assert [sysadmin.send("DELETE", path).status_code for _ in range(2)] == [200, 409]
    assert [one.get("/v1/receipts").status_code for one in (client, _bearer(office, fresh))] == codes


def test_R24_tokens_are_shown_by_their_beginning_and_last_use(office: Office) -> None:
    client, sysadmin = office.api_client(), office.administrator(Role.SYSTEM_ADMINISTRATOR)
    client.get("/v1/receipts")
    office.app.extensions[USAGE].flush(office.parts.database)
    sysadmin.post(f"/v1/clients/{client.id}/token", {"overlap_hours": 1})
    present, earlier = sysadmin.get(f"/v1/clients/{client.id}").json["tokens"]
    assert client.headers["Authorization"].startswith(f"Bearer {earlier['prefix']}")
    assert (earlier["used_at"] is None, present["used_at"]) == (False, None)


def test_R24_a_client_with_an_address_list_is_refused_elsewhere_and_told_the_address_seen(office: Office) -> None:
    client = office.api_client()
    _set_rights(office, client, networks=["203.0.113.0/24", "2001:db8::/32"])
    refused = client.client.get(
        "/v1/receipts", headers=client.headers | {"X-Forwarded-For": "203.0.113.7"}  # nobody vouches for it
    )
    assert (refused.status_code, refused.json["address"]) == (403, "127.0.0.1")
    seen = [
        client.client.get("/v1/receipts", headers=client.headers, environ_base={"REMOTE_ADDR": address}).status_code
        for address in ("203.0.113.7", "::ffff:203.0.113.7", "2001:db8::1", "198.51.100.1")
    ]
    assert seen == [200, 200, 200, 403]


def test_R24_what_is_no_network_is_refused_with_its_pointer(office: Office) -> None:
    answer = _set_rights(office, office.api_client(), networks=["10.0.0.0/8", "everywhere"])
    assert (answer.status_code, answer.json["pointer"]) == (422, "/networks/1")


def test_R24_a_clients_own_limit_says_when_to_come_back_and_never_holds_up_urgent_reports(office: Office) -> None:
    client = office.api_client()
    _set_rights(office, client, per_minute=2)
    office.app.extensions[rates.EXTENSION] = rates.Counters()
    answers = [client.get("/v1/receipts") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 0 < int(answers[2].headers["Retry-After"]) <= 60
    plain, urgent = _attested(office), _attested(
        office, kind="urgent_first", severity="major", occurred_at=office.clock.now().isoformat(), title="某厂火灾"
    )
    codes = [client.post("/v1/reports", plain, Idempotency_Key=str(uuid4())).status_code for _ in range(3)]
    urgents = {client.post("/v1/reports", urgent, Idempotency_Key=str(uuid4())).status_code for _ in range(60)}
    assert (codes, urgents) == ([202, 202, 429], {202})


def test_R24_usage_is_counted_by_day_address_and_status(office: Office) -> None:
    client, auditor = office.api_client(), office.administrator(Role.AUDIT_ADMINISTRATOR)
    for _ in range(3):
        client.get("/v1/receipts")
    client.get("/v1/clients")
    usage = auditor.get(f"/v1/clients/{client.id}/usage").json
    client.get("/v1/receipts")
    again = auditor.get(f"/v1/clients/{client.id}/usage").json
    lines = {(line["route"], line["status"]): line["requests"] for line in again["items"]}
    assert (usage["requests"], usage["refused"]) == (4, 1)
    assert lines == {("GET /v1/receipts", 200): 4, ("GET /v1/clients", 403): 1}


def test_R24_usage_comes_in_pages_with_the_sums_of_all(office: Office) -> None:
    client = office.api_client()
    for path in ("/v1/receipts", "/v1/clients", "/v1/accounts"):
        client.get(path)
    office.clock.advance(timedelta(days=1))
    client.get("/v1/receipts")
    auditor = office.administrator(Role.AUDIT_ADMINISTRATOR)
    lines, sums, cursor = [], set(), ""
    while cursor is not None:
        query = "limit=1" + (cursor and f"&cursor={cursor}")
        page = auditor.get(f"/v1/clients/{client.id}/usage?{query}").json
        lines += [(line["day"][-2:], line["route"]) for line in page["items"]]
        sums.add((page["requests"], page["refused"]))
        cursor = page["next_cursor"]
    day = office.clock.now().astimezone(SHANGHAI).day
    assert (lines[0], [route for _day, route in lines[1:]]) == (
        (f"{day:02d}", "GET /v1/receipts"), ["GET /v1/accounts", "GET /v1/clients", "GET /v1/receipts"]
    )
    assert sums == {(4, 2)}


def test_R24_a_request_is_answered_though_its_count_cannot_be_written(office: Office) -> None:
    client, usage = office.api_client(), office.app.extensions[USAGE]
    with office.parts.database.engine.begin() as connection:
        connection.execute(text("ALTER TABLE client_usage RENAME TO client_usage_away"))
    usage._due = 0.0
    away = client.get("/v1/receipts").status_code
    with office.parts.database.engine.begin() as connection:
        connection.execute(text("ALTER TABLE client_usage_away RENAME TO client_usage"))
    usage.flush(office.parts.database)
    with office.parts.database.reading() as session:
        assert (away, session.scalar(text("SELECT sum(requests) FROM client_usage"))) == (200, 1)


def _trial(office: Office) -> Signed:
    return office.api_client(trial=True)


def test_R24_a_trial_report_gets_a_receipt_nobody_can_take_for_one_and_reaches_nothing(office: Office) -> None:
    client, body = _trial(office), _attested(office)
    answer = client.post("/v1/reports", body, Idempotency_Key="k")
    made = answer.json
    assert (answer.status_code, made["trial"], made["signature"]) == (202, True, "")
    assert made["number"].startswith("TRIAL-")
    with office.parts.database.reading() as session:
        counts = [session.scalar(text(f"SELECT count(*) FROM {name}")) for name in ("receipts", "outbox")]
        assert counts == [0, 0]
    assert office.api_client().post("/v1/reports", body, Idempotency_Key="k").json["number"] == "2026-0000001"


def test_R24_a_trial_report_is_checked_like_a_real_one_and_its_key_repeats_the_answer(office: Office) -> None:
    client, body = _trial(office), _attested(office)
    wrong = client.post("/v1/reports", body | {"signer_id": str(uuid4())}, Idempotency_Key="k")
    answers = [client.post("/v1/reports", body, Idempotency_Key="k") for _ in range(2)]
    other = client.post("/v1/reports", body | {"author_name": "赵敏"}, Idempotency_Key="k")
    assert (wrong.status_code, wrong.json["pointer"]) == (422, "/signer_id")
    assert (answers[0].data, answers[1].headers["Idempotency-Replayed"]) == (answers[1].data, "true")
    assert other.json["type"] == "/problems/idempotency-key-reused"


def test_R24_a_trial_follows_a_trial_and_a_real_report_a_real_one_and_nothing_crosses(office: Office) -> None:
    keys, body = (_trial(office), office.api_client()), _attested(office, **URGENT)
    firsts = [key.post("/v1/reports", body, Idempotency_Key="first").json["report_id"] for key in keys]
    for place, key in enumerate(keys):
        own, foreign = (
            _attested(office, kind="urgent_follow_up", follows_report_id=firsts[each]) for each in (place, 1 - place)
        )
        for path, good in (("/v1/reports?dry_run=true", 200), ("/v1/reports", 202)):
            assert key.post(path, own, Idempotency_Key="own").status_code == good
            refused = key.post(path, foreign, Idempotency_Key="foreign")
            assert (refused.status_code, refused.json["pointer"]) == (422, "/content/follows_report_id")
            assert "试报" in refused.text
    with office.parts.database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM outbox WHERE type = 'report.accepted'")) == 2


def test_R24_a_trial_of_another_unit_is_followed_by_nobody_else(office: Office) -> None:
    first = office.api_client(trial=True).post("/v1/reports", _attested(office, **URGENT), Idempotency_Key="k")
    other = office.add_unit("河东区")
    stranger = office.api_client(trial=True, unit_id=other)
    signer = office.add_person("周涛", Role.RESPONSIBLE_LEADER, unit_id=other)
    body = _attested(office, kind="urgent_follow_up", follows_report_id=first.json["report_id"])
    answer = stranger.post("/v1/reports", body | {"signer_id": str(signer)}, Idempotency_Key="k")
    assert (answer.status_code, answer.json["pointer"]) == (422, "/content/follows_report_id")
    assert "试报" not in answer.text


def test_R24_a_trial_key_sees_its_own_trial_receipts_only(office: Office) -> None:
    client = _trial(office)
    number = client.post("/v1/reports", _attested(office), Idempotency_Key="k").json["number"]
    real = office.signed_report(office.leader()).json["number"]
    assert [item["number"] for item in client.get("/v1/receipts").json["items"]] == [number]
    shown = [_trial(office).get(f"/v1/receipts/{number}"), client.get(f"/v1/receipts/{real}")]
    assert [answer.status_code for answer in shown] == [404, 404]
    assert office.api_client().get(f"/v1/receipts/{number}").status_code == 404


def test_R24_a_trial_key_opens_nothing_else(office: Office) -> None:
    client, wrong = _trial(office), []
    for key, access in MATRIX.items():
        verb, path = filled(key)
        if access.public or key in TRIAL_ADDRESSES:
            continue
        answer = client.send(verb, path, None if verb == "GET" else {}, Idempotency_Key=str(uuid4()))
        if answer.status_code != 403:
            wrong.append((key, answer.status_code))
    assert wrong == []


def test_R24_the_page_of_a_client_sets_its_rights_and_changes_its_token(office: Office) -> None:
    client, security = office.api_client(), office.administrator(Role.SECURITY_ADMINISTRATOR)
    sysadmin, path = office.administrator(Role.SYSTEM_ADMINISTRATOR), f"/clients/{client.id}"
    assert 'name="scopes"' in security.get(path).text
    form = {"csrf_token": security.headers["X-CSRFToken"], "scopes": "submit", "networks": "203.0.113.7，10.0.0.0/8"}
    assert security.client.post(f"{path}/rights", data=form).status_code == 303
    held = security.get(f"/v1/clients/{client.id}").json
    assert (held["scopes"], held["networks"]) == (["submit"], ["10.0.0.0/8", "203.0.113.7/32"])
    form = {"csrf_token": sysadmin.headers["X-CSRFToken"], "overlap_hours": "24"}
    assert "cb_" in sysadmin.client.post(f"{path}/token", data=form).text
    assert "更换前" in sysadmin.get(path).text


def test_R24_tokens_renewed_at_the_same_moment_leave_two_valid_ones(office: Office) -> None:
    client = office.api_client()
    sysadmins = [office.administrator(Role.SYSTEM_ADMINISTRATOR) for _ in range(4)]
    path = f"/v1/clients/{client.id}/token"
    with ThreadPoolExecutor(4) as pool:
        fresh = list(pool.map(lambda one: one.post(path, {"overlap_hours": 1}).json["token"], sysadmins))
    answers = [_bearer(office, token).get("/v1/receipts").status_code for token in fresh]
    assert sorted(answers) == [200, 200, 401, 401]
