"""Several units' reports as one item of an issue, with divided credit (R08, R11, notice 五(四))."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from contracts.events.intake import ReportReclassified
from contracts.events.issues import IssueItemWithdrawn
from contracts.events.review import IssuePublished
from contracts.rpc import issues as issue_rpc
from contracts.rpc.combined import Share
from contracts.vocabulary import Secrecy
from kernel.errors import Conflict, Invalid, NotFound, Refusal, StaleVersion
from tests.factories.review import CHIEF, EDITOR, HANGU, NOW, OTHER_EDITOR, ReviewOffice, at_once


@dataclass
class Composition:
    """An issue with three adopted reports."""

    office: ReviewOffice
    issue_id: UUID
    reports: list[Any]
    ids: list[UUID]

    @property
    def issue(self) -> issue_rpc.Issue:
        issue: issue_rpc.Issue = self.office.do("get_issue", EDITOR, issue_id=self.issue_id)
        return issue

    def do(self, method: str, adoption: int = 0, **fields: Any) -> issue_rpc.Issue:
        issue: issue_rpc.Issue = self.office.do(
            method, EDITOR, issue_id=self.issue_id, adoption_id=self.ids[adoption], **fields
        )
        return issue

    def combine(self, **fields: Any) -> issue_rpc.Issue:
        return self.do("combine_items", others=self.ids[1:], title="全市防汛情况综述", body="各区防汛情况。", **fields)

    def shares(self, *shares: str) -> list[Share]:
        return [Share(adoption_id=one, share=share) for one, share in zip(self.ids, shares, strict=True)]


@pytest.fixture
def composition(office: ReviewOffice) -> Composition:
    issue_id = office.open_issue().issue_id
    reports = [office.adopted(issue_id), office.adopted(issue_id, unit_id=HANGU), office.adopted(issue_id)]
    items = office.do("get_issue", EDITOR, issue_id=issue_id).items
    return Composition(office, issue_id, reports, [item.adoption_id for item in items])


def test_R08_three_reports_become_one_item_and_share_the_credit_equally(composition: Composition) -> None:
    (item,) = composition.combine().items
    assert (item.title, item.adoption_id, item.item_kind) == ("全市防汛情况综述", composition.ids[0], "combined")
    assert [credit.adoption_id for credit in item.credits] == composition.ids
    assert [credit.share for credit in item.credits] == [Decimal("0.3334"), Decimal("0.3333"), Decimal("0.3333")]
    assert composition.office.item(composition.reports[0]).title == composition.reports[0].title


def test_R08_shares_may_be_stated_and_must_sum_to_one(composition: Composition) -> None:
    with pytest.raises(Invalid) as refused:
        composition.combine(shares=composition.shares("0.5", "0.3", "0.3"))
    assert (refused.value.pointer, refused.value.extra["sum"]) == ("/shares", "1.1")
    assert len(composition.issue.items) == 3
    composition.combine()
    (item,) = composition.do("divide_credit", shares=composition.shares("0.5", "0.25", "0.25")).items
    assert [credit.share for credit in item.credits] == [Decimal("0.5"), Decimal("0.25"), Decimal("0.25")]


def test_R08_scoring_hears_of_each_unit_with_its_share_under_the_title_of_the_item(composition: Composition) -> None:
    composition.combine(shares=composition.shares("0.6", "0.2", "0.2"))
    composition.office.publish(composition.issue_id)
    (published,) = composition.office.told(IssuePublished)
    assert [(item.unit_id, item.share) for item in published.items] == [
        (composition.reports[place].unit_id, Decimal(share)) for place, share in enumerate(("0.6", "0.2", "0.2"))
    ]
    assert {(item.title, item.item_kind) for item in published.items} == {("全市防汛情况综述", "combined")}
    with pytest.raises(Conflict):
        composition.do("divide_credit", shares=composition.shares("0.2", "0.2", "0.6"))


def test_R11_withdrawing_one_before_publication_divides_its_credit_equally_among_the_others(
    composition: Composition,
) -> None:
    composition.combine()
    composition.office.do(
        "withdraw_adoption", EDITOR, report_id=composition.reports[0].report_id, reason="情况有变"
    )
    (item,) = composition.issue.items
    assert (item.adoption_id, item.title) == (composition.ids[1], composition.reports[1].title)
    assert [credit.share for credit in item.credits] == [Decimal("0.5"), Decimal("0.5")]
    composition.office.do(
        "withdraw_adoption", EDITOR, report_id=composition.reports[2].report_id, reason="情况有变"
    )
    (single,) = composition.issue.items
    assert (single.share, single.item_kind) == (1, "item")


def test_R11_what_is_withdrawn_after_publication_stays_in_the_issue_and_is_marked_there(
    composition: Composition,
) -> None:
    composition.combine()
    composition.office.publish(composition.issue_id)
    withdrawn = composition.office.do(
        "withdraw_adoption", EDITOR, report_id=composition.reports[2].report_id, reason="情况有变"
    )
    (item,) = composition.issue.items
    assert (item.title, withdrawn.adoption_id) == ("全市防汛情况综述", None)
    assert [credit.withdrawn_at is not None for credit in item.credits] == [False, False, True]
    (told,) = composition.office.told(IssueItemWithdrawn)
    assert told.contribution


def test_R11_the_words_of_a_combined_item_are_no_edit_copy_of_the_report_that_led_it(
    composition: Composition,
) -> None:
    """They are other units' too, perhaps of a higher class; adopted again they would credit one unit for all."""
    composition.combine()
    composition.office.publish(composition.issue_id)
    which = {"report_id": composition.reports[0].report_id}
    composition.office.do("withdraw_adoption", EDITOR, **which, reason="情况有变")
    (told,) = composition.office.do("list_adoptions", OTHER_EDITOR, **which).items
    assert (told.withdrawn_by, told.title, told.body) == (EDITOR.name, None, None)


