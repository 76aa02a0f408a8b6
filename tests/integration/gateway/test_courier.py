"""What the courier keeps: the directory's projection and each receipt's progress, in any order and doubled."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from contracts.events.gateway import SignOff, WatermarkAdvanced
from contracts.events.intake import PersonRecorded, PostHeld, ReportAcknowledged, ReportRegistered, UnitRecorded
from contracts.events.review import (
    AdoptionWithdrawn,
    DecisionUndone,
    ReportAdopted,
    ReportQueued,
    ReportReturned,
    ReportSeen,
)
from contracts.receipts import Receipt
from contracts.topology import CONSUMES
from contracts.vocabulary import Kind, ReportState, Role, Severity, SignOffMethod, UnitClass
from gateway.app import FOLDER
from gateway.courier import Courier
from gateway.metrics import LOOKED_BACK
from gateway.model.metadata import metadata
from kernel.audit.evidence import Evidence
from kernel.database import make_engine
from kernel.migrate import upgrade
from kernel.testing import ServiceHarness, keyring_for
from tests.factories.gateway_office import LONG_AGO, Office, report


@pytest.fixture
def courier(office: Office) -> Iterator[ServiceHarness]:
    """The courier beside the gateway's web workers, on their database and clock."""
    harness = ServiceHarness(
        Courier, office.settings.database_url, office.clock, evidence=Evidence(keyring_for("gateway"))
    )
    yield harness
    harness.close()


def _accepted(office: Office, leader: Any) -> Receipt:
    return Receipt.model_validate_json(office.signed_report(leader).data)


def _registered(receipt: Receipt) -> ReportRegistered:
    sign_off = SignOff(
        author_id=None, author_name="王芳", signer_id=None, signer_name="李强", signer_post="分管负责人",
        signed_at=receipt.received_at, method=SignOffMethod.SESSION,
    )
    return ReportRegistered(
        report_id=receipt.report_id, number=receipt.number, receipt_number=receipt.number, version=1,
        kind=Kind.DEVELOPMENT, unit_id=receipt.unit_id, unit_name="和平区", unit_class=UnitClass.DISTRICT,
        title=receipt.title, body="正文", sign_off=sign_off, received_at=receipt.received_at,
        content_hash=receipt.content_hash,
    )


def _of(receipt: Receipt) -> dict[str, Any]:
    return {
        "report_id": receipt.report_id, "receipt_number": receipt.number, "unit_id": receipt.unit_id,
        "title": receipt.title,
    }


def test_courier_handles_exactly_what_the_contracts_say(courier: ServiceHarness) -> None:
    assert set(courier.service.entries.consumptions) == set(CONSUMES["gateway"])


def test_R01_progress_says_not_yet_until_the_city_has_seen_it(office: Office, courier: ServiceHarness) -> None:
    leader = office.leader()
    receipt = _accepted(office, leader)
    path, seen = f"/v1/receipts/{receipt.number}", []

    def look() -> None:
        progress = leader.get(path).json["progress"]
        seen.append((progress["state"], progress["seen_zh"]))

    look()
    courier.deliver(_registered(receipt), receipt.report_id)
    look()
    courier.deliver(ReportQueued(**_of(receipt)), receipt.report_id)
    look()
    courier.deliver(ReportSeen(**_of(receipt), seen_by="陈静", seen_at=office.clock.now()), receipt.report_id)
    look()
    assert seen == [
        ("accepted", "市里尚未阅看"), ("registered", "市里尚未阅看"), ("on_the_desk", "市里尚未阅看"),
        ("seen", "市里已阅：陈静，2026-11-24 09:00"),
    ]
    assert courier.held() == []


def test_R01_progress_is_the_same_in_any_order_and_doubled(office: Office, courier: ServiceHarness) -> None:
    leader = office.leader()
    results = set()
    for seed in range(6):
        receipt = _accepted(office, leader)
        facts = _of(receipt)
        adopted = ReportAdopted(
            **facts, adoption_id=uuid4(), publication_code="daily", issue_id=uuid4(), adopted_by="陈静"
        )
        events = [
            (_registered(receipt), 1), (ReportQueued(**facts), 1),
            (ReportSeen(**facts, seen_by="陈静", seen_at=office.clock.now()), 2),
            (ReportReturned(**facts, remarks="补充", returned_by="陈静"), 3), (adopted, 4),
        ] * 2
        random.Random(seed).shuffle(events)
        for data, version in events:
            courier.deliver(data, receipt.report_id, version)
        progress = leader.get(f"/v1/receipts/{receipt.number}").json["progress"]
        results.add((progress["state"], progress["decision"], progress["seen_by"]))
    assert results == {("seen", "adopted", "陈静")}


