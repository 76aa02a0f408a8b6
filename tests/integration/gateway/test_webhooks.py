"""News for units' systems: signed, delivered to a real peer, tried again, given up, asked for anew (0095)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import ssl
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import text

from contracts.events.review import AssignmentGiven, InstructionGiven, ReportReturned
from contracts.receipts import Receipt
from contracts.vocabulary import InstructionClass, Kind, Level, Role, UnitClass
from gateway.courier import Courier
from gateway.metrics import FIGURES
from gateway.webhooks import calling
from gateway.webhooks.deliveries import GIVEN_UP_AFTER, LEASE, PAUSES, deliver_next
from kernel.audit.evidence import Evidence
from kernel.settings import Settings
from kernel.testing import ServiceHarness, keyring_for
from tests.factories.gateway_office import Office, Signed
from tests.support.webhook_peer import Peer

HOOK = "hook.hexi.example"


@pytest.fixture(scope="module")
def peer() -> Iterator[Peer]:
    made = Peer()
    yield made
    made.close()


class Desk:
    """A gateway that may call the peer, its courier, and a client with a webhook."""

    def __init__(self, office: Office, peer: Peer) -> None:
        self.office, self.peer = office, peer
        peer.received.clear()
        hosts = {"webhook_hosts": f"{peer.url('')},127.0.0.0/8", "public_url": "https://city.example/"}
        self.before = office.parts.settings
        office.parts.settings = self.before.model_copy(update=hosts)
        self.courier = ServiceHarness(
            Courier, office.settings.database_url, office.clock, evidence=Evidence(keyring_for("gateway")), **hosts
        )
        self.client = office.api_client()
        self.receipt = Receipt.model_validate_json(office.signed_report(office.leader()).data)

    @property
    def settings(self) -> Settings:
        return self.office.parts.settings

    def close(self) -> None:
        self.courier.close()
        self.office.parts.settings = self.before

    def hook(self, path: str = "/ok", **fields: Any) -> dict[str, Any]:
        answer = self.client.post("/v1/webhooks", {"url": self.peer.url(path)} | fields)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json
        return made

    def return_report(self, version: int = 2) -> None:
        data = ReportReturned(
            report_id=self.receipt.report_id, receipt_number=self.receipt.number, unit_id=self.receipt.unit_id,
            title=self.receipt.title, remarks="请补充伤亡情况", returned_by="陈静",
        )
        self.courier.deliver(data, self.receipt.report_id, version)

    def step(self, settings: Settings | None = None) -> int:
        return deliver_next(self.courier.database, settings or self.settings)

    def log(self, hook: dict[str, Any], who: Signed | None = None) -> list[dict[str, Any]]:
        path = f"/v1/webhooks/{hook['webhook']['webhook_id']}/deliveries"
        items: list[dict[str, Any]] = (who or self.client).get(path).json["items"]
        return items


@pytest.fixture
def desk(office: Office, peer: Peer) -> Iterator[Desk]:
    made = Desk(office, peer)
    yield made
    made.close()


def certificate_of(name: str, folder: Path) -> Path:
    """Key and certificate of this name, signed by itself, in one file."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    path = folder / "peer.pem"
    path.write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain) + certificate.public_bytes(pem))
    return path


def _genuine(secret: str, headers: dict[str, str], body: bytes) -> bool:
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    mac = hmac.new(base64.b64decode(secret.removeprefix("whsec_")), signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(mac).decode()}" in headers["webhook-signature"].split(" ")


def test_R24_a_return_is_told_signed_without_a_word_of_the_report(desk: Desk) -> None:
    hook = desk.hook()
    desk.return_report()
    assert [desk.step(), desk.step()] == [1, 0]
    sent = desk.peer.received[0]
    assert _genuine(hook["secret"], sent.headers, sent.body)
    assert json.loads(sent.body)["data"] == {
        "report_id": str(desk.receipt.report_id), "receipt_number": desk.receipt.number, "state": "returned",
        "link": f"https://city.example/v1/reports/{desk.receipt.report_id}",
    }
    entry = desk.log(hook)[0]
    assert (entry["state"], entry["status"], entry["attempts"]) == ("delivered", 204, 1)
    assert sent.headers["webhook-id"] == entry["delivery_id"]


