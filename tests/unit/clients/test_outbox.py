"""R04: a report that cannot get through is kept and sent again, and becomes exactly one report."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from clients.cli import application
from clients.client import Client
from clients.commands import connection
from clients.commands.outbox import KEPT
from clients.outbox import Act, Outbox, mark
from clients.problems import GatewayAway, ProblemAnswer
from kernel.testing import SettableClock

TOKEN = "cb_secret-token"
Deed = Callable[["Gateway", BaseHTTPRequestHandler, str], None]


@dataclass
class Gateway:
    """A gateway for one report after another: what it does to each request, in turn; then it accepts."""

    deeds: list[Deed] = field(default_factory=list)
    accepted: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Idempotency-Key -> the body as first accepted."""
    bodies: list[dict[str, Any]] = field(default_factory=list)
    address: str = ""

    def receive(self, request: BaseHTTPRequestHandler) -> None:
        body = json.loads(request.rfile.read(int(request.headers["Content-Length"])))
        self.bodies.append(body)
        key = request.headers["Idempotency-Key"]
        (self.deeds.pop(0) if self.deeds else accept)(self, request, key)

    def keep(self, key: str) -> dict[str, Any]:
        self.accepted.setdefault(key, self.bodies[-1])
        number = f"2026-{list(self.accepted).index(key) + 1:07d}"
        return {"number": number, "received_at": "2026-11-24T01:30:00Z", "content_hash": "sha256:0"}


def reply(request: BaseHTTPRequestHandler, status: int, document: dict[str, Any], **headers: str) -> None:
    raw = json.dumps(document).encode()
    request.send_response(status)
    for name, value in {**headers, "Content-Length": str(len(raw))}.items():
        request.send_header(name.replace("_", "-"), value)
    request.end_headers()
    request.wfile.write(raw)


def accept(gateway: Gateway, request: BaseHTTPRequestHandler, key: str) -> None:
    reply(request, 202, gateway.keep(key))


def die_after_accepting(gateway: Gateway, request: BaseHTTPRequestHandler, key: str) -> None:
    """The report is kept, the answer never leaves."""
    gateway.keep(key)
    request.close_connection = True


def die_before(gateway: Gateway, request: BaseHTTPRequestHandler, key: str) -> None:
    request.close_connection = True


def refuse(status: int, problem: str, **headers: str) -> Deed:
    document = {"type": f"/problems/{problem}", "detail": f"因为 {problem}"}
    return lambda gateway, request, key: reply(request, status, document, **headers)


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    made = Gateway()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            made.receive(self)

        def log_message(self, *arguments: Any) -> None:
            """Not on the tests' output."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


@dataclass
class Desk:
    """A machine at a unit's: its folder, and the command line there."""

    folder: Path

    @property
    def box(self) -> Outbox:
        return Outbox(self.folder / "outbox", clock=SettableClock())

    def run(self, *words: str, token: str = TOKEN) -> Result:
        environment = {"CHENGBAO_OUTBOX": str(self.folder / "outbox"), "CHENGBAO_TOKEN": token}
        return CliRunner().invoke(application, list(words), env=environment)

    def waiting(self) -> list[Path]:
        return sorted((self.folder / "outbox").glob("*"))

    def receipts(self) -> list[str]:
        return sorted(path.stem for path in (self.folder / "receipts").glob("*.json"))

    def leave(self, address: str, key: str = "first/key", **changes: Any) -> Act:
        """A report that has waited since an attempt."""
        body = {"content": {"title": "起火"}, "author_name": "王芳"}
        act = Act(key, address, body, str(self.folder / "receipts"), mark(TOKEN), **changes)
        self.box.keep(act)
        return act


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def submit(desk: Desk, address: str, *more: str, token: str = TOKEN) -> Result:
    texts = ("--title", "河西区一商场起火", "--body", "详情。", "--author", "王芳", "--signer", "x")
    kept = str(desk.folder / "receipts")
    return desk.run("report", "submit", *texts, "--url", address, "--save", kept, *more, token=token)


def impatient(address: str) -> Client:
    return Client(address, TOKEN, patience=0.0)


@pytest.mark.parametrize("trouble", [die_before, die_after_accepting, refuse(503, "unavailable"), refuse(504, "x")])
def test_R04_what_did_not_get_through_is_kept_and_sent_again_as_one_report(
    gateway: Gateway, desk: Desk, trouble: Deed
) -> None:
    act = desk.leave(gateway.address)
    gateway.deeds = [trouble]
    first = desk.run("outbox", "send")
    assert (first.exit_code, desk.receipts()) == (KEPT, [])
    assert "尚未报到" in first.output
    second = desk.run("outbox", "send")
    assert (second.exit_code, desk.receipts(), desk.waiting()) == (0, ["2026-0000001"], [])
    assert list(gateway.accepted) == [act.idempotency_key]


