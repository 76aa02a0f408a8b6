"""R07: the verification record is only added to; a unit reads its conclusions, nobody reads above his clearance."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.events.intake import ReportReclassified, ReportRegistered
from contracts.rpc.attachments import Attachment, MediaType
from contracts.rpc.verifications import Conclusion, Verification
from contracts.vocabulary import FindingKind, Role, Secrecy
from kernel.errors import Conflict, Forbidden, Invalid, NotFound
from kernel.principal import Principal
from tests.factories.review import (
    CHIEF,
    EDITOR,
    FOREIGN_OFFICER,
    HEPING,
    NOW,
    OFFICER,
    ReviewOffice,
    at_once,
    new_version,
    person,
    registered,
    signed,
)

DUTY = person("值班员何勇", Role.DUTY_OFFICER)
CLEARED = Principal(EDITOR.id, EDITOR.name, None, EDITOR.roles, clearance="secret")
FILE = Attachment(digest="sha256:" + "a" * 64, size=1, media_type=MediaType.TEXT, name="名单.txt")


def record(office: ReviewOffice, report_id: UUID, by: Principal = EDITOR, **changes: Any) -> Verification:
    values = {
        "verification_id": uuid4(), "report_id": report_id, "asked_name": "吴主任", "asked_at": NOW,
        "question": "改造了多少个小区？", "answer": "二十个。", "conclusion": Conclusion.CONFIRMED,
    } | changes  # fmt: skip
    kept: Verification = office.do("record_verification", by, **values)
    return kept


def listed(office: ReviewOffice, report: ReportRegistered, by: Principal = EDITOR) -> Any:
    return office.do("list_verifications", by, report_id=report.report_id)


@pytest.fixture
def report(office: ReviewOffice) -> ReportRegistered:
    lying = registered(attachments=[FILE.model_dump()])
    office.register(lying)
    return lying


def test_R07_the_newest_question_concludes_whatever_was_entered_last(
    office: ReviewOffice, report: ReportRegistered
) -> None:
    record(office, report.report_id, asked_at=None, conclusion=Conclusion.CONTRADICTED, documents=["台账"])
    record(office, report.report_id, CHIEF, asked_at=NOW - timedelta(hours=2), attachments=[FILE.digest])
    told = listed(office, report)
    assert [(entry.recorded_by, entry.conclusion) for entry in told.items] == [
        (EDITOR.name, Conclusion.CONTRADICTED), (CHIEF.name, Conclusion.CONFIRMED),
    ]  # fmt: skip
    newest = told.items[0]
    assert (told.conclusion, newest.documents, newest.asked_at) == (Conclusion.CONTRADICTED, ["台账"], NOW)


def test_R07_a_correction_is_a_new_entry_and_the_old_one_stays(office: ReviewOffice, report: ReportRegistered) -> None:
    first = record(office, report.report_id, asked_at=NOW - timedelta(hours=1), conclusion=Conclusion.CONTRADICTED)
    second = record(office, report.report_id, CHIEF, asked_at=None, corrects_id=first.verification_id)
    assert second.asked_at == first.asked_at
    told = listed(office, report)
    assert {entry.verification_id: entry.corrected_by_id for entry in told.items} == {
        first.verification_id: second.verification_id, second.verification_id: None,
    }  # fmt: skip
    assert told.conclusion is Conclusion.CONFIRMED
    conclusions = office.do("list_conclusions", OFFICER, report_id=report.report_id).items
    assert [one.conclusion for one in conclusions] == [Conclusion.CONFIRMED]
    with pytest.raises(Conflict):
        record(office, report.report_id, corrects_id=first.verification_id)


def test_R07_an_entry_says_which_version_it_was_about(office: ReviewOffice, report: ReportRegistered) -> None:
    record(office, report.report_id)
    office.register(new_version(report))
    record(office, report.report_id, asked_at=NOW + timedelta(minutes=1))
    assert [entry.report_version for entry in listed(office, report).items] == [2, 1]


def test_R07_the_unit_is_told_conclusion_and_time_and_nothing_else(
    office: ReviewOffice, report: ReportRegistered
) -> None:
    record(office, report.report_id)
    (told,) = office.do("list_conclusions", OFFICER, report_id=report.report_id).items
    assert told.model_dump() == {"conclusion": Conclusion.CONFIRMED, "asked_at": NOW}
    for report_id in (report.report_id, uuid4()):
        with pytest.raises(NotFound):
            office.do("list_conclusions", FOREIGN_OFFICER, report_id=report_id)


def test_R07_a_duty_officer_adds_and_reads_only_what_he_heard_himself(
    office: ReviewOffice, report: ReportRegistered
) -> None:
    record(office, report.report_id, question="密问", answer="密答", documents=["密件"])
    record(office, report.report_id, DUTY, asked_at=NOW + timedelta(minutes=1))
    own, others = listed(office, report, DUTY).items
    assert (own.answer, others.conclusion, others.asked_name) == ("二十个。", Conclusion.CONFIRMED, "吴主任")
    assert "密" not in others.model_dump_json()
    with pytest.raises(Forbidden):
        record(office, report.report_id, DUTY, corrects_id=others.verification_id)
    record(office, report.report_id, DUTY, corrects_id=own.verification_id)


def test_R07_nobody_verifies_what_he_wrote_or_signed_himself(office: ReviewOffice) -> None:
    for own in (signed(author_id=EDITOR.person_id), signed(signer_id=EDITOR.person_id)):
        office.register(lying := registered(sign_off=own))
        with pytest.raises(Forbidden):
            record(office, lying.report_id)


def test_R07_a_raised_class_hides_the_record_from_everybody_not_cleared(
    office: ReviewOffice, report: ReportRegistered
) -> None:
    record(office, report.report_id)
    raised = ReportReclassified(
        report_id=report.report_id, number=report.number, unit_id=report.unit_id, secrecy=Secrecy.SECRET,
        known_as=[report.report_id], deadline_ids=[], raised_by="钱信息员", raised_at=NOW,
    )  # fmt: skip
    office.harness.deliver(raised, raised.report_id, 1)
    for act in (
        lambda: listed(office, report), lambda: listed(office, report, DUTY), lambda: record(office, report.report_id),
        lambda: office.do("list_conclusions", OFFICER, report_id=report.report_id),
    ):  # fmt: skip
        with pytest.raises(NotFound):
            act()
    assert len(listed(office, report, CLEARED).items) == 1


def test_R07_bad_entries_are_refused_and_nothing_is_kept(office: ReviewOffice, report: ReportRegistered) -> None:
    other = registered()
    office.register(other)
    elsewhere = record(office, other.report_id)
    refused: list[tuple[type[Exception], dict[str, Any]]] = [
        (Invalid, {"asked_at": NOW + timedelta(minutes=3)}), (Invalid, {"attachments": ["sha256:" + "b" * 64]}),
        (Invalid, {"corrects_id": elsewhere.verification_id}), (Invalid, {"corrects_id": uuid4()}),
        (Conflict, {"verification_id": elsewhere.verification_id}), (NotFound, {"report_id": uuid4()}),
        (ValueError, {"answer": " "}), (ValueError, {"asked_name": "\x00"}), (ValueError, {"conclusion": "true"}),
        (ValueError, {"documents": ["件"] * 21}), (ValueError, {"asked_at": NOW.replace(tzinfo=None)}),
    ]  # fmt: skip
    for refusal, changes in refused:
        with pytest.raises(refusal):
            record(office, **{"report_id": report.report_id} | changes)
    assert listed(office, report).items == []


def test_R07_however_many_correct_an_entry_at_once_one_does(office: ReviewOffice, report: ReportRegistered) -> None:
    first = record(office, report.report_id)
    outcomes = at_once(*(lambda: record(office, report.report_id, corrects_id=first.verification_id) for _ in range(5)))
    assert sum(isinstance(outcome, Verification) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 4


def test_R07_a_finding_names_a_verification_in_force_as_grounds(
    office: ReviewOffice, report: ReportRegistered
) -> None:
    wrong = record(office, report.report_id)
    right = record(office, report.report_id, conclusion=Conclusion.CONTRADICTED, corrects_id=wrong.verification_id)
    proposed = {
        "kind": FindingKind.FALSE, "unit_id": HEPING, "report_id": report.report_id, "facts": "数字不实。",
        "grounds": "见核实记录。",
    }  # fmt: skip
    for unusable in (wrong.verification_id, uuid4()):
        with pytest.raises(Invalid):
            office.do("propose_finding", EDITOR, **proposed, finding_id=uuid4(), verification_id=unusable)
    finding = office.do(
        "propose_finding", EDITOR, **proposed, finding_id=uuid4(), verification_id=right.verification_id
    )
    seen = office.do("get_finding", OFFICER, finding_id=finding.finding_id).verification
    assert seen.model_dump() == {"conclusion": Conclusion.CONTRADICTED, "asked_at": NOW}
