"""Every answer that is not a success is precise, says what to do and leaks nothing (architecture.md, promise 4)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import DBAPIError, OperationalError

from contracts.problems import PROBLEMS
from contracts.rpc.drafts import Draft
from contracts.vocabulary import Role
from gateway import rates
from gateway.bodies import MAX_BYTES
from gateway.console.assets import FOLDER
from kernel.errors import NotFound, StaleVersion
from kernel.rpc.outcomes import nothing_done, outcome_unknown
from tests.factories.gateway_office import Office, Signed, report

MEMBERS = {
    "type", "title", "title_en", "status", "detail", "detail_en", "remedy", "remedy_en", "instance", "request_id",
}
FILE = {"digest": f"sha256:{'0' * 64}", "size": 1, "media_type": "text/plain", "name": "说明.txt"}


def _is_problem(answer: Any, status: int, key: str) -> dict[str, Any]:
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json"), answer.text
    document: dict[str, Any] = json.loads(answer.data)
    assert document.keys() >= MEMBERS
    assert (document["type"], document["status"]) == (f"/problems/{key}", status)
    assert document["request_id"] == answer.headers["X-Correlation-Id"]
    return document


def _raw(who: Signed, body: bytes, path: str = "/v1/drafts") -> Any:
    return who.client.post(path, data=body, headers=who.headers, content_type="application/json")


@pytest.mark.parametrize(
    ("verb", "path", "status", "key"),
    [
        ("GET", "/nowhere", 404, "not-found"),
        ("GET", "/v1/drafts/not-a-uuid", 404, "not-found"),
        ("PATCH", "/v1/keys", 405, "method-not-allowed"),
        ("GET", "/problems/unknown", 404, "not-found"),
    ],
)
def test_what_the_framework_refuses_is_a_problem_too(
    office: Office, verb: str, path: str, status: int, key: str
) -> None:
    _is_problem(office.app.test_client().open(path, method=verb), status, key)


def test_405_names_the_methods(office: Office) -> None:
    assert "GET" in office.app.test_client().delete("/v1/keys").headers["Allow"]


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"\xff", b'{"a":1,"a":2}', b'{"a":NaN}', b'{"a":-Infinity}', b"[" * 100_000, b'{"a":' * 40,
        b'{"a":' + b"9" * 5000 + b"}", b"{} x", b"{'a': 1}", b'"\\ud8"',
    ],
)
def test_what_is_no_json_of_ours_answers_400(office: Office, body: bytes) -> None:
    _is_problem(_raw(office.officer(), body), 400, "malformed")


def test_body_above_the_limit_answers_413(office: Office) -> None:
    _is_problem(_raw(office.officer(), b" " * (MAX_BYTES + 1)), 413, "too-large")


def _draft(content: Any) -> bytes:
    return json.dumps({"content": content}).encode()


@pytest.mark.parametrize(
    ("content", "pointer", "code"),
    [
        (report(title="甲\x00乙"), "/content/title", "value_error"),
        (report(title="甲\ud800乙"), "/content/title", "value_error"),
        (report(title=""), "/content/title", "string_too_short"),
        (report(title="题" * 201), "/content/title", "string_too_long"),
        (report(title=7), "/content/title", "string_type"),
        (report(body=None), "/content/body", "string_type"),
        (report(kind="gossip"), "/content/kind", "enum"),
        (report(extra="x"), "/content/extra", "extra_forbidden"),
        (report(**{"a/b~": 1}), "/content/a~1b~0", "extra_forbidden"),
        (report(**{"a\ud800": 1}), "/content", "string_unicode"),
        (report(occurred_at="gestern"), "/content/occurred_at", "datetime_from_date_parsing"),
        (report(attachments=[FILE] * 10_000), "/content/attachments", "value_error"),
        (report(occurred_at="0001-01-01T00:00:00+08:00"), "/content/occurred_at", "value_error"),
        (report(occurred_at="9999-12-31T23:59:59-08:00"), "/content/occurred_at", "value_error"),
        ([], "/content", "model_type"),
    ],
)
def test_a_wrong_field_is_named_by_its_pointer_in_chinese(
    office: Office, content: Any, pointer: str, code: str
) -> None:
    document = _is_problem(_raw(office.officer(), _draft(content)), 422, "invalid")
    assert (document["pointer"], document["errors"][0]["code"]) == (pointer, code)
    assert document["detail"] != "不符合要求。"
    assert document["errors"][0]["detail_en"]


def test_R24_five_megabytes_of_text_are_not_read(office: Office) -> None:
    _is_problem(_raw(office.officer(), _draft(report(body="字" * 1_700_000))), 413, "too-large")


def test_R24_a_direction_mark_in_a_title_stays_within_it() -> None:
    """U+202E is no fault of a text; on pages it turns nothing that stands beside it."""
    sheet = (FOLDER / "console.css").read_text(encoding="utf-8")
    assert "a, b, code, q, small, span, strong { unicode-bidi: isolate; }" in sheet


def test_R17_paper_is_no_narrow_screen() -> None:
    """On A4 the week's list is a table, not the cards of a phone."""
    sheet = (FOLDER / "console.css").read_text(encoding="utf-8")
    assert "@media (max-width" not in sheet
    assert "@media screen and (max-width" in sheet


