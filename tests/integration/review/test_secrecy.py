"""R07: a class raised at intake hides the report on the desk, in issues, instructions, feedback; any order, doubles."""

from __future__ import annotations

from itertools import permutations
from typing import Any
from uuid import uuid4

import pytest

from contracts.events.intake import ReportReclassified, ReportRegistered
from contracts.events.review import AdoptionWithdrawn, IssuePublished
from contracts.rpc.secrecy import WITHHELD_TITLE
from contracts.vocabulary import Secrecy
from kernel.errors import NotFound, Refusal
from kernel.principal import Principal
from tests.factories.review import (
    CHIEF,
    EDITOR,
    HEPING,
    LEADER,
    NOW,
    OFFICER,
    SECRETARY,
    SUPERVISOR,
    ReviewOffice,
    at_once,
    feedback,
    new_version,
    registered,
)

WORD = "凤凰山军用机场"
CLEARED = Principal(EDITOR.id, EDITOR.name, None, EDITOR.roles, clearance="secret")


def raised(report: ReportRegistered, secrecy: Secrecy = Secrecy.SECRET) -> ReportReclassified:
    return ReportReclassified(
        report_id=report.report_id, number=report.number, unit_id=report.unit_id, secrecy=secrecy,
        known_as=[report.report_id], deadline_ids=[], raised_by="钱信息员", raised_at=NOW,
    )


def hear(office: ReviewOffice, event: ReportReclassified) -> None:
    office.harness.deliver(event, event.report_id, tuple(Secrecy).index(event.secrecy))


def everything(office: ReviewOffice, by: Principal, report: ReportRegistered) -> str:
    asked: list[tuple[str, dict[str, Any]]] = [
        ("list_queue", {}), ("list_queue", {"q": WORD}), ("list_queue", {"state": "decided"}), ("list_issues", {}),
        ("list_instructions", {}), ("list_assignments", {}), ("get_desk_item", {"report_id": report.report_id}),
        ("open_desk_item", {"report_id": report.report_id}),
    ]  # fmt: skip
    answers = []
    for method, fields in asked:
        try:
            answers.append(office.do(method, by, **fields).model_dump_json())
        except Refusal as refusal:
            answers.append(f"{refusal}{refusal.detail_zh}")
    return "\n".join(answers)


def test_R07_published_adopted_and_instructed_upon_it_is_hidden_everywhere(office: ReviewOffice) -> None:
    issue = office.open_issue()
    report = office.adopted(issue.issue_id, title=f"{WORD}扩建", body=f"{WORD}征地完成。")
    office.publish(issue.issue_id)
    assignment = {"unit_id": HEPING, "requirement": "请反馈", "due_at": NOW.replace(month=12)}
    office.do(
        "record_instruction", LEADER, instruction_id=uuid4(), issue_id=issue.issue_id, report_id=report.report_id,
        leader="陈副市长", text="请研究", instruction_class="for_action", given_at=NOW,
        assignments=[assignment],
    )
    readers = (EDITOR, CHIEF, SECRETARY, SUPERVISOR, OFFICER)
    assert all(WORD in everything(office, reader, report) for reader in readers)
    hear(office, raised(report))
    assert not any(WORD in everything(office, reader, report) for reader in readers)
    assert WORD in everything(office, CLEARED, report)


def test_R07_an_issue_being_composed_loses_it_and_can_be_published_without(office: ReviewOffice) -> None:
    issue = office.open_issue()
    kept, report = office.adopted(issue.issue_id), office.adopted(issue.issue_id, title=f"{WORD}扩建")
    hear(office, raised(report))
    (withdrawn,) = office.told(AdoptionWithdrawn)
    assert (withdrawn.report_id, withdrawn.title) == (report.report_id, WITHHELD_TITLE)
    office.publish(issue.issue_id)
    (published,) = office.told(IssuePublished)
    assert [item.report_id for item in published.items] == [kept.report_id]


def test_R07_what_was_raised_a_moment_ago_is_not_adopted(office: ReviewOffice) -> None:
    issue, report = office.open_issue(), registered(title=f"{WORD}扩建")
    office.register(report)
    hear(office, raised(report))
    with pytest.raises(NotFound):
        office.do("adopt_report", EDITOR, report_id=report.report_id, issue_id=issue.issue_id)


def test_R07_any_order_and_doubles_end_hidden_in_the_highest_class(office: ReviewOffice) -> None:
    for order in permutations(range(4)):
        first = registered(title=f"{WORD}扩建")
        heard = [first, new_version(first), raised(first), raised(first, Secrecy.TOP_SECRET)]
        for place in (*order, *order):
            event = heard[place]
            hear(office, event) if isinstance(event, ReportReclassified) else office.register(event)
    assert WORD not in everything(office, EDITOR, first) + everything(office, CLEARED, first)


def test_R07_registering_and_raising_at_once_never_leaves_it_open(office: ReviewOffice) -> None:
    for _ in range(5):
        report = registered(title=f"{WORD}扩建")
        at_once(lambda one=report: office.register(one), lambda one=report: hear(office, raised(one)))
        assert WORD not in everything(office, EDITOR, report)


def test_R07_a_feedback_that_was_raised_shows_no_word(office: ReviewOffice) -> None:
    assignment = office.assign()
    answer = feedback(assignment.assignment_id, NOW, body=f"{WORD}已整改。")
    hear(office, raised(answer))
    office.register(answer)
    (shown,) = office.assignment(assignment.assignment_id).feedback
    assert (shown.receipt_number, shown.title) == (answer.receipt_number, WITHHELD_TITLE)
    assert WORD not in shown.body


def test_R07_the_title_of_a_raised_report_is_not_told_with_a_later_instruction(office: ReviewOffice) -> None:
    issue = office.open_issue()
    report = office.adopted(issue.issue_id, title=f"{WORD}扩建")
    office.publish(issue.issue_id)
    hear(office, raised(report))
    given = office.do(
        "record_instruction", LEADER, instruction_id=uuid4(), issue_id=issue.issue_id, report_id=report.report_id,
        leader="陈副市长", text="请研究", instruction_class="for_action", given_at=NOW, assignments=[],
    )
    assert given.report_title == WITHHELD_TITLE
