"""R24: the command line before the real gateway: bulk, webhooks, endorsing, sessions."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from click.testing import Result
from sqlalchemy import text
from typer.testing import CliRunner

from clients.cli import application
from clients.client import Client
from clients.commands.outbox import KEPT
from contracts.rpc.drafts import Draft, DraftId, DraftPage, EndorseDraft, ReturnDraft
from contracts.rpc.research import RisingTopics
from contracts.vocabulary import DraftState, Role
from gateway.webhooks.deliveries import deliver_next
from tests.factories.gateway_office import PASSWORD, Office, Signed, report
from tests.integration.gateway.test_console import offered


@dataclass
class Terminal:
    """A terminal whose commands reach the gateway; `deeds` befall requests before it sees them, in turn."""

    office: Office
    wait: Callable[[float], None] = lambda _seconds: None
    deeds: list[Callable[[httpx.Request], httpx.Response]] = field(default_factory=list)

    def client(self, url: str, token: str | None = None) -> Client:
        made = Client(url, token, patience=0.0, wait=self.wait)

        def reach(request: httpx.Request) -> httpx.Response:
            return (self.deeds.pop(0) if self.deeds else self.answer)(request)

        made._http = httpx.Client(
            base_url="http://localhost", transport=httpx.MockTransport(reach), headers=made._http.headers
        )
        return made

    def answer(self, request: httpx.Request) -> httpx.Response:
        """The gateway's; its log goes elsewhere than the command's output."""
        with redirect_stdout(StringIO()):
            return httpx.WSGITransport(app=self.office.app).handle_request(request)

    def type(self, *words: str, who: Signed | None = None) -> Result:
        known = ["--token", who.headers["Authorization"].removeprefix("Bearer ")] if who else []
        return CliRunner().invoke(application, [*words, *known])


@pytest.fixture
def terminal(office: Office, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Terminal:
    made = Terminal(office)
    monkeypatch.setattr("clients.commands.connection.Client", made.client)
    monkeypatch.chdir(tmp_path)
    return made


def reports_file(office: Office, *titles: str) -> Path:
    signer = str(office.add_person("李强", Role.RESPONSIBLE_LEADER))
    acts = [{"content": report(title=title), "author_name": "王芳", "signer_id": signer} for title in titles]
    file = Path("week.jsonl")
    file.write_text("\n".join(json.dumps(act, ensure_ascii=False) for act in acts) + "\n", encoding="utf-8")
    return file


def accepted(office: Office) -> int:
    with office.parts.database.reading() as session:
        return int(session.scalar(text("SELECT count(*) FROM receipts")) or 0)


def states(result: Result) -> list[str]:
    return [item["state"] for item in json.loads(result.stdout)["items"]]


def test_R24_a_file_of_reports_has_a_result_for_each_and_what_was_put_right_follows(
    office: Office, terminal: Terminal
) -> None:
    client, file = office.api_client(), reports_file(office, "甲", "", "丙")
    first = terminal.type("report", "submit-many", str(file), "--json", who=client)
    assert (first.exit_code, states(first)) == (1, ["received", "refused", "received"])
    refused = json.loads(first.stdout)["items"][1]
    assert (refused["place"], refused["pointer"]) == (2, "/content/title")
    assert len(list(Path("receipts").iterdir())) == 2
    file.write_text(file.read_text(encoding="utf-8").replace('"title": ""', '"title": "乙"'), encoding="utf-8")
    again = terminal.type("report", "submit-many", str(file), who=client)
    assert (again.exit_code, "已收到 3 件" in again.stdout, accepted(office)) == (0, True, 3)


def test_R24_a_bulk_whose_answer_was_lost_goes_on_with_the_same_keys_and_doubles_nothing(
    office: Office, terminal: Terminal
) -> None:
    client, file = office.api_client(), reports_file(office, "甲", "乙")

    def lose_the_answer(request: httpx.Request) -> httpx.Response:
        terminal.answer(request)
        raise httpx.ReadError("gone")

    terminal.deeds = [lose_the_answer]
    lost = terminal.type("report", "submit-many", str(file), "--json", who=client)
    assert (lost.exit_code, states(lost), accepted(office)) == (KEPT, ["open", "open"], 2)
    again = terminal.type("report", "submit-many", str(file), "--json", who=client)
    assert (again.exit_code, states(again), accepted(office)) == (0, ["received", "received"], 2)
    assert Path("week.jsonl.results.json").stat().st_mode & 0o777 == 0o600


def test_R24_what_was_received_is_never_taken_for_another_report_nor_another_clients(
    office: Office, terminal: Terminal
) -> None:
    client, file = office.api_client(), reports_file(office, "甲", "乙")
    terminal.type("report", "submit-many", str(file), who=client)
    whole = file.read_text(encoding="utf-8")
    for changed, who in ((whole.partition("\n")[2], client), (whole.replace("甲", "丁"), client)):
        file.write_text(changed, encoding="utf-8")
        assert terminal.type("report", "submit-many", str(file), who=who).exit_code == 1
    file.write_text(whole, encoding="utf-8")
    foreign = terminal.type("report", "submit-many", str(file), who=office.api_client())
    assert (foreign.exit_code, "另一个密钥" in foreign.stderr, accepted(office)) == (1, True, 2)


@pytest.mark.parametrize("wrong", ["", "{", "[]", "[7]", '{"title": "x"}', '[{"content": {"title": "\\ud800"}}]'])
def test_R24_a_file_that_holds_no_reports_is_refused_before_anything_is_sent(
    office: Office, terminal: Terminal, wrong: str
) -> None:
    Path("wrong.json").write_text(wrong, encoding="utf-8")
    result = terminal.type("report", "submit-many", "wrong.json", who=office.api_client())
    assert (result.exit_code, Path("wrong.json.results.json").exists()) == (1, False)


def test_R24_webhooks_are_added_tested_listed_and_sent_once_more(office: Office, terminal: Terminal) -> None:
    client, parts = office.api_client(), office.parts
    before, parts.settings = parts.settings, parts.settings.model_copy(update={"webhook_hosts": "http://127.0.0.1:9"})
    try:
        made = json.loads(terminal.type("webhook", "add", "http://127.0.0.1:9/hook", "--json", who=client).stdout)
        hook = made["webhook"]["webhook_id"]
        assert hook in terminal.type("webhook", "list", who=client).stdout

        def courier(_seconds: float) -> None:
            deliver_next(parts.database, parts.settings)

        terminal.wait = courier
        tested = terminal.type("webhook", "test", hook, "--json", who=client)
        sent = json.loads(tested.stdout)
        assert (tested.exit_code, sent["type"], sent["state"], sent["attempts"]) == (1, "webhook.tested", "waiting", 1)
        with parts.database.engine.begin() as connection:
            connection.execute(text("UPDATE webhook_deliveries SET state = 'given_up'"))
        listed = terminal.type("webhook", "deliveries", hook, "--state", "given_up", "--json", who=client)
        again = terminal.type("webhook", "redeliver", "--given-up", hook, "--json", who=client)
        told = [json.loads(one.stdout)["items"] for one in (listed, again)]
        assert [items[0]["delivery_id"] for items in told] == [sent["delivery_id"]] * 2
        assert told[1][0]["state"] == "waiting"
    finally:
        parts.settings = before


def test_R24_a_foreign_or_disabled_webhook_is_not_tested(office: Office, terminal: Terminal) -> None:
    assert terminal.type("webhook", "test", str(uuid4()), who=office.api_client()).exit_code == 1


def waiting_draft(office: Office) -> Draft:
    content = {"kind": "development", "title": "供热检查", "body": "已检查换热站一百二十座。"}
    return offered(office, uuid4(), None, Draft.model_fields["content"].annotation(**content),
        DraftState.AWAITING_ENDORSEMENT)  # fmt: skip


def test_R08_a_draft_is_endorsed_or_returned_with_remarks_at_a_place(office: Office, terminal: Terminal) -> None:
    head, draft = office.add_person("周敏", Role.SECTION_HEAD), waiting_draft(office)
    login = ("--login", f"p{head.hex}", "--password", PASSWORD)

    def told(request: DraftId | EndorseDraft | ReturnDraft) -> Draft:
        return draft

    for method in ("get_draft", "endorse_draft", "return_draft"):
        office.calls.answers[f"intake.{method}"] = told
    office.calls.answers["intake.list_drafts"] = lambda _request: DraftPage(items=[draft])
    listed = terminal.type("draft", "list", "--state", "awaiting_endorsement", *login)
    assert "供热检查" in listed.stdout
    name = str(draft.draft_id)
    assert terminal.type("draft", "endorse", name, "--version", "1", *login).exit_code == 0
    assert office.calls.asked[-1]["request"] == EndorseDraft(draft_id=draft.draft_id, version=1)
    words = ("--remarks", "请核实", "--quote", "一百二十座", "--remark", "与上周不符")
    assert terminal.type("draft", "return", name, *words, *login).exit_code == 0
    request: Any = office.calls.asked[-1]["request"]
    note = request.notes[0]
    assert (request.version, note.start, note.end, note.remark) == (draft.version, 6, 11, "与上周不符")
    nowhere = terminal.type("draft", "return", name, "--remarks", "x", "--quote", "没有", "--remark", "y", *login)
    assert (nowhere.exit_code, "出现 0 次" in nowhere.stderr) == (1, True)


def test_R24_one_sees_and_ends_ones_sessions_and_the_command_leaves_none(office: Office, terminal: Terminal) -> None:
    person = office.add_person("王芳", Role.INFORMATION_OFFICER)
    login = ("--login", f"p{person.hex}", "--password", PASSWORD, "--json")
    browser, other = office.sign_in(person), office.sign_in(person)
    listed = json.loads(terminal.type("session", "list", *login).stdout)["items"]
    assert len(listed) == 2
    terminal.type("session", "end", listed[0]["session_id"], *login)
    assert [one.get("/v1/sessions").status_code for one in (browser, other)] == [200, 401]
    assert len(json.loads(terminal.type("session", "end", "--all", *login).stdout)["ended"]) == 1
    with office.parts.database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM sessions")) == 0


def test_R24_without_a_token_the_person_of_the_environment_is_signed_in_for_one_command(
    office: Office, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody = terminal.type("queue", "list")
    assert (nobody.exit_code, "CHENGBAO_LOGIN" in nobody.output) == (1, True)
    editor = office.add_person("王编辑", Role.EDITOR)
    monkeypatch.setenv("CHENGBAO_LOGIN", f"p{editor.hex}")
    monkeypatch.setenv("CHENGBAO_PASSWORD", PASSWORD)
    office.calls.answers["review.rising_topics"] = lambda _: RisingTopics(items=[], without_topic=0)
    assert terminal.type("research", "rising").exit_code == 0
    assert [call["method"] for call in office.calls.asked].count("rising_topics") == 1
    monkeypatch.setenv("CHENGBAO_PASSWORD", "wrong")
    assert terminal.type("research", "rising").exit_code == 1
    with office.parts.database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM sessions")) == 0
