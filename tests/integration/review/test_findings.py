"""R07: findings need grounds, the unit's right of reply and a second person; nothing of another unit's is seen."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from contracts.events.review import FindingConfirmed, FindingDropped, FindingProposed
from contracts.rpc.findings import Finding, FindingState
from contracts.vocabulary import FindingKind, Role, Severity
from kernel.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from tests.factories.review import (
    CHIEF,
    EDITOR,
    FOREIGN_OFFICER,
    HANGU,
    HEPING,
    OFFICER,
    ReviewOffice,
    at_once,
    person,
    registered,
    urgent,
)

OTHER_CHIEF = person("孙总编", Role.CHIEF_EDITOR)


def propose(office: ReviewOffice, by: Any = EDITOR, **changes: Any) -> Finding:
    values = {
        "finding_id": uuid4(), "kind": FindingKind.CONCEALED, "unit_id": HEPING, "facts": "某厂爆炸未报。",
        "grounds": "市应急管理局核查记录。",
    } | changes  # fmt: skip
    finding: Finding = office.do("propose_finding", by, **values)
    return finding


def decide(office: ReviewOffice, finding: Finding, by: Any = CHIEF, decision: str = "confirmed") -> Finding:
    decided: Finding = office.do(
        "decide_finding", by, finding_id=finding.finding_id, decision=decision, reason="事实清楚。"
    )
    return decided


def reply(office: ReviewOffice, finding: Finding, by: Any = OFFICER) -> Finding:
    said: Finding = office.do("reply_to_finding", by, finding_id=finding.finding_id, text="当时通信中断。")
    return said


def test_R07_a_finding_without_a_report_is_answered_and_confirmed_by_a_second_person(office: ReviewOffice) -> None:
    finding = propose(office)
    (told,) = office.told(FindingProposed)
    assert (told.unit_id, told.reply_due_at) == (HEPING, finding.reply_due_at)
    assert [said.text for said in reply(office, finding).replies] == ["当时通信中断。"]
    decided = decide(office, finding)
    assert (decided.state, len(decided.replies)) == (FindingState.CONFIRMED, 1)
    (confirmed,) = office.told(FindingConfirmed)
    assert (confirmed.kind, confirmed.title) == (FindingKind.CONCEALED, "某厂爆炸未报。")


def test_R07_without_a_reply_it_is_confirmed_only_after_the_due_time(office: ReviewOffice) -> None:
    finding = propose(office)
    with pytest.raises(Conflict):
        decide(office, finding)
    office.harness.clock.at = finding.reply_due_at - timedelta(seconds=1)
    with pytest.raises(Conflict):
        decide(office, finding)
    office.harness.clock.at = finding.reply_due_at
    assert decide(office, finding).state is FindingState.CONFIRMED


def test_R07_who_proposed_it_does_not_decide_and_it_may_be_dropped_at_any_time(office: ReviewOffice) -> None:
    finding = propose(office, CHIEF)
    with pytest.raises(Forbidden):
        decide(office, finding, CHIEF, "dropped")
    assert decide(office, finding, OTHER_CHIEF, "dropped").state is FindingState.DROPPED
    assert [told.reason for told in office.told(FindingDropped)] == ["事实清楚。"]
    for act in (lambda: decide(office, finding, OTHER_CHIEF), lambda: reply(office, finding)):
        with pytest.raises(Conflict):
            act()


def test_R07_another_units_finding_is_not_there(office: ReviewOffice) -> None:
    finding = propose(office)
    assert office.do("list_findings", FOREIGN_OFFICER).items == []
    for act in (
        lambda: office.do("get_finding", FOREIGN_OFFICER, finding_id=finding.finding_id),
        lambda: reply(office, finding, FOREIGN_OFFICER),
    ):
        with pytest.raises(NotFound):
            act()
    assert [one.finding_id for one in office.do("list_findings", OFFICER).items] == [finding.finding_id]


def test_R07_a_false_report_is_named_and_is_the_units_own_and_no_drill(office: ReviewOffice) -> None:
    report, drill = registered(), urgent(Severity.MAJOR, drill=True)
    first = urgent(Severity.MAJOR)
    office.register(report, drill, first)
    false = {"kind": FindingKind.FALSE, "report_id": report.report_id}
    assert propose(office, **false).report_number == report.number
    refused: list[tuple[type[Refusal], dict[str, Any]]] = [
        (Invalid, {"kind": FindingKind.FALSE}), (Invalid, false | {"unit_id": HANGU}),
        (Conflict, false | {"report_id": drill.report_id}), (NotFound, false | {"report_id": uuid4()}),
        (Conflict, {"kind": FindingKind.LATE, "report_id": first.report_id}), (Invalid, {"unit_id": uuid4()}),
    ]  # fmt: skip
    for refusal, changes in refused:
        with pytest.raises(refusal):
            propose(office, **changes)


def test_R07_however_many_decide_at_once_it_is_decided_once(office: ReviewOffice) -> None:
    finding = propose(office)
    reply(office, finding)
    outcomes = at_once(*(lambda: decide(office, finding) for _ in range(5)))
    assert sum(isinstance(outcome, Finding) for outcome in outcomes) == 1
    assert len(office.told(FindingConfirmed)) == 1
