"""Issue 4, bad input: a call for what is another's is refused as if it were absent, and leaves one entry."""

from __future__ import annotations

import threading
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from contracts.rpc.drafts import DraftId
from contracts.rpc.refused_attempts import AttemptKind, AttemptReason, ListRefusedAttempts
from contracts.vocabulary import UNIT_ROLES, Role
from kernel.audit import attempts as kept
from kernel.audit.keys import key_id
from kernel.audit.verification import verify
from kernel.errors import Forbidden, NotFound
from tests.factories.attempts import CITY_ROLES, ask_for_all, call, entries, forget, left_without_role, rows
from tests.factories.intake import HEXI, JINNAN, AcceptedFactory, ContentFactory, PersonFactory
from tests.integration.intake.conftest import Office
from tests.integration.intake.test_incidents import open_with
from tests.integration.intake.test_pre_reports import call as pre_report
from tests.integration.intake.test_secrecy import raise_class, submitted
from tests.integration.intake.test_trainings import record

STRANGER = PersonFactory.officer(JINNAN, "外单位信息员")
AUDITOR = PersonFactory.of_the_city(Role.AUDIT_ADMINISTRATOR, "审计管理员")


def things(office: Office) -> dict[str, UUID]:
    """One thing of each kind that belongs to the district, by the field that names it."""
    officer = PersonFactory.officer()
    urgent = AcceptedFactory.of(ContentFactory.urgent(), office.clock.now())
    office.accept(urgent)
    person = PersonFactory.recorded()
    office.call("record_person", person, PersonFactory.administrator())
    (deadline,) = office.deadlines(officer)
    return {
        "report_id": urgent.report_id,
        "report_ids": urgent.report_id,
        "follows_report_id": urgent.report_id,
        "draft_id": office.save(ContentFactory.development(), officer).draft_id,
        "deadline_id": deadline.deadline_id,
        "person_id": person.person_id,
        "incident_id": open_with(office, urgent).incident_id,
        "person_ids": person.person_id,
        "endorser_ids": person.person_id,
        "training_id": record(office, officer, person.person_id).training_id,
        "organiser_id": HEXI,
        "pre_report_id": pre_report(office, officer).pre_report_id,
        "record_pre_report.unit_id": HEXI,
    }


NEUTRAL = {
    "similar_to_text.report_id", "similar_to_text.follows_report_id", "list_trainings.person_id",
}  # fmt: skip
"""Answered without a word of the other unit's thing, which is only left out: nobody is refused, nothing is learnt."""
OPEN = {"incident_id", "deadline_id", "person_id", "person_ids", "training_id", "unit_id", "organiser_id"}
"""Not hidden from the city as such: an incident and a deadline lose the words of a raised report and stay."""
TOLD = {"get_reclassification.report_id"}
"""What was done when the class was raised is told to whoever works with reports."""
MADE_THERE = {"save_draft.draft_id"}
"""An absent id is the new thing's own."""


def test_issue4_every_call_of_a_unit_for_anothers_thing_leaves_one_entry(office: Office) -> None:
    walked = ask_for_all(office.harness, things(office), STRANGER)
    assert walked.unasked == []
    assert walked.silent() == NEUTRAL
    assert walked.doubled() == set()
    assert set(walked.told_apart) <= MADE_THERE


def test_issue4_every_call_of_the_city_for_what_was_raised_above_its_clearance_leaves_one_entry(
    office: Office,
) -> None:
    called = pre_report(office)
    of_the_call = AcceptedFactory.of(ContentFactory.urgent(pre_report_id=called.pre_report_id), office.clock.now())
    office.accept(of_the_call)
    report = submitted(office)
    for one in (report, of_the_call):
        raise_class(office, one)
    hidden = dict.fromkeys(("report_id", "report_ids", "follows_report_id"), report.report_id)
    hidden |= {"draft_id": report.draft_id, "pre_report_id": called.pre_report_id}
    walked = ask_for_all(office.harness, hidden, PersonFactory.of_the_city(Role.EDITOR), CITY_ROLES)
    assert {name.rpartition(".")[2] for name in walked.unasked} == OPEN
    assert walked.silent() == {"similar_among.report_ids", *TOLD}
    assert walked.doubled() == set()
    assert set(walked.told_apart) == TOLD


def test_issue4_whoever_holds_no_role_of_a_method_tried_to(office: Office) -> None:
    left = left_without_role(office.harness)
    assert {method: entries for method, entries in left.items() if [reason for reason, _ in entries] != ["role"]} == {}