def test_every_fault_has_an_entry(office: Office) -> None:
    document = _raw(office.officer(), _draft({"kind": 1, "title": "", "what": 2})).json
    assert {fault["pointer"] for fault in document["errors"]} == {
        "/content/kind", "/content/title", "/content/body", "/content/what",
    }


@pytest.mark.parametrize(
    ("query", "pointer"),
    [("limit=0", "/limit"), ("limit=x", "/limit"), ("what=1", "/what"), ("limit=1&limit=2", "/limit")],
)
def test_query_parameters_are_checked_like_fields(office: Office, query: str, pointer: str) -> None:
    for path in ("/v1/drafts", "/v1/receipts"):
        document = _is_problem(office.officer().get(f"{path}?{query}"), 422, "invalid")
        assert document["pointer"] == pointer


@pytest.mark.parametrize("period", ["0000", "9999", "9999-12", "0000-q1", "\u0662\u0660\u0662\u0666"])
def test_a_period_outside_the_calendar_is_refused(office: Office, period: str) -> None:
    document = _is_problem(
        office.officer().client.get("/v1/ledger", query_string={"period": period}), 422, "invalid"
    )
    assert (document["pointer"], office.calls.asked) == ("/period", [])


@pytest.mark.parametrize("cursor", ["x", "2026", "' OR 1=1", "\u0661-\u0662", "2026-1-2"])
def test_a_cursor_that_is_not_ours_is_refused(office: Office, cursor: str) -> None:
    answer = office.officer().client.get("/v1/receipts", query_string={"cursor": cursor})
    assert (answer.status_code, answer.json["pointer"]) == (422, "/cursor")


def test_protected_fields_cannot_be_sent(office: Office) -> None:
    officer = office.officer()
    for verb, path in (("POST", "/v1/drafts"), ("PUT", f"/v1/drafts/{uuid4()}")):
        answer = officer.send(verb, path, {"draft_id": str(uuid4()), "content": report()})
        assert (answer.status_code, answer.json["pointer"]) == (422, "/draft_id")
    assert office.calls.asked == []


def _raising(error: Exception) -> Callable[[Any], Any]:
    def answer(_request: Any) -> Any:
        raise error

    return answer


def test_a_service_that_is_away_answers_503(office: Office) -> None:
    office.calls.answers["intake.list_drafts"] = _raising(nothing_done())
    answer = office.officer().get("/v1/drafts")
    _is_problem(answer, 503, "unavailable")
    assert int(answer.headers["Retry-After"]) > 0


def test_an_unknown_outcome_answers_504_with_the_command_to_repeat(office: Office) -> None:
    key = uuid4()
    office.calls.answers["intake.drop_draft"] = _raising(outcome_unknown(key))
    answer = office.officer().post(f"/v1/drafts/{uuid4()}/drop", Idempotency_Key=str(key))
    assert _is_problem(answer, 504, "outcome-unknown")["command_id"] == str(key)


@pytest.mark.parametrize(
    ("refusal", "status", "key"),
    [
        (NotFound("无", "none"), 404, "not-found"),
        (StaleVersion("旧", "stale", pointer="/version"), 412, "stale-version"),
    ],
)
def test_a_refusal_of_a_service_reaches_the_caller_as_it_is(
    office: Office, refusal: Exception, status: int, key: str
) -> None:
    office.calls.answers["intake.get_draft"] = _raising(refusal)
    document = _is_problem(office.officer().get(f"/v1/drafts/{uuid4()}"), status, key)
    assert document["detail_en"] == str(refusal)


def test_a_defect_tells_nothing_of_its_inside(office: Office) -> None:
    office.calls.answers["intake.list_drafts"] = _raising(RuntimeError("secret: /etc/passwd"))
    answer = office.officer().get("/v1/drafts")
    _is_problem(answer, 500, "internal")
    assert "secret" not in answer.text


def test_a_database_that_is_away_answers_503(office: Office) -> None:
    officer = office.officer()
    office.calls.answers["intake.list_drafts"] = _raising(
        OperationalError("SELECT 1", {}, Exception("x"), connection_invalidated=True)
    )
    answer = officer.get("/v1/drafts")
    _is_problem(answer, 503, "unavailable")


@pytest.mark.parametrize(
    ("cause", "status", "key"),
    [
        (psycopg.errors.QueryCanceled, 503, "unavailable"),
        (psycopg.errors.DeadlockDetected, 503, "unavailable"),
        (psycopg.errors.SerializationFailure, 503, "unavailable"),
        (psycopg.errors.LockNotAvailable, 503, "unavailable"),
        (psycopg.errors.UniqueViolation, 409, "conflict"),
        (psycopg.errors.DiskFull, 507, "disk-full"),
        (psycopg.errors.UndefinedTable, 500, "internal"),
    ],
)
def test_what_the_gateways_database_fails_with_has_the_answer_of_any_service(
    office: Office, cause: type[Exception], status: int, key: str
) -> None:
    office.calls.answers["intake.list_drafts"] = _raising(DBAPIError("SELECT 1", {}, cause("secret")))
    answer = office.officer().get("/v1/drafts")
    _is_problem(answer, status, key)
    assert ("Retry-After" in answer.headers, "secret" in answer.text) == (status == 503, False)


