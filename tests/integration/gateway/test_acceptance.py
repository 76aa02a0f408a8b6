"""A signed document is accepted durably and answered with a receipt (notice 二(一), 二(四), 五(一))."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from contracts.receipts import Receipt, SignOffStatement, content_hash, receipt_is_genuine
from contracts.rpc.content import Content
from contracts.vocabulary import Role
from gateway.identity.builds_on import BuildsOn
from gateway.identity.clients import forbid_attesting
from gateway.receipts.durability import Durability
from kernel.testing import SettableClock
from tests.factories.gateway_office import LONG_AGO, Office, Signed, report


def _row(office: Office, statement: str, **values: Any) -> Any:
    with office.parts.database.reading() as session:
        return session.execute(text(statement), values).one()


def _receipt(answer: Any) -> Receipt:
    assert answer.status_code == 202, answer.text
    return Receipt.model_validate_json(answer.data)


def test_R04_signed_report_gets_a_receipt_that_verifies_offline(office: Office) -> None:
    leader = office.leader()
    receipt = _receipt(office.signed_report(leader))
    keys = {key["key_id"]: key["pem"].encode() for key in leader.get("/v1/keys").json["items"]}
    assert receipt_is_genuine(receipt, keys[receipt.key_id])
    assert not receipt_is_genuine(receipt.model_copy(update={"title": "改动"}), keys[receipt.key_id])


def test_R09_hash_on_the_receipt_equals_the_recomputed_one(office: Office) -> None:
    leader = office.leader()
    receipt = _receipt(office.signed_report(leader))
    row = _row(office, "SELECT * FROM receipts WHERE number = :number", number=receipt.number)
    statement = SignOffStatement.model_validate(row.sign_off)
    assert content_hash(row.unit_id, Content.model_validate(row.content), statement) == receipt.content_hash
    assert (statement.signer_id, statement.signer_post, statement.signed_at) == (
        leader.id, Role.RESPONSIBLE_LEADER.label, receipt.received_at,
    )


def test_R01_one_commit_holds_receipt_event_key_and_evidence(office: Office) -> None:
    receipt = _receipt(office.signed_report(office.leader()))
    row = _row(
        office,
        "SELECT o.type, o.envelope, o.sent, k.response, e.hash FROM receipts r JOIN outbox o ON o.id = r.event_id"
        " JOIN idempotency_keys k ON k.number = r.number JOIN evidence_entries e ON e.lane = :lane"
        " AND e.number = :entry WHERE r.number = :number",
        number=receipt.number, lane=receipt.audit.lane, entry=receipt.audit.number,
    )
    data = row.envelope["data"]
    assert (row.type, row.sent, row.hash) == ("report.accepted", False, receipt.audit.hash)
    assert (data["receipt_number"], data["content_hash"]) == (receipt.number, receipt.content_hash)
    assert Receipt.model_validate_json(row.response) == receipt


def test_R01_acceptance_asks_no_service(office: Office) -> None:
    _receipt(office.signed_report(office.leader()))
    assert office.calls.asked == []


def test_R24_same_key_and_body_give_the_same_answer_to_the_byte(office: Office) -> None:
    client, signer = office.api_client(), office.add_person("李强", Role.RESPONSIBLE_LEADER)
    body, key = {"content": report(), "author_name": "王芳", "signer_id": str(signer)}, "报送-1".encode().hex()
    first = client.post("/v1/reports", body, Idempotency_Key=key)
    office.clock.advance(timedelta(days=400))
    second = client.post("/v1/reports", body, Idempotency_Key=key)
    assert (first.status_code, second.status_code, second.data) == (202, 202, first.data)
    assert second.headers["Idempotency-Replayed"] == "true"
    assert _row(office, "SELECT count(*) FROM receipts").count == 1


def test_R24_a_repeat_is_answered_though_the_client_may_attest_no_more(office: Office) -> None:
    client, signer = office.api_client(), office.add_person("李强", Role.RESPONSIBLE_LEADER)
    body = {"content": report(), "author_name": "王芳", "signer_id": str(signer)}
    first = client.post("/v1/reports", body, Idempotency_Key="k1")
    with office.work() as work:
        forbid_attesting(work, client.id, BuildsOn())
    again, new = (client.post("/v1/reports", body, Idempotency_Key=key) for key in ("k1", "k2"))
    other = client.post("/v1/reports", body | {"content": report(title="另一条")}, Idempotency_Key="k1")
    assert (again.status_code, again.data) == (202, first.data)
    assert (new.status_code, other.json["type"]) == (403, "/problems/idempotency-key-reused")


def test_R24_key_with_another_body_is_refused(office: Office) -> None:
    client, signer = office.api_client(), office.add_person("李强", Role.RESPONSIBLE_LEADER)
    body = {"content": report(), "author_name": "王芳", "signer_id": str(signer)}
    client.post("/v1/reports", body, Idempotency_Key="k1")
    other = client.post("/v1/reports", body | {"content": report(title="另一条")}, Idempotency_Key="k1")
    assert (other.status_code, other.json["type"]) == (422, "/problems/idempotency-key-reused")


def test_R24_keys_belong_to_the_client_that_used_them(office: Office) -> None:
    signer = office.add_person("李强", Role.RESPONSIBLE_LEADER)
    body = {"content": report(), "author_name": "王芳", "signer_id": str(signer)}
    answers = [office.api_client().post("/v1/reports", body, Idempotency_Key="k1") for _ in range(2)]
    assert len({_receipt(answer).number for answer in answers}) == 2


@pytest.mark.parametrize("key", [None, "", "x" * 201, "a\tb"])
def test_R24_missing_or_unusable_key_is_refused(office: Office, key: str | None) -> None:
    headers = {} if key is None else {"Idempotency_Key": key}
    answer = office.api_client().post("/v1/reports", {"content": report()}, **headers)
    assert answer.status_code == (400 if key is None else 422)


def test_R24_a_refused_report_leaves_its_key_free(office: Office) -> None:
    client, signer = office.api_client(), office.add_person("李强", Role.RESPONSIBLE_LEADER)
    body = {"content": report(), "author_name": "李强", "signer_id": str(signer)}
    assert client.post("/v1/reports", body, Idempotency_Key="k1").status_code == 403
    _receipt(client.post("/v1/reports", body | {"author_name": "王芳"}, Idempotency_Key="k1"))


def test_R09_nobody_signs_off_his_own_draft(office: Office) -> None:
    leader = office.leader()
    answer = office.signed_report(leader, author_id=leader.id)
    assert (answer.status_code, answer.json["type"]) == (403, "/problems/own-draft")


def test_R09_a_client_cannot_state_one_person_as_author_and_signer(office: Office) -> None:
    signer = str(office.add_person("李强", Role.RESPONSIBLE_LEADER))
    body = {"content": report(), "author_id": signer, "signer_id": signer}
    answer = office.api_client().post("/v1/reports", body, Idempotency_Key="k1")
    assert (answer.status_code, answer.json["type"]) == (403, "/problems/own-draft")


def test_R09_content_changed_since_it_was_offered_is_refused(office: Office) -> None:
    leader, offered = office.leader(), report()
    body = {"content": offered | {"body": "改过的正文"}, "offer_token": office.offer(offered)}
    answer = leader.post("/v1/reports", body, Idempotency_Key="k1")
    assert (answer.status_code, answer.json["type"], answer.json["pointer"]) == (
        412, "/problems/stale-version", "/content",
    )


def test_R09_only_intake_can_seal_an_offer(office: Office) -> None:
    leader, content = office.leader(), report()
    forged = office.parts.keyring.seal({"draft_id": str(uuid4())})
    for token in (forged, "x", office.offer(content) + "x"):
        answer = leader.post("/v1/reports", {"content": content, "offer_token": token}, Idempotency_Key="k1")
        assert (answer.status_code, answer.json["pointer"]) == (422, "/offer_token")


def test_R09_a_draft_is_signed_once_also_under_another_key(office: Office) -> None:
    leader, content = office.leader(), report()
    body = {"content": content, "offer_token": office.offer(content)}
    first = _receipt(leader.post("/v1/reports", body, Idempotency_Key="k1"))
    again = leader.post("/v1/reports", body, Idempotency_Key="k2")
    assert (again.status_code, again.json["type"]) == (409, "/problems/already-signed")
    assert again.json["receipt_number"] == first.number


def test_R09_unit_of_the_draft_must_be_the_signers(office: Office) -> None:
    other = office.add_unit("河西区")
    answer = office.signed_report(office.leader(), unit_id=str(other))
    assert answer.status_code == 404


@pytest.mark.parametrize("dates", [{"valid_to": LONG_AGO}, {"valid_from": LONG_AGO.replace(year=2030)}])
def test_R09_post_must_be_valid_on_the_day(office: Office, dates: dict[str, Any]) -> None:
    signer = office.add_person("李强", Role.RESPONSIBLE_LEADER, **dates)
    body = {"content": report(), "author_name": "王芳", "signer_id": str(signer)}
    answer = office.api_client().post("/v1/reports", body, Idempotency_Key="k1")
    assert (answer.status_code, answer.json["pointer"]) == (422, "/signer_id")
    assert str(next(iter(dates.values()))) in answer.json["detail"]


def _deputy(office: Office, **dates: Any) -> Signed:
    return office.sign_in(office.add_person("赵敏", Role.RESPONSIBLE_LEADER, deputy=True, **dates))


def test_R09_a_dated_deputy_signs_as_one(office: Office) -> None:
    deputies = [_deputy(office, valid_to=office.clock.now().date()), _deputy(office)]
    for deputy in deputies:  # two at once are both right
        receipt = _receipt(office.signed_report(deputy))
        page = deputy.get(f"/v1/receipts/{receipt.number}").json
        assert page["sign_off"]["signer_post"] == f"{Role.RESPONSIBLE_LEADER.label}（代）"


@pytest.mark.parametrize(
    ("name", "days", "words"), [("valid_to", -1, "已于 2026-11-23 到期"), ("valid_from", 1, "自 2026-11-25 起才生效")],
    ids=["until yesterday", "from tomorrow"],
)
def test_R09_a_deputy_off_his_days_is_told_which_they_are(office: Office, name: str, days: int, words: str) -> None:
    deputy = _deputy(office, **{name: office.clock.now().date() + timedelta(days=days)})
    answer = office.signed_report(deputy)
    assert (answer.status_code, answer.json["type"]) == (403, "/problems/forbidden")
    assert words in answer.json["detail"]
    office.clock.advance(timedelta(days=days))
    _receipt(office.signed_report(office.sign_in(deputy.id)))  # on his day he signs


def test_R09_a_signer_of_another_unit_cannot_be_stated(office: Office) -> None:
    stranger = office.add_person("周涛", Role.RESPONSIBLE_LEADER, unit_id=office.add_unit("河西区"))
    body = {"content": report(), "author_name": "王芳", "signer_id": str(stranger)}
    answer = office.api_client().post("/v1/reports", body, Idempotency_Key="k1")
    assert (answer.status_code, answer.json["pointer"]) == (422, "/signer_id")


def test_R24_attesting_must_be_allowed_for_the_client(office: Office) -> None:
    signer = office.add_person("李强", Role.RESPONSIBLE_LEADER)
    body = {"content": report(), "author_name": "王芳", "signer_id": str(signer)}
    answer = office.api_client(attested=False).post("/v1/reports", body, Idempotency_Key="k1")
    assert answer.status_code == 403


def test_R09_attested_method_stands_in_the_event(office: Office) -> None:
    signer = office.add_person("李强", Role.RESPONSIBLE_LEADER)
    body = {"content": report(), "author_name": "王芳", "signer_id": str(signer)}
    receipt = _receipt(office.api_client().post("/v1/reports", body, Idempotency_Key="k1"))
    row = _row(office, "SELECT sign_off FROM receipts WHERE number = :number", number=receipt.number)
    assert (row.sign_off["method"], row.sign_off["author_name"]) == ("attested", "王芳")


def test_R09_an_officer_without_the_post_cannot_sign(office: Office) -> None:
    assert office.signed_report(office.officer()).status_code == 403


_URGENT = {"kind": "urgent_first", "severity": "major", "occurred_at": "2026-11-24T08:30:00+08:00"}


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        (_URGENT | {"severity": None}, "/content/severity"),
        (_URGENT | {"occurred_at": None}, "/content/occurred_at"),
        (_URGENT | {"occurred_at": "2026-11-24T09:02:01+08:00"}, "/content/occurred_at"),
        (_URGENT | {"occurred_at": "2026-11-24T09:00:00"}, "/content/occurred_at"),
        ({"kind": "urgent_follow_up"}, "/content/follows_report_id"),
        ({"kind": "urgent_follow_up", "follows_report_id": str(uuid4())}, "/content/follows_report_id"),
        ({"kind": "feedback"}, "/content/assignment_id"),
        ({"secrecy": "secret"}, "/content/secrecy"),
        ({"report_id": str(uuid4())}, "/content/report_id"),
    ],
)
def test_R04_faults_of_content_name_their_field(office: Office, changes: dict[str, Any], pointer: str) -> None:
    signer = office.add_person("李强", Role.RESPONSIBLE_LEADER)
    body = {"content": report() | changes, "author_name": "王芳", "signer_id": str(signer)}
    answer = office.api_client().post("/v1/reports", body, Idempotency_Key="k1")
    assert (answer.status_code, answer.json["pointer"]) == (422, pointer), answer.text


def test_R05_follow_up_belongs_to_a_report_of_the_same_unit(office: Office) -> None:
    leader = office.leader()
    first = _receipt(office.signed_report(leader, report(**_URGENT)))
    follow_up = report(kind="urgent_follow_up", follows_report_id=str(first.report_id))
    _receipt(office.signed_report(leader, follow_up))
    other_unit = office.add_unit("河西区")
    stranger = office.sign_in(office.add_person("周涛", Role.RESPONSIBLE_LEADER, unit_id=other_unit))
    assert office.signed_report(stranger, follow_up, unit_id=str(other_unit)).status_code == 422


def test_R11_a_returned_report_gets_a_new_version_and_a_new_receipt(office: Office) -> None:
    leader = office.leader()
    first = _receipt(office.signed_report(leader))
    office.return_report(first)
    second = _receipt(office.signed_report(leader, report(report_id=str(first.report_id), body="补充情况")))
    assert (second.report_id, second.version) == (first.report_id, 2)
    assert second.number != first.number


def test_R11_a_new_version_is_taken_only_after_a_return_of_the_newest(office: Office) -> None:
    leader = office.leader()
    first = _receipt(office.signed_report(leader))
    revision = report(report_id=str(first.report_id), body="补充情况")
    body, key = {"content": revision, "offer_token": office.offer(revision)}, str(uuid4())
    early = leader.post("/v1/reports", body, Idempotency_Key=key)
    assert (early.status_code, early.json["type"], early.json["pointer"]) == (
        409, "/problems/not-returned", "/content/report_id",
    )
    office.return_report(first)
    _receipt(leader.post("/v1/reports", body, Idempotency_Key=key))
    third = office.signed_report(leader, revision | {"body": "再补充"})
    assert (third.status_code, third.json["type"]) == (409, "/problems/not-returned")


def test_R11_a_new_version_is_of_the_same_kind(office: Office) -> None:
    leader = office.leader()
    first = _receipt(office.signed_report(leader))
    office.return_report(first)
    answer = office.signed_report(leader, report(report_id=str(first.report_id), kind="research"))
    assert (answer.status_code, answer.json["pointer"]) == (422, "/content/kind")


def test_R24_dry_run_checks_all_and_keeps_nothing(office: Office) -> None:
    leader, content = office.leader(), report()
    answer = leader.post("/v1/reports?dry_run=true", {"content": content, "offer_token": office.offer(content)})
    assert (answer.status_code, answer.json["acceptable"]) == (200, True)
    assert _row(office, "SELECT count(*) FROM receipts").count == 0
    refused = leader.post(
        "/v1/reports?dry_run=true", {"content": content, "offer_token": office.offer(content, author_id=leader.id)}
    )
    assert refused.status_code == 403


def test_R04_receipt_times_never_run_backwards(office: Office) -> None:
    leader = office.leader()
    first = _receipt(office.signed_report(leader))
    office.clock.advance(timedelta(minutes=-10))
    second = _receipt(office.signed_report(leader))
    assert second.received_at >= first.received_at
    row = _row(office, "SELECT clock_held FROM receipts WHERE number = :number", number=second.number)
    assert row.clock_held


class RunningClock(SettableClock):
    """A clock that has gone on at each reading."""

    def now(self) -> datetime:
        return self.advance(timedelta(milliseconds=1))


def test_R04_an_act_has_one_time_though_the_clock_goes_on(migrated_database: Callable[[str], str]) -> None:
    with closing(Office(migrated_database("gateway"), RunningClock())) as office:
        receipt = _receipt(office.signed_report(office.leader()))
        row = _row(
            office,
            "SELECT r.received_at, r.sign_off, o.envelope, e.at, e.detail FROM receipts r JOIN outbox o"
            " ON o.id = r.event_id JOIN evidence_entries e ON e.lane = :lane AND e.number = :entry"
            " WHERE r.number = :number",
            number=receipt.number, lane=receipt.audit.lane, entry=receipt.audit.number,
        )
    event, evidence = row.envelope, json.loads(row.detail)
    told = [
        row.sign_off["signed_at"], event["time"], event["data"]["received_at"],
        event["data"]["sign_off"]["signed_at"], evidence["received_at"],
    ]
    assert {row.received_at, row.at, *map(datetime.fromisoformat, told)} == {receipt.received_at}
    assert not evidence["clock_held"]


def test_R04_numbers_bear_the_year_in_china(office: Office) -> None:
    office.clock.advance(timedelta(days=37, hours=15, minutes=30))  # 31 December 16:30 UTC
    assert _receipt(office.signed_report(office.leader())).number == "2027-0000001"


def test_R04_nothing_is_accepted_without_flushing(office: Office) -> None:
    leader = office.leader()
    office.parts.durability = Durability()
    with office.parts.database.engine.begin() as connection:
        connection.execute(text("ALTER ROLE CURRENT_USER SET synchronous_commit = off"))
    office.parts.database.engine.dispose()
    answer = office.signed_report(leader)
    with office.parts.database.engine.begin() as connection:
        connection.execute(text("ALTER ROLE CURRENT_USER RESET synchronous_commit"))
    office.parts.database.engine.dispose()
    assert (answer.status_code, answer.json.get("type")) == (503, "/problems/durability-off")
    assert "synchronous_commit" in answer.json["detail"]


def test_R05_receipt_of_another_unit_is_not_found(office: Office) -> None:
    receipt = _receipt(office.signed_report(office.leader()))
    stranger = office.sign_in(
        office.add_person("周涛", Role.RESPONSIBLE_LEADER, unit_id=office.add_unit("河西区"))
    )
    foreign, absent = stranger.get(f"/v1/receipts/{receipt.number}"), stranger.get("/v1/receipts/2026-9999999")
    assert foreign.status_code == absent.status_code == 404
    same = {"request_id", "instance"}
    assert {k: v for k, v in foreign.json.items() if k not in same} == {
        k: v for k, v in absent.json.items() if k not in same
    }
    assert stranger.get("/v1/receipts").json["items"] == []


@pytest.mark.parametrize("number", ["%00", "%ED%A0%80", "x" * 5000, "2026-", "..%2F..", "%F0%9F%98%80"])
def test_R24_a_number_that_is_none_is_not_found(office: Office, number: str) -> None:
    assert office.officer().get(f"/v1/receipts/{number}").status_code == 404


def test_R24_principal_of_the_event_is_the_signer(office: Office) -> None:
    leader: Signed = office.leader()
    receipt = _receipt(office.signed_report(leader))
    row = _row(
        office, "SELECT envelope FROM outbox o JOIN receipts r ON r.event_id = o.id WHERE number = :number",
        number=receipt.number,
    )
    principal = office.intake.verify(row.envelope["principal"], None)
    assert UUID(principal.id) == leader.id
