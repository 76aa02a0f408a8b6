"""The client repeats until the act is decided, and hands on what was decided."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import httpx
import pytest

from clients import problems
from clients.client import Client
from clients.problems import ProblemAnswer
from contracts.problems import PROBLEMS

PROBLEM = "https://chengbao.example/problems/"


def answering(answers: Sequence[httpx.Response]) -> tuple[Client, list[str], list[float]]:
    """A client whose gateway gives these answers in turn; the keys it sent and the seconds it waited."""
    keys: list[str] = []
    waited: list[float] = []
    turns = iter(answers)

    def gateway(request: httpx.Request) -> httpx.Response:
        keys.append(request.headers["Idempotency-Key"])
        return next(turns)

    client = Client("http://gateway", wait=waited.append)
    client._http = httpx.Client(base_url="http://gateway", transport=httpx.MockTransport(gateway))
    return client, keys, waited


def problem(status: int, name: str, retry_after: int | None = None) -> httpx.Response:
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return httpx.Response(status, json={"type": PROBLEM + name, "detail": name}, headers=headers)


@pytest.mark.parametrize("undecided", [problem(409, "still-running", 1), problem(503, "unavailable", 1)])
def test_R04_a_report_whose_first_sending_is_still_at_work_is_sent_again_with_its_key(
    undecided: httpx.Response,
) -> None:
    client, keys, waited = answering([undecided, httpx.Response(202, json={"number": "1"})])
    assert client.submit_report({}) == {"number": "1"}
    assert keys == [keys[0]] * 2
    assert waited == [1.0]


def test_R24_a_refusal_is_handed_on_at_once() -> None:
    client, keys, waited = answering([problem(409, "conflict")])
    with pytest.raises(ProblemAnswer) as refusal:
        client.submit_report({})
    assert (refusal.value.status, refusal.value.problem, len(keys), waited) == (409, "conflict", 1, [])


def test_R09_a_file_goes_up_as_it_is_under_its_own_name(tmp_path: Path) -> None:
    file = tmp_path / "现场 图.png"
    file.write_bytes(b"\x89PNG")
    sent: list[httpx.Request] = []

    def gateway(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(201, json={"digest": "sha256:1"})

    client = Client("http://gateway")
    client._http = httpx.Client(base_url="http://gateway", transport=httpx.MockTransport(gateway))
    assert client.upload(file) == {"digest": "sha256:1"}
    assert (sent[0].url.params["name"], sent[0].content) == ("现场 图.png", b"\x89PNG")
    assert sent[0].headers["Content-Type"] == "application/octet-stream"


def test_R24_every_problem_type_has_its_class_and_no_class_is_left_over() -> None:
    assert ProblemAnswer.KINDS.keys() == PROBLEMS.keys()


def test_R24_a_refusal_is_raised_as_its_type_with_pointer_and_remedy() -> None:
    document = {"type": PROBLEM + "invalid", "pointer": "/content/title", "remedy": "更正", "errors": [{"code": "x"}]}
    client, _, _ = answering([httpx.Response(422, json=document)])
    with pytest.raises(problems.Invalid) as refusal:
        client.submit_report({})
    assert (refusal.value.pointer, refusal.value.remedy, len(refusal.value.errors)) == ("/content/title", "更正", 1)


def test_R24_a_type_that_a_newer_gateway_added_is_still_a_refusal() -> None:
    client, _, _ = answering([problem(409, "not-yet-invented")])
    with pytest.raises(ProblemAnswer) as refusal:
        client.submit_report({})
    assert refusal.value.problem == "not-yet-invented"


def test_R24_receipts_are_kept_also_of_a_bulk_with_refused_items(tmp_path: Path) -> None:
    results = [
        {"status": 202, "receipt": {"number": "2026-0000002"}, "problem": None},
        {"status": 422, "receipt": None, "problem": {"type": PROBLEM + "invalid"}},
    ]
    client, _, _ = answering(
        [httpx.Response(202, json={"number": "2026-0000001"}), httpx.Response(200, json={"items": results})]
    )
    client.receipts = tmp_path / "receipts"
    client.submit_report({})
    assert client.submit_reports([]) == results
    assert sorted(file.name for file in client.receipts.iterdir()) == ["2026-0000001.json", "2026-0000002.json"]


def test_R24_retry_after_is_obeyed_before_a_limited_report_is_repeated_with_its_key() -> None:
    client, keys, waited = answering([problem(429, "rate-limited", 7), httpx.Response(202, json={"number": "1"})])
    client.submit_report({}, idempotency_key="k")
    assert (keys, waited) == (["k", "k"], [7.0])