def test_R24_instruction_and_assignment_are_told_to_the_unit_they_are_for_and_no_other(desk: Desk) -> None:
    desk.hook()
    other = desk.office.api_client(unit_id=desk.office.add_unit("河西区"))
    other.post("/v1/webhooks", {"url": desk.peer.url("/ok")})
    instruction, unit = uuid4(), desk.receipt.unit_id
    given = InstructionGiven(
        instruction_id=instruction, issue_id=uuid4(), report_id=desk.receipt.report_id, unit_id=unit,
        unit_class=UnitClass.DISTRICT, report_kind=Kind.DEVELOPMENT, level=Level.CITY, leader="张市长",
        text="请认真办理", instruction_class=InstructionClass.FOR_ACTION, given_at=desk.office.clock.now(),
    )
    assigned = AssignmentGiven(
        assignment_id=uuid4(), instruction_id=instruction, unit_id=unit, title="题", due_at=desk.office.clock.now(),
        requirement="十日内反馈",
    )
    desk.courier.deliver(given, instruction)
    desk.courier.deliver(assigned, assigned.assignment_id)
    while desk.step():
        pass
    told = [json.loads(sent.body) for sent in desk.peer.received]
    assert [one["data"]["state"] for one in told] == ["instructed", "assigned"]
    assert told[0]["data"]["receipt_number"] == desk.receipt.number
    assert "请认真办理" not in str(told)
    assert "张市长" not in str(told)


def test_R24_a_webhook_hears_only_what_it_asked_for(desk: Desk) -> None:
    desk.hook(events=["report.adopted"])
    desk.return_report()
    assert desk.step() == 0


@pytest.mark.parametrize(
    ("path", "status", "error"),
    [("/busy", 503, "503"), ("/elsewhere", 307, "307"), ("/closes", None, "closed"), ("/noise", None, "not HTTP")],
)
def test_R24_a_peer_that_fails_is_tried_again_later_and_the_log_says_why(
    desk: Desk, path: str, status: int | None, error: str
) -> None:
    hook = desk.hook(path)
    desk.return_report()
    assert [desk.step(), desk.step()] == [1, 0]
    entry = desk.log(hook)[0]
    assert (entry["state"], entry["status"]) == ("waiting", status)
    assert error in entry["error"]
    desk.office.clock.advance(PAUSES[0])
    assert desk.step() == 1
    assert [sent.path for sent in desk.peer.received] == [path, path]
    assert len({sent.headers["webhook-id"] for sent in desk.peer.received}) == 1


@pytest.mark.parametrize("path", ["/waits", "/drips"])
def test_R24_a_slow_peer_is_left_after_the_whole_time_of_a_call(peer: Peer, path: str) -> None:
    target = calling.Target("http", "127.0.0.1", peer.port, path)
    answer = calling.post(target, "127.0.0.1", {}, b"{}", seconds=0.3)
    assert answer.status is None
    assert "no answer" in (answer.error or "")


def test_R24_a_hint_before_the_answer_is_not_the_answer(peer: Peer) -> None:
    target = calling.Target("http", "127.0.0.1", peer.port, "/hints")
    assert calling.post(target, "127.0.0.1", {}, b"{}").taken