def test_correlation_id_is_taken_over_and_handed_on(office: Office) -> None:
    officer, wanted = office.officer(), uuid4()
    office.calls.answers["intake.get_draft"] = _raising(NotFound("无", "none"))
    answer = officer.get(f"/v1/drafts/{uuid4()}", X_Correlation_Id=str(wanted))
    assert answer.headers["X-Correlation-Id"] == str(wanted)
    assert office.calls.asked[-1]["correlation_id"] == wanted
    assert UUID(officer.get("/nowhere", X_Correlation_Id="x\\ny").headers["X-Correlation-Id"])


def test_every_problem_type_has_a_page(office: Office) -> None:
    client = office.app.test_client()
    for key, problem in PROBLEMS.items():
        answer = client.get(f"/problems/{key}")
        assert answer.status_code == 200
        assert problem.remedy_zh in answer.text


def test_flooding_answers_429_but_urgent_reports_have_room(office: Office) -> None:
    changed = office.parts.settings.model_copy(update={"requests_per_minute": 60})
    before, office.parts.settings = office.parts.settings, changed
    office.app.extensions[rates.EXTENSION] = rates.Counters()
    client, signer = office.api_client(), str(office.add_person("李强", Role.RESPONSIBLE_LEADER))
    plain = {"content": report(), "author_name": "王芳", "signer_id": signer}
    urgent = report(kind="urgent_first", severity="major", occurred_at="2026-11-24T08:30:00+08:00")
    codes = [client.get("/v1/receipts").status_code for _ in range(61)]
    limited = client.get("/v1/receipts")
    reports = [client.post("/v1/reports", plain, Idempotency_Key=f"p{n}").status_code for n in range(61)]
    still = [
        client.post("/v1/reports", plain | {"content": urgent}, Idempotency_Key=f"u{n}").status_code for n in range(60)
    ]
    office.parts.settings = before
    assert (codes[-1], limited.status_code, reports[-1]) == (429, 429, 429)
    assert 0 < int(limited.headers["Retry-After"]) <= 60
    assert set(still) == {202}


_junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(field=st.sampled_from(["content", "offer_token", "author_id", "author_name", "signer_id", "x"]), value=_junk)
def test_junk_in_any_field_of_a_report_is_refused_with_a_pointer(office: Office, field: str, value: Any) -> None:
    body = {"content": report(), "author_name": "王芳", "signer_id": str(uuid4())} | {field: value}
    answer = office.api_client().post("/v1/reports", body, Idempotency_Key="k")
    assert 400 <= answer.status_code < 500
    if answer.status_code == 422:
        assert "pointer" in answer.json


def test_etag_and_if_match_carry_the_version(office: Office) -> None:
    officer, draft_id = office.officer(), uuid4()
    stored = Draft.model_validate(
        {
            "draft_id": draft_id, "version": 3, "state": "editing", "unit_id": office.unit_id, "author_id": uuid4(),
            "author_name": "王芳", "content": report(), "remarks": None, "created_at": office.clock.now(),
            "changed_at": office.clock.now(), "due_at": None, "due_explanation_zh": None, "due_explanation_en": None,
            "receipt_number": None, "offer_token": None,
        }
    )
    office.calls.answers |= {"intake.get_draft": lambda _: stored, "intake.save_draft": lambda _: stored}
    path = f"/v1/drafts/{draft_id}"
    etag = officer.get(path).headers["ETag"]
    assert etag == '"3"'
    officer.send("PUT", path, {"content": report()}, If_Match=etag)
    asked = office.calls.asked[-1]["request"]
    assert (asked.draft_id, asked.version) == (draft_id, 3)
    differs = officer.send("PUT", path, {"content": report(), "version": 2}, If_Match=etag)
    assert (differs.status_code, differs.json["pointer"]) == (422, "/version")
    assert officer.send("PUT", path, {"content": report()}, If_Match="*").status_code == 422


def test_a_repeated_command_bears_the_same_id(office: Office) -> None:
    officer, path = office.officer(), "/v1/drafts"
    office.calls.answers["intake.save_draft"] = _raising(NotFound("无", "none"))
    plain, given_id = "稿件-1".encode().hex(), uuid4()
    for key in (plain, plain, str(given_id)):
        officer.post(path, {"content": report()}, Idempotency_Key=key)
    first, second, third = office.calls.asked
    assert first["command_id"] == second["command_id"]
    assert first["request"].draft_id == second["request"].draft_id
    assert third["command_id"] == given_id
