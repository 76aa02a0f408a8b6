"""R07, R24: an editor records from the command line whom he asked, after signing in, and reads the record."""

from __future__ import annotations

import json

import httpx
import pytest
from typer.testing import CliRunner

from clients.cli import application
from clients.client import Client
from clients.commands import verifications

REPORT = "019a0000-0000-7000-8000-000000000001"
ENTRY = {
    "verification_id": REPORT, "asked_at": "2026-11-24T01:00:00Z", "asked_unit": "市应急局", "asked_name": "吴主任",
    "conclusion": "contradicted", "answer": "没有此事", "corrected_by_id": None,
}  # fmt: skip


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[httpx.Request]:
    """What the gateway is asked; it answers a session to whoever signs in, and the entry to everything else."""
    requests: list[httpx.Request] = []

    def gateway(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        signed_in = request.url.path == "/v1/sessions"
        return httpx.Response(200, json={"csrf_token": "t"} if signed_in else {**ENTRY, "items": [ENTRY]})

    def client(url: str) -> Client:
        made = Client(url)
        made._http = httpx.Client(base_url=url, transport=httpx.MockTransport(gateway))
        return made

    monkeypatch.setattr(verifications, "Client", client)
    return requests


def run(*words: str) -> str:
    result = CliRunner().invoke(application, ["verification", *words, "--login", "editor", "--password", "x"])
    assert result.exit_code == 0, result.output
    return result.output


def test_R07_what_was_heard_is_sent_and_nothing_else(asked: list[httpx.Request]) -> None:
    run("add", REPORT, "--name", "吴主任", "--answer", "没有此事", "--conclusion", "contradicted", "--document", "台账")
    assert asked[1].url.path == f"/v1/reports/{REPORT}/verifications"
    assert json.loads(asked[1].content) == {
        "asked_name": "吴主任", "question": "所报情况是否属实？", "answer": "没有此事", "means": "phone",
        "documents": ["台账"], "conclusion": "contradicted",
    }  # fmt: skip


def test_R07_the_record_is_told_with_its_conclusions(asked: list[httpx.Request]) -> None:
    said = run("list", REPORT)
    assert all(word in said for word in ("与事实不符", "没有此事", "吴主任"))
    assert asked[1].method == "GET"