def test_R04_a_report_that_gets_through_leaves_nothing_behind(gateway: Gateway, desk: Desk) -> None:
    answer = submit(desk, gateway.address)
    assert (answer.exit_code, desk.receipts(), desk.waiting()) == (0, ["2026-0000001"], [])
    assert "attempts" not in gateway.bodies[0]


def test_R04_a_report_in_the_outbox_is_its_owners_alone_and_carries_no_token(gateway: Gateway, desk: Desk) -> None:
    desk.leave(gateway.address)
    [path] = desk.waiting()
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert TOKEN not in path.read_text()


def test_R04_the_act_is_on_disk_before_the_gateway_hears_of_it(gateway: Gateway, desk: Desk) -> None:
    """Whatever moment the program is ended at, the act is there to be repeated with its key."""
    seen: list[dict[str, Any]] = []

    def look(at: Gateway, request: BaseHTTPRequestHandler, key: str) -> None:
        seen.append(json.loads(desk.waiting()[0].read_text()))
        accept(at, request, key)

    gateway.deeds = [look]
    submit(desk, gateway.address, "--idempotency-key", "mine")
    assert (seen[0]["idempotency_key"], len(seen[0]["attempts"])) == ("mine", 1)


def test_R04_earlier_attempts_go_along_as_evidence(gateway: Gateway, desk: Desk) -> None:
    gateway.deeds = [refuse(503, "unavailable")] * 2
    act, times = desk.leave(gateway.address), []
    clock = SettableClock()
    box = Outbox(desk.folder / "outbox", clock=clock)
    for _ in range(3):
        act, _sent = box.attempt(impatient(gateway.address), act)
        times.append(clock.now().isoformat(timespec="seconds"))
        clock.at += timedelta(minutes=1)
    assert [body.get("attempts", []) for body in gateway.bodies] == [[], times[:1], times[:2]]


def test_R04_of_very_many_attempts_the_first_and_the_newest_go_along(desk: Desk) -> None:
    times = tuple(f"2026-11-24T01:{minute:02d}:00+00:00" for minute in range(60))
    stated = desk.leave("http://away", attempts=times).stated()["attempts"]
    assert (len(stated), stated[0], stated[-1]) == (50, times[0], times[-1])


def test_R04_insisting_waits_longer_each_time_and_as_long_as_the_gateway_asks(gateway: Gateway, desk: Desk) -> None:
    waited: list[float] = []
    box = Outbox(desk.folder / "outbox", clock=SettableClock(), wait=waited.append)
    away, asked = refuse(503, "unavailable"), refuse(429, "rate-limited", Retry_After="40")
    gateway.deeds = [die_before, away, away, asked, refuse(409, "still-running"), *[away] * 3]
    receipt = box.insist(impatient(gateway.address), desk.leave(gateway.address), lambda *_: None)
    assert receipt["number"] == "2026-0000001"
    assert waited == [1.0, 2.0, 4.0, 40.0, 16.0, 32.0, 60.0, 60.0]


def test_R04_submit_that_waits_ends_with_the_receipt_only(gateway: Gateway, desk: Desk) -> None:
    answer = submit(desk, gateway.address, "--wait")
    assert (answer.exit_code, desk.receipts(), desk.waiting()) == (0, ["2026-0000001"], [])


def test_R04_submit_while_nobody_is_there_keeps_it_and_says_so(gateway: Gateway, desk: Desk) -> None:
    """The pauses within one call are the client's own; here it has no patience at all."""
    act = desk.leave("http://127.0.0.1:9")
    answer = desk.run("outbox", "send")
    assert answer.exit_code == KEPT
    assert len(desk.box.read(desk.box.path(act)).attempts) == 1
    assert "尚未报到" in answer.output


def test_R04_a_refusal_is_final_shown_and_sent_no_more(gateway: Gateway, desk: Desk) -> None:
    gateway.deeds = [refuse(422, "invalid")]
    act = desk.leave(gateway.address, attempts=("2026-11-24T01:00:00+00:00",))
    first = desk.run("outbox", "send")
    assert first.exit_code == 1
    assert "因为 invalid" in first.output
    second = desk.run("outbox", "send")
    assert (second.exit_code, len(gateway.bodies)) == (1, 1)
    assert "因为 invalid" in desk.run("outbox", "list").output
    assert desk.run("outbox", "drop", act.name, "--yes").exit_code == 0
    assert desk.waiting() == []


def test_R04_what_is_refused_at_once_is_told_and_not_kept(gateway: Gateway, desk: Desk) -> None:
    gateway.deeds = [refuse(422, "invalid")]
    answer = submit(desk, gateway.address)
    assert (answer.exit_code, desk.waiting()) == (1, [])
    assert "因为 invalid" in answer.output