def test_issue4_a_read_of_a_foreign_report_is_kept_as_evidence_and_the_chain_stays_whole(office: Office) -> None:
    report_id = things(office)["report_id"]
    forget(office.harness.database)
    with pytest.raises(NotFound):
        office.report(report_id, STRANGER)
    (row,) = rows(office.harness.database)
    assert (row.method, row.kind, row.reason, row.count) == ("intake.get_report", "report", "foreign", 1)
    (entry,) = entries(office.harness.database, report_id)
    assert (entry["method"], entry["reason"], entry["problem"]) == ("intake.get_report", "foreign", "not-found")
    keyring = office.harness.keyring
    keys = {key_id("intake", keyring.private_key.public_key()): keyring.private_key.public_key()}
    with office.harness.database.engine.connect() as connection:
        assert verify(connection, keys, service="intake").exit_status == 0
    page = office.call("list_refused_attempts", ListRefusedAttempts(), AUDITOR)
    assert [(item.principal_name, item.kind) for item in page.items] == [(STRANGER.name, AttemptKind.REPORT)]


def test_issue4_what_is_absent_stale_or_ones_own_is_no_attempt(office: Office) -> None:
    officer = PersonFactory.officer()
    draft = office.save(ContentFactory.development(), officer)
    forget(office.harness.database)
    for method, body, who in (
        ("get_report", {"report_id": str(uuid4())}, STRANGER),
        ("offer_draft", {"draft_id": str(draft.draft_id), "version": draft.version + 1}, officer),
        ("get_draft", {"draft_id": "x"}, officer),
        ("get_chain", {"report_id": str(uuid4())}, officer),
    ):
        assert call(office.harness, method, body, who).refusal is not None
    assert rows(office.harness.database) == []


def test_issue4_an_act_on_a_visible_thing_that_is_not_ones_to_do_is_an_attempt(office: Office) -> None:
    officer, person = PersonFactory.officer(), PersonFactory.recorded()
    office.call("record_person", person, PersonFactory.administrator())
    city = next(iter(frozenset(office.harness.service.methods["record_training"].roles) - UNIT_ROLES))
    held = record(office, PersonFactory.of_the_city(city), person.person_id, organiser_id=JINNAN)
    forget(office.harness.database)
    assert call(office.harness, "remove_training", {"training_id": str(held.training_id)}, officer).refusal is not None
    (row,) = rows(office.harness.database)
    assert (row.kind, row.subject, row.reason) == ("training", str(held.training_id), "act")


def test_issue4_a_role_that_the_gateway_would_have_stopped_is_an_attempt_in_the_service_too(office: Office) -> None:
    forget(office.harness.database)
    with pytest.raises(Forbidden):
        office.call("list_refused_attempts", ListRefusedAttempts(), STRANGER)
    (row,) = rows(office.harness.database)
    assert (row.method, row.reason, row.subject) == ("intake.list_refused_attempts", "role", "")


def test_issue4_a_poller_has_one_row_an_hour_and_an_entry_at_each_tenfold(office: Office) -> None:
    draft_id = office.save(ContentFactory.development(), PersonFactory.officer()).draft_id
    forget(office.harness.database)
    for _ in range(12):
        call(office.harness, "get_draft", {"draft_id": str(draft_id)}, STRANGER)
    office.clock.advance(timedelta(hours=1))
    call(office.harness, "get_draft", {"draft_id": str(draft_id)}, STRANGER)
    assert [row.count for row in rows(office.harness.database)] == [12, 1]
    assert [entry["count"] for entry in entries(office.harness.database, draft_id)] == [1, 10, 1]


def test_issue4_a_caller_who_tries_many_things_is_counted_in_one_row_more(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "ROWS_AN_HOUR", 3)
    officer = PersonFactory.officer()
    drafts = [office.save(ContentFactory.development(), officer).draft_id for _ in range(6)]
    forget(office.harness.database)
    for draft_id in (*drafts, drafts[0]):
        call(office.harness, "get_draft", {"draft_id": str(draft_id)}, STRANGER)
    shown = [(row.reason, row.count) for row in rows(office.harness.database)]
    assert shown == [("foreign", 2), ("foreign", 1), ("foreign", 1), ("more", 3)]
    page = office.call("list_refused_attempts", ListRefusedAttempts(reason=AttemptReason.MORE), AUDITOR)
    assert [item.method for item in page.items] == ["*"]


def test_issue4_parallel_attempts_are_one_row_that_counts_them_all(office: Office) -> None:
    draft_id = office.save(ContentFactory.development(), PersonFactory.officer()).draft_id
    forget(office.harness.database)
    gate = threading.Barrier(8)

    def attempt() -> None:
        gate.wait()
        call(office.harness, "get_draft", {"draft_id": str(draft_id)}, STRANGER)

    threads = [threading.Thread(target=attempt) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [row.count for row in rows(office.harness.database)] == [8]
    assert [entry["count"] for entry in entries(office.harness.database, draft_id)] == [1]


def test_issue4_the_refusal_stands_though_its_entry_cannot_be_written(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft_id = office.save(ContentFactory.development(), PersonFactory.officer()).draft_id
    before = kept.UNWRITTEN._value.get()

    def fail(*_: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(kept, "_write", fail)
    with pytest.raises(NotFound):
        office.draft(DraftId(draft_id=draft_id).draft_id, STRANGER)
    assert kept.UNWRITTEN._value.get() == before + 1
