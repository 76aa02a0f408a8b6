"""R07: corrections and withdrawals on the desk; what is published is never rewritten, editors see it and act."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from contracts.events.gateway import AmendmentTold
from contracts.events.intake import ReportRegistered
from contracts.events.review import AdoptionWithdrawn, AmendmentReceived
from contracts.rpc.amendments import AmendedDecision
from contracts.vocabulary import AmendmentAct, DeskPlace, DeskState, IssueState
from kernel.errors import Conflict, NotFound, StaleVersion
from tests.factories.review import CHIEF, EDITOR, OTHER_EDITOR, ReviewOffice, at_once, new_version, registered


def amended(report: ReportRegistered, act: AmendmentAct, **changes: Any) -> ReportRegistered:
    return new_version(report, amendment=AmendmentTold(act=act, reason="数字有误"), **changes)


def corrected(report: ReportRegistered) -> ReportRegistered:
    return amended(report, AmendmentAct.CORRECTION, body="更正：二十一个小区。")


def withdrawn(report: ReportRegistered) -> ReportRegistered:
    return amended(report, AmendmentAct.WITHDRAWAL)


def waiting(office: ReviewOffice) -> list[Any]:
    items: list[Any] = office.do("list_amended_publications", EDITOR).items
    return items


def test_R07_a_correction_shows_the_newest_version_and_says_so(office: ReviewOffice) -> None:
    report = registered()
    office.register(report, corrected(report))
    item = office.item(report)
    assert (item.body, item.amended_act, item.state) == ("更正：二十一个小区。", "correction", DeskState.WAITING)


def test_R07_whoever_claimed_it_keeps_a_corrected_one_and_loses_a_withdrawn_one_and_is_told(
    office: ReviewOffice,
) -> None:
    for act, state in ((AmendmentAct.CORRECTION, DeskState.CLAIMED), (AmendmentAct.WITHDRAWAL, DeskState.DECIDED)):
        report = registered()
        office.register(report)
        office.do("claim_report", EDITOR, report_id=report.report_id)
        office.register(amended(report, act))
        told = office.told(AmendmentReceived)[-1]
        assert (told.act, told.place, str(told.held_by_id)) == (act, DeskPlace.CLAIMED, EDITOR.id)
        assert office.item(report).state == state


def test_R07_a_withdrawn_report_is_out_of_the_queue_and_is_not_adopted_a_second_later(office: ReviewOffice) -> None:
    issue, report = office.open_issue(), registered()
    office.register(report, withdrawn(report))
    assert office.do("list_queue", EDITOR).items == []
    with pytest.raises(Conflict, match="withdrawn"):
        office.do("adopt_report", EDITOR, report_id=report.report_id, issue_id=issue.issue_id)


def test_R07_adopting_and_withdrawing_at_once_never_publishes_what_was_withdrawn(office: ReviewOffice) -> None:
    for _ in range(5):
        issue, report = office.open_issue(), registered()
        office.register(report)
        adopt = {"report_id": report.report_id, "issue_id": issue.issue_id}
        at_once(
            lambda one=adopt: office.do("adopt_report", EDITOR, **one),
            lambda one=report: office.register(withdrawn(one)),
        )
        with pytest.raises(Conflict):
            office.publish(issue.issue_id)


@pytest.mark.parametrize("act", list(AmendmentAct))
def test_R07_an_issue_being_composed_marks_it_and_is_not_published_with_it(
    office: ReviewOffice, act: AmendmentAct
) -> None:
    issue = office.open_issue()
    report = office.adopted(issue.issue_id)
    office.register(amended(report, act))
    (item,) = office.do("get_issue", EDITOR, issue_id=issue.issue_id).items
    assert item.amended is act
    with pytest.raises(Conflict) as refused:
        office.publish(issue.issue_id)
    assert report.number in refused.value.detail_zh
    office.do("withdraw_adoption", EDITOR, report_id=report.report_id, reason="已更正")
    after = DeskState.WAITING if act is AmendmentAct.CORRECTION else DeskState.DECIDED
    assert office.item(report).state == after


def test_R07_a_published_one_keeps_its_text_and_waits_for_the_editors_decision(office: ReviewOffice) -> None:
    issue = office.open_issue()
    report = office.adopted(issue.issue_id)
    office.publish(issue.issue_id)
    second = corrected(report)
    office.register(second)
    shown = office.do("get_issue", CHIEF, issue_id=issue.issue_id)
    assert (shown.state, shown.items[0].body) == (IssueState.PUBLISHED, report.body)
    (listed,) = waiting(office)
    assert (listed.report_version, listed.receipt_number) == (2, second.receipt_number)
    assert office.told(AmendmentReceived)[-1].place is DeskPlace.PUBLISHED
    decide = {"report_id": report.report_id, "decision": AmendedDecision.CORRECTION_ISSUE, "note": "下期更正"}
    with pytest.raises(StaleVersion):
        office.do("decide_amended", EDITOR, report_version=1, **decide)
    office.do("decide_amended", EDITOR, report_version=2, **decide)
    assert waiting(office) == []
    with pytest.raises(Conflict):
        office.do("decide_amended", OTHER_EDITOR, report_version=2, **decide)
    office.register(withdrawn(second))
    assert [one.act for one in waiting(office)] == [AmendmentAct.WITHDRAWAL]


def test_R07_withdrawing_the_adoption_is_one_of_the_decisions(office: ReviewOffice) -> None:
    issue = office.open_issue()
    report = office.adopted(issue.issue_id)
    office.publish(issue.issue_id)
    office.register(withdrawn(report))
    decide = {"report_version": 2, "decision": AmendedDecision.WITHDRAW_ADOPTION, "note": "单位已撤回"}
    office.do("decide_amended", EDITOR, report_id=report.report_id, **decide)
    assert [told.reason for told in office.told(AdoptionWithdrawn)] == ["单位已撤回"]
    assert office.item(report).decision == "withdrawn"
    with pytest.raises(NotFound):
        office.do("decide_amended", EDITOR, report_id=report.report_id, **decide)


def test_R07_any_order_and_doubles_end_withdrawn(office: ReviewOffice) -> None:
    for order in permutations(range(3)):
        first = registered()
        second = corrected(first)
        versions = [first, second, withdrawn(second)]
        for place in (*order, *order):
            office.register(versions[place])
        item = office.item(first)
        assert (item.state, item.decision, item.report_version) == (DeskState.DECIDED, "withdrawn", 3)
