"""Issue 4, bad input, at the gateway: roles, scopes and posts, its own things, and the audit administrator's list."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.rpc.refused_attempts import AttemptKind, RefusedAttempt, RefusedAttemptPage
from contracts.services import RPC
from contracts.vocabulary import Role
from kernel.errors import NotFound
from kernel.ids import new_id
from kernel.rpc.messages import RefusalBody
from tests.factories.attempts import rows
from tests.factories.gateway_office import Office, report


def kept(office: Office) -> list[tuple[str, str, str, str]]:
    return [(row.method, row.kind, row.subject, row.reason) for row in rows(office.parts.database)]


def without_ids(answer: Any, *ids: str) -> dict[str, Any]:
    """An answer as text without what differs from request to request."""
    shown = json.dumps({name: value for name, value in answer.json.items() if name != "request_id"})
    for one in ids:
        shown = shown.replace(one, "-")
    return json.loads(shown)  # type: ignore[no-any-return]


def test_issue4_a_wrong_role_is_an_attempt_at_what_the_address_names(office: Office) -> None:
    report_id = str(uuid4())
    assert office.officer().post(f"/v1/queue/{report_id}/claim", {}).status_code == 403
    assert kept(office) == [("POST /v1/queue/<uuid:report_id>/claim", "report", report_id, "role")]


def test_issue4_a_foreign_receipt_answers_as_an_absent_one_and_leaves_an_entry(office: Office) -> None:
    signer = office.add_person("李强", Role.RESPONSIBLE_LEADER)
    body = {"content": report(), "author_name": "王芳", "signer_id": str(signer)}
    number = office.api_client().post("/v1/reports", body, Idempotency_Key="k1").json["number"]
    stranger = office.api_client(unit_id=office.add_unit("河东区"))
    foreign, absent = (stranger.get(f"/v1/receipts/{one}") for one in (number, "2026-9999999"))
    assert without_ids(foreign, number) == without_ids(absent, "2026-9999999")
    assert kept(office) == [("GET /v1/receipts/<number>", "receipt", number, "foreign")]


def test_issue4_a_follow_up_of_another_units_report_is_an_attempt(office: Office) -> None:
    signer = office.add_person("李强", Role.RESPONSIBLE_LEADER)
    urgent = report(kind="urgent_first", severity="larger", occurred_at=office.clock.now().isoformat(), place="某路")
    body = {"content": urgent, "author_name": "王芳", "signer_id": str(signer)}
    first = office.api_client().post("/v1/reports", body, Idempotency_Key="k1")
    assert first.status_code == 202, first.text
    other = office.add_unit("河东区")
    leader = office.add_person("张伟", Role.RESPONSIBLE_LEADER, unit_id=other)
    content = urgent | {"kind": "urgent_follow_up", "follows_report_id": first.json["report_id"]}
    again = {"content": content, "author_name": "刘洋", "signer_id": str(leader)}
    answer = office.api_client(unit_id=other).post("/v1/reports", again, Idempotency_Key="k2")
    assert (answer.status_code, answer.json["pointer"]) == (422, "/content/follows_report_id")
    assert kept(office) == [("POST /v1/reports", "report", first.json["report_id"], "foreign")]


def test_issue4_ones_own_signature_is_an_attempt(office: Office) -> None:
    leader = office.leader()
    assert office.signed_report(leader, author_id=leader.id).status_code == 403
    assert [(method, reason) for method, _, _, reason in kept(office)] == [("POST /v1/reports", "act")]


def test_issue4_a_deputy_whose_days_are_over_tried_to_sign(office: Office) -> None:
    yesterday = office.clock.now().date() - timedelta(days=1)
    held = {"valid_from": date(2026, 1, 1), "valid_to": yesterday}
    deputy = office.sign_in(office.add_person("李强", Role.RESPONSIBLE_LEADER, **held))
    assert office.signed_report(deputy).status_code == 403
    ((method, _, _, reason),) = kept(office)
    assert (method, reason) == ("POST /v1/reports", "role")


def test_issue4_a_second_step_by_the_same_administrator_is_an_attempt(office: Office) -> None:
    guard = office.administrator(Role.SECURITY_ADMINISTRATOR)
    other = office.add_person("王芳", Role.INFORMATION_OFFICER)
    grant = guard.post("/v1/grants", {"account_id": str(other), "role": "editor"}).json["grant_id"]
    assert guard.post(f"/v1/grants/{grant}/approval").status_code == 403
    assert kept(office) == [("POST /v1/grants/<uuid:grant_id>/approval", "grant", grant, "act")]


def test_issue4_a_clients_missing_scope_and_a_foreign_webhook_are_attempts(office: Office) -> None:
    client = office.api_client()
    assert client.get(f"/v1/webhooks/{uuid4()}").status_code in (403, 404)
    assert client.get("/v1/accounts").status_code == 403
    assert ("GET /v1/accounts", "other", "", "role") in kept(office)


@pytest.mark.parametrize("path", ["/v1/receipts/2026-9999999", f"/v1/attachments/{'0' * 64}", "/v1/nowhere"])
def test_issue4_what_is_absent_is_no_attempt(office: Office, path: str) -> None:
    assert office.officer().get(path).status_code == 404
    assert kept(office) == []


def test_issue4_what_a_service_refused_is_not_written_down_twice(office: Office) -> None:
    refusal = RefusalBody.of(NotFound("没有。", "None.")).to_refusal()

    def refuse(_: object) -> Any:
        raise refusal

    office.calls.answers["intake.get_report"] = refuse
    assert office.officer().get(f"/v1/reports/{uuid4()}").status_code == 404
    assert kept(office) == []


def _elsewhere(attempt_id: UUID, office: Office) -> RefusedAttempt:
    return RefusedAttempt(
        id=attempt_id, principal_id=str(uuid4()), principal_name="王芳", method="intake.get_report",
        kind=AttemptKind.REPORT, subject=str(uuid4()), reason="foreign", problem="not-found", count=3,
        first_at=office.clock.now(), last_at=office.clock.now(),
    )  # fmt: skip


def test_issue4_the_audit_administrator_reads_all_databases_as_one_list(office: Office) -> None:
    office.officer().get("/v1/grants")
    nothing = RefusedAttemptPage(items=[])
    office.calls.answers |= {f"{service}.list_refused_attempts": lambda _: nothing for service in RPC}
    newer = _elsewhere(new_id(), office)
    office.calls.answers["intake.list_refused_attempts"] = lambda _: RefusedAttemptPage(items=[newer])
    auditor = office.administrator(Role.AUDIT_ADMINISTRATOR)
    page = auditor.get("/v1/refused-attempts").json
    assert [item["method"] for item in page["items"]] == ["intake.get_report", "GET /v1/grants"]
    first = auditor.get("/v1/refused-attempts?limit=1").json
    assert first["next_cursor"]
    assert len(first["items"]) == 1
    shown = auditor.get("/refused-attempts").text
    assert all(word in shown for word in ("intake.get_report", "他人的对象", "GET /v1/grants"))
    assert office.officer().get("/v1/refused-attempts").status_code == 403