def test_R11_a_report_taken_out_stands_with_its_own_words_again(composition: Composition) -> None:
    composition.combine()
    combined, single = composition.do("separate_item", adoption=2).items
    assert (single.title, single.share) == (composition.reports[2].title, 1)
    assert [credit.share for credit in combined.credits] == [Decimal("0.5"), Decimal("0.5")]
    with pytest.raises(Conflict):
        composition.do("separate_item", adoption=2)
    titles = {item.adoption_id: item.title for item in composition.do("separate_item").items}
    assert titles == {one: report.title for one, report in zip(composition.ids, composition.reports, strict=True)}


def test_R07_a_raised_class_takes_the_combined_words_with_it(composition: Composition) -> None:
    composition.combine()
    raised = composition.reports[1]
    event = ReportReclassified(
        report_id=raised.report_id, number=raised.number, unit_id=raised.unit_id, secrecy=Secrecy.SECRET,
        known_as=[raised.report_id], deadline_ids=[], raised_by="王编辑", raised_at=NOW,
    )  # fmt: skip
    composition.office.harness.deliver(event, raised.report_id, 1)
    (item,) = composition.issue.items
    assert (item.title, item.body) == (composition.reports[0].title, composition.reports[0].body)
    assert raised.unit_name not in [credit.unit_name for credit in item.credits]


def test_R11_what_was_withdrawn_a_second_ago_is_not_combined_and_of_two_revisions_one_is_told(
    composition: Composition,
) -> None:
    office, issue_id = composition.office, composition.issue_id
    seen = composition.issue.items[0]
    fields = {"issue_id": issue_id, "adoption_id": seen.adoption_id, "version": seen.version, "body": "编辑稿。"}
    results = at_once(
        *[lambda e=e: office.do("revise_item", e, **fields, title=e.name) for e in (EDITOR, OTHER_EDITOR, CHIEF)]
    )
    assert sum(isinstance(result, StaleVersion) for result in results) == 2
    office.do("withdraw_adoption", EDITOR, report_id=composition.reports[1].report_id, reason="重复")
    with pytest.raises(NotFound):
        composition.combine()
    acts = [
        lambda: office.do("withdraw_adoption", EDITOR, report_id=composition.reports[2].report_id, reason="重复"),
        lambda: composition.do("combine_items", others=[composition.ids[2]]),
    ]
    results = at_once(*acts)
    assert not isinstance(results[0], Refusal)
    assert [len(item.credits) for item in composition.issue.items] == [1]


def test_R11_an_item_stands_in_a_column_of_its_publication(office: ReviewOffice) -> None:
    issue = office.open_issue()
    office.do("record_publication", CHIEF, code="brief", name="每日要情", columns=["要闻", "民生"])
    with pytest.raises(Invalid) as refused:
        office.adopted_into(issue.issue_id, column="体育")
    assert refused.value.pointer == "/column"
    office.adopted_into(issue.issue_id, column="民生")
    (item,) = office.do("get_issue", EDITOR, issue_id=issue.issue_id).items
    assert item.column == "民生"