def _acknowledged(receipt: Receipt, office: Office, **changes: Any) -> ReportAcknowledged:
    facts = {"kind": Kind.URGENT_FIRST, "acknowledged_by": "周静", "acknowledged_at": office.clock.now()}
    return ReportAcknowledged(**_of(receipt), **(facts | changes))


def _urgent(office: Office, leader: Any, **changes: Any) -> Receipt:
    content = report(
        kind=Kind.URGENT_FIRST, severity=Severity.LARGER, occurred_at=office.clock.now().isoformat(), **changes
    )
    return Receipt.model_validate_json(office.signed_report(leader, content).data)


def test_R04_the_receipt_says_which_duty_officer_acknowledged_and_when(office: Office, courier: ServiceHarness) -> None:
    leader = office.leader()
    receipt = _urgent(office, leader)
    path = f"/v1/receipts/{receipt.number}"
    assert leader.get(path).json["progress"]["acknowledged_zh"] == "市值班员尚未签收"
    office.clock.advance(timedelta(minutes=4))
    courier.deliver(_acknowledged(receipt, office), receipt.report_id)
    progress = leader.get(path).json["progress"]
    assert (progress["state"], progress["acknowledged_by"]) == ("acknowledged", "周静")
    assert progress["acknowledged_zh"] == "市值班员 周静 于 09:04 签收"
    assert courier.held() == []


def test_R04_an_acknowledgement_on_another_day_names_the_day(office: Office, courier: ServiceHarness) -> None:
    leader = office.leader()
    receipt = _urgent(office, leader)
    office.clock.advance(timedelta(days=1))
    courier.deliver(_acknowledged(receipt, office), receipt.report_id)
    leader = office.leader()
    progress = leader.get(f"/v1/receipts/{receipt.number}").json["progress"]
    assert progress["acknowledged_zh"] == "市值班员 周静 于 2026-11-25 09:00 签收"


def test_R04_an_acknowledgement_holds_for_every_version_in_any_order(office: Office, courier: ServiceHarness) -> None:
    leader = office.leader()
    first = _urgent(office, leader)
    for _ in range(2):
        courier.deliver(_acknowledged(first, office), first.report_id)  # before intake told of the registration
    courier.deliver(_registered(first), first.report_id)
    office.return_report(first)
    second = _urgent(office, leader, report_id=str(first.report_id))
    for number in (first.number, second.number):
        assert leader.get(f"/v1/receipts/{number}").json["progress"]["acknowledged_by"] == "周静"


def test_R04_what_is_not_urgent_says_nothing_of_acknowledgement(office: Office, courier: ServiceHarness) -> None:
    leader = office.leader()
    receipt = _accepted(office, leader)
    assert leader.get(f"/v1/receipts/{receipt.number}").json["progress"]["acknowledged_zh"] is None


def test_R04_the_receipts_page_shows_the_acknowledgement(office: Office, courier: ServiceHarness) -> None:
    leader = office.leader()
    receipt = _urgent(office, leader)
    page = leader.get(f"/receipts/{receipt.number}").text
    assert "市值班员尚未签收" in page
    courier.deliver(_acknowledged(receipt, office), receipt.report_id)
    assert "市值班员 周静 于 09:00 签收" in leader.get(f"/receipts/{receipt.number}/progress").text


def test_R16_the_audit_administrator_does_not_learn_who_acknowledged(office: Office, courier: ServiceHarness) -> None:
    receipt = _urgent(office, office.leader())
    courier.deliver(_acknowledged(receipt, office), receipt.report_id)
    auditor = office.administrator(Role.AUDIT_ADMINISTRATOR)
    progress = auditor.get(f"/v1/receipts/{receipt.number}").json["progress"]
    assert (progress["state"], progress["acknowledged_by"], progress["acknowledged_zh"]) == ("accepted", None, None)


def test_R14_later_versions_of_a_person_replace_earlier_ones_in_any_order(
    office: Office, courier: ServiceHarness
) -> None:
    person_id = uuid4()
    post = PostHeld(unit_id=office.unit_id, role=Role.RESPONSIBLE_LEADER, title="副主任", valid_from=LONG_AGO)
    later = PersonRecorded(person_id=person_id, name="李强", unit_id=office.unit_id, posts=[])
    earlier = later.model_copy(update={"posts": [post]})
    courier.deliver(later, person_id, 2)
    courier.deliver(earlier, person_id, 1)
    with office.parts.database.reading() as session:
        assert session.scalar(text("SELECT posts FROM people WHERE person_id = :id"), {"id": person_id}) == []