def test_R04_an_unknown_caller_decides_nothing(gateway: Gateway, desk: Desk) -> None:
    act = desk.leave(gateway.address)
    gateway.deeds = [refuse(401, "unauthenticated")]
    with pytest.raises(ProblemAnswer):
        desk.box.attempt(impatient(gateway.address), act)
    assert desk.box.read(desk.box.path(act)).refused is None
    assert desk.run("outbox", "send").exit_code == 0


def test_R04_another_clients_token_sends_nothing(gateway: Gateway, desk: Desk) -> None:
    desk.leave(gateway.address)
    answer = desk.run("outbox", "send", token="cb_another")
    assert (answer.exit_code, gateway.bodies) == (KEPT, [])
    assert desk.run("outbox", "send", "--renewed-token", token="cb_another").exit_code == 0


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"idempotency_key": "x"}', "\x00\x01", '{"attempts": ["x"]}'])
def test_R04_a_damaged_file_is_named_left_alone_and_in_nobodys_way(
    gateway: Gateway, desk: Desk, damage: str
) -> None:
    desk.leave(gateway.address)
    damaged = desk.folder / "outbox" / "damaged.json"
    damaged.write_text(damage)
    answer = desk.run("outbox", "send")
    assert (answer.exit_code, desk.receipts()) == (1, ["2026-0000001"])
    assert str(damaged) in answer.output
    assert damaged.read_text() == damage
    assert str(damaged) in desk.run("outbox", "list").output


def test_R04_the_same_key_again_is_the_same_act_and_never_another_content(gateway: Gateway, desk: Desk) -> None:
    waiting = desk.leave(gateway.address, key="mine")
    answer = submit(desk, gateway.address, "--idempotency-key", "mine")
    assert (answer.exit_code, gateway.bodies) == (1, [])
    assert waiting.name in answer.output


def test_R04_two_programs_that_send_at_once_make_one_report(gateway: Gateway, desk: Desk) -> None:
    desk.leave(gateway.address)
    both = threading.Barrier(2)

    def together(at: Gateway, request: BaseHTTPRequestHandler, key: str) -> None:
        both.wait(20)
        accept(at, request, key)

    gateway.deeds = [together, together]
    act = desk.box.read(desk.waiting()[0])
    answers: list[Any] = []
    threads = [
        threading.Thread(target=lambda: answers.append(desk.box.attempt(impatient(gateway.address), act)[1]))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.receipt["number"] for answer in answers} == {"2026-0000001"}
    assert len(gateway.accepted) == 1


CALL = (
    "pre-report", "add", "--title", "火灾", "--severity", "larger", "--caller", "张伟", "--number", "138",
    "--occurred-at", "2026-11-24T09:00:00+08:00", "--called-at", "2026-11-24T09:10:00+08:00",
)  # fmt: skip


def test_R04_what_a_units_system_does_is_refused_without_its_token_and_asks_for_no_password(
    gateway: Gateway, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHENGBAO_LOGIN", "王芳")
    desk.leave(gateway.address)
    many = ("report", "submit-many", "no-such-file.json")
    answers = [desk.run(*words, token="") for words in (("outbox", "send", "--renewed-token"), many, CALL)]
    for answer in (*answers, submit(desk, gateway.address, token="")):
        assert (answer.exit_code, "没有接口密钥" in answer.output, "Password" in answer.output) == (1, True, False)
    assert (gateway.bodies, len(desk.waiting())) == ([], 1)


def away_for_people(monkeypatch: pytest.MonkeyPatch, *answered: str) -> None:
    """A gateway that answers these verbs and is away for the others."""

    def receive(request: httpx.Request) -> httpx.Response:
        if request.method not in answered:
            raise httpx.ConnectError("away")
        return httpx.Response(200, json={"csrf_token": "x"})

    def client(url: str) -> Client:
        made = Client(url, patience=0.0)
        made._http = httpx.Client(base_url=url, transport=httpx.MockTransport(receive))
        return made

    monkeypatch.setattr(connection, "Client", client)


def test_R04_a_gateway_that_is_away_at_sign_in_names_no_key_to_repeat_with(monkeypatch: pytest.MonkeyPatch) -> None:
    away_for_people(monkeypatch)
    words = ["session", "list", "--login", "w", "--password", "p"]
    told = CliRunner().invoke(application, words).output
    assert ("什么也没有提交" in told, "--idempotency-key" in told) == (True, False)


@pytest.mark.parametrize("said", [typer.Exit(KEPT), ProblemAnswer(422, {}), GatewayAway("its key", "x")])
def test_R04_a_sign_out_that_fails_hides_nothing_of_what_the_command_says(
    monkeypatch: pytest.MonkeyPatch, said: Exception
) -> None:
    away_for_people(monkeypatch, "POST")
    with pytest.raises(type(said)) as raised, connection.signed_in("http://gateway", "w", "p"):
        raise said
    assert raised.value is said