@pytest.mark.parametrize(
    ("name", "trusted", "taken"), [(HOOK, True, True), (HOOK, False, False), ("other.example", True, False)]
)
def test_R24_over_tls_the_peer_has_a_trusted_certificate_of_the_name_that_was_registered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, trusted: bool, taken: bool
) -> None:
    """The connection goes to the address that was looked at; the certificate is held against the name."""
    certificate = certificate_of(HOOK, tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with closing(Peer(context)) as secure:
        answer = calling.post(calling.Target("https", name, secure.port, "/ok"), "127.0.0.1", {}, b"{}")
    assert (answer.taken, len(secure.received)) == (taken, int(taken))


def test_R24_what_fails_for_three_days_is_given_up_shown_and_sent_once_more_by_a_button(desk: Desk) -> None:
    hook, sysadmin = desk.hook("/busy"), desk.office.administrator(Role.SYSTEM_ADMINISTRATOR)
    desk.return_report()
    for _ in range(40):
        desk.step()
        desk.office.clock.advance(PAUSES[-1])
    entry = desk.log(hook)[0]
    assert entry["state"] == "given_up"
    assert entry["attempts"] <= GIVEN_UP_AFTER / PAUSES[-1] + len(PAUSES)
    sysadmin = desk.office.administrator(Role.SYSTEM_ADMINISTRATOR)
    page = f"/webhooks/{hook['webhook']['webhook_id']}"
    assert "已放弃" in sysadmin.get(page).text
    form = {"csrf_token": sysadmin.headers["X-CSRFToken"]}
    assert sysadmin.client.post(f"/webhook-deliveries/{entry['delivery_id']}/redelivery", data=form).status_code == 303
    desk.peer.received.clear()
    assert desk.step() == 1
    assert desk.peer.received[0].headers["webhook-id"] == entry["delivery_id"]


def test_R24_a_courier_that_dies_while_sending_sends_it_again_and_two_never_send_at_once(desk: Desk) -> None:
    hook = desk.hook()
    desk.return_report()
    with desk.office.parts.database.engine.begin() as connection:
        values = {"until": desk.office.clock.now() + LEASE}
        connection.execute(text("UPDATE webhook_deliveries SET state = 'sending', next_try_at = :until"), values)
    assert desk.step() == 0
    assert desk.client.post(f"/v1/webhook-deliveries/{desk.log(hook)[0]['delivery_id']}/redelivery").status_code == 409
    desk.office.clock.advance(LEASE)
    assert desk.step() == 1


def test_R24_one_slow_system_keeps_only_its_own_news_waiting(desk: Desk) -> None:
    slow, quick = desk.hook(), desk.hook()
    desk.return_report()
    desk.return_report(3)
    with desk.office.parts.database.engine.begin() as connection:
        values = {"until": desk.office.clock.now() + LEASE, "id": UUID(slow["webhook"]["webhook_id"])}
        connection.execute(
            text(
                "UPDATE webhook_deliveries SET state = 'sending', next_try_at = :until WHERE delivery_id ="
                " (SELECT delivery_id FROM webhook_deliveries WHERE webhook_id = :id LIMIT 1)"
            ),
            values,
        )
    assert [desk.step(), desk.step(), desk.step()] == [1, 1, 0]
    assert {entry["state"] for entry in desk.log(quick)} == {"delivered"}


def test_R24_a_host_taken_off_the_list_is_called_no_more(desk: Desk) -> None:
    hook = desk.hook()
    desk.return_report()
    assert desk.step(desk.settings.model_copy(update={"webhook_hosts": ""})) == 1
    assert desk.peer.received == []
    assert "CHENGBAO_WEBHOOK_HOSTS" in desk.log(hook)[0]["error"]


def test_R24_an_address_off_the_list_cannot_be_registered(desk: Desk) -> None:
    answer = desk.client.post("/v1/webhooks", {"url": "https://169.254.169.254/latest"})
    assert (answer.status_code, answer.json["pointer"]) == (422, "/url")


def test_R24_while_secrets_are_changed_both_sign(desk: Desk) -> None:
    hook = desk.hook()
    path = f"/v1/webhooks/{hook['webhook']['webhook_id']}/secret"
    fresh = desk.client.post(path, {"overlap_hours": 1}).json["secret"]
    desk.return_report()
    desk.step()
    desk.office.clock.advance(timedelta(hours=1, seconds=1))
    desk.return_report(3)
    desk.step()
    verdicts = [
        [_genuine(secret, sent.headers, sent.body) for secret in (hook["secret"], fresh)]
        for sent in desk.peer.received
    ]
    assert verdicts == [[True, True], [False, True]]


def test_R24_a_client_sees_and_changes_its_own_webhooks_only(desk: Desk) -> None:
    hook, other = desk.hook()["webhook"], desk.office.api_client()
    path = f"/v1/webhooks/{hook['webhook_id']}"
    body = {"url": hook["url"], "events": hook["events"]}
    answers = [
        other.get(path), other.send("PUT", path, body), other.post(f"{path}/secret", {}),
        other.get(f"{path}/deliveries"),
    ]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert other.get("/v1/webhooks").json["items"] == []
    tag = desk.client.get(path).headers["ETag"]
    codes = [desk.client.send("PUT", path, body, If_Match=tag).status_code for _ in range(2)]
    assert codes == [200, 412]


def test_R24_a_disabled_webhook_keeps_what_waits(desk: Desk) -> None:
    hook = desk.hook()["webhook"]
    desk.return_report()
    path, body = f"/v1/webhooks/{hook['webhook_id']}", {"url": hook["url"], "events": hook["events"]}
    desk.client.send("PUT", path, body | {"disabled": True})
    assert desk.step() == 0
    desk.client.send("PUT", path, body)
    assert desk.step() == 1


def test_R24_the_administrator_registers_a_webhook_on_the_clients_page(desk: Desk) -> None:
    sysadmin = desk.office.administrator(Role.SYSTEM_ADMINISTRATOR)
    page = f"/clients/{desk.client.id}/webhooks"
    form = {
        "csrf_token": sysadmin.headers["X-CSRFToken"], "url": desk.peer.url("/ok"),
        "events": ["report.returned", "report.adopted"],
    }
    assert "whsec_" in sysadmin.client.post(page, data=form).text
    assert desk.peer.url("/ok") in sysadmin.get(page).text
    assert desk.client.get("/v1/webhooks").json["items"][0]["events"] == ["report.returned", "report.adopted"]


def test_R24_what_waits_and_what_was_given_up_stand_in_the_figures(desk: Desk) -> None:
    desk.hook("/busy")
    desk.return_report()
    desk.step()
    read = next(figure.read for figure in FIGURES if figure.name == "chengbao_webhook_deliveries")
    with desk.office.parts.database.reading() as session:
        assert dict(read(session, desk.office.clock.now())) == {("waiting",): 1.0, ("given_up",): 0.0}