def test_R14_units_are_known_for_new_clients(office: Office, courier: ServiceHarness) -> None:
    unit_id, sysadmin = uuid4(), office.administrator(Role.SYSTEM_ADMINISTRATOR)
    body = {"name": "区系统", "unit_id": str(unit_id)}
    assert sysadmin.post("/v1/clients", body).status_code == 422
    unit = UnitRecorded(unit_id=unit_id, name="河西区", unit_class=UnitClass.DISTRICT, valid_from=LONG_AGO)
    courier.deliver(unit, unit_id)
    assert sysadmin.post("/v1/clients", body).status_code == 201


def test_R11_a_decided_report_takes_no_new_version(office: Office, courier: ServiceHarness) -> None:
    leader = office.leader()
    receipt = _accepted(office, leader)
    adopted = ReportAdopted(
        **_of(receipt), adoption_id=uuid4(), publication_code="daily", issue_id=uuid4(), adopted_by="陈静"
    )
    courier.deliver(adopted, receipt.report_id, 3)
    body = {"kind": "development", "title": "题", "body": "文", "report_id": str(receipt.report_id)}
    assert office.signed_report(leader, body).status_code == 409


@pytest.mark.parametrize("undoing", [AdoptionWithdrawn, DecisionUndone])
def test_R11_after_a_withdrawn_adoption_or_an_undone_decision_the_receipt_says_that_it_is_in_hand(
    office: Office, courier: ServiceHarness, undoing: type[AdoptionWithdrawn | DecisionUndone]
) -> None:
    leader, results = office.leader(), set()
    for seed in range(3):
        receipt = _accepted(office, leader)
        adoption_id = uuid4()
        adopted = ReportAdopted(
            **_of(receipt), adoption_id=adoption_id, publication_code="daily", issue_id=uuid4(), adopted_by="陈静"
        )
        words = {"adoption_id": adoption_id, "reason": "重复"} if undoing is AdoptionWithdrawn else {
            "decision": ReportState.ADOPTED, "undone_by": "陈静",
        }  # fmt: skip
        events = [(_registered(receipt), 1), (adopted, 3), (undoing(**_of(receipt), **words), 4)] * 2
        random.Random(seed).shuffle(events)
        for data, version in events:
            courier.deliver(data, receipt.report_id, version)
        progress = leader.get(f"/v1/receipts/{receipt.number}").json["progress"]
        results.add((progress["decision"], progress["decided_at"]))
    assert results == {(None, None)}


def test_R04_watermark_job_announces_and_expired_sessions_go(office: Office, courier: ServiceHarness) -> None:
    office.officer()
    courier.run_job("watermark")
    office.clock.advance(timedelta(hours=13))
    courier.run_job("expired-sessions")
    with office.parts.database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM sessions")) == 0
    assert len(courier.outbox(WatermarkAdvanced)) == 1


def test_R25_figures_are_read_from_the_database(office: Office, courier: ServiceHarness) -> None:
    _accepted(office, office.leader())
    courier.run_job("watermark")
    office.clock.advance(timedelta(minutes=5))
    with office.parts.database.reading() as session:
        values = {
            figure.name: list(figure.read(session, office.clock.now())) for figure in courier.service.figures
        }
    assert values == {
        "chengbao_receipts_total": [(("development",), 1.0)],
        "chengbao_receipts_not_handed_on": [((), 1.0)],
        "chengbao_watermark_age_seconds": [((), pytest.approx(300, abs=1))],
        "chengbao_receipts_unregistered": [((), 1.0)],
        "chengbao_receipts_durable": [((), 1.0)],
        "chengbao_attachments_bytes": [((), 0.0)],
        "chengbao_locked_accounts": [((), 0.0)],
        "chengbao_locked_addresses": [((), 0.0)],
        "chengbao_webhook_deliveries": [(("waiting",), 0.0), (("given_up",), 0.0)],
    }


def test_R25_a_receipt_unregistered_longer_than_is_looked_back_is_not_counted(
    office: Office, courier: ServiceHarness
) -> None:
    _accepted(office, office.leader())
    read = next(one.read for one in courier.service.figures if one.name == "chengbao_receipts_unregistered")
    counts = []
    for ago in (timedelta(seconds=59), timedelta(seconds=61), LOOKED_BACK, LOOKED_BACK + timedelta(seconds=1)):
        with office.parts.database.reading() as session:
            counts.append(next(iter(read(session, office.clock.now() + ago)))[1])
    assert counts == [0, 1, 1, 0]


def test_models_and_migrations_agree(new_database: Callable[[str], str]) -> None:
    url = new_database("gateway")
    upgrade(url, FOLDER)
    engine = make_engine(url, pool_size=1)
    with engine.connect() as connection:
        known = set(metadata.tables)
        context = MigrationContext.configure(
            connection, opts={"include_name": lambda name, kind, _: kind != "table" or name in known}
        )
        differences = compare_metadata(context, metadata)
    engine.dispose()
    assert differences == []
