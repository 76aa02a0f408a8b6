"""Issue 4, bad input, at the desk: another unit's things, one's own edit, the same person twice."""

from __future__ import annotations

from uuid import UUID

import pytest

from contracts.rpc.readings import Reader
from contracts.vocabulary import Role
from kernel.errors import Forbidden, NotFound
from services.review.model.commissions import task_id
from tests.factories.attempts import CITY_ROLES, ask_for_all, entries, forget, left_without_role, rows
from tests.factories.review import (
    EDITOR,
    FOREIGN_OFFICER,
    HEPING,
    LEADER,
    OFFICER,
    SECRETARY,
    ReviewOffice,
    person,
    registered,
)
from tests.integration.review.test_commissions import issue as issue_commission
from tests.integration.review.test_findings import propose
from tests.integration.review.test_guidance import issued as issued_guidance
from tests.integration.review.test_research import start
from tests.integration.review.test_secrecy import hear, raised


def things(office: ReviewOffice) -> dict[str, UUID]:
    """One thing of each kind that is Heping's alone, by the field that names it."""
    assignment = office.assign()
    issue = office.open_issue()
    report = office.adopted(issue.issue_id)
    (item,) = office.do("get_issue", EDITOR, issue_id=issue.issue_id).items
    commission = issue_commission(office, unit_ids=[HEPING])
    guidance = issued_guidance(office, unit_classes=["district"])
    return {
        "report_id": report.report_id,
        "adoption_id": item.adoption_id,
        "finding_id": propose(office).finding_id,
        "project_id": start(office).project_id,
        "assignment_id": assignment.assignment_id,
        "issue_id": issue.issue_id,
        "commission_id": commission.commission_id,
        "task_id": task_id(commission.commission_id, HEPING),
        "guidance_id": guidance.guidance_id,
    }


NEUTRAL = {"list_commission_tasks.commission_id"}
"""A list without the other unit's parts: nobody is refused, nothing is learnt."""
OPEN = {
    "issue_id", "instruction_id", "assignment_id", "commission_id", "task_id", "guidance_id", "into_id", "project_id",
    "view_id",
}  # fmt: skip
"""Not hidden from the city as such: these lose the words of a raised report and stay (view_id: see below)."""


def test_issue4_every_call_of_a_unit_for_anothers_thing_leaves_one_entry(office: ReviewOffice) -> None:
    walked = ask_for_all(office.harness, things(office), FOREIGN_OFFICER)
    assert walked.unasked == []
    assert walked.silent() == NEUTRAL
    assert walked.doubled() == set()
    assert walked.told_apart == []


def test_issue4_every_call_of_the_city_for_what_was_raised_above_its_clearance_leaves_one_entry(
    office: ReviewOffice,
) -> None:
    issue = office.open_issue()
    report = office.adopted(issue.issue_id)
    (item,) = office.do("get_issue", EDITOR, issue_id=issue.issue_id).items
    office.publish(issue.issue_id)
    readers = [Reader(person_id=LEADER.person_id, name=LEADER.name)]
    other = registered()
    office.register(other)
    office.do("send_for_reading", EDITOR, report_id=other.report_id, readers=readers)
    (reading,) = office.do("list_readings", LEADER).items
    finding = propose(office, report_id=report.report_id)
    for one in (report, other):
        hear(office, raised(one))
    hidden = dict.fromkeys(("report_id", "from_report_id"), report.report_id)
    hidden |= dict.fromkeys(("adoption_id", "others"), item.adoption_id)
    hidden |= {"reading_id": reading.reading_id, "finding_id": finding.finding_id}
    walked = ask_for_all(office.harness, hidden, LEADER, CITY_ROLES)
    assert {name.rpartition(".")[2] for name in walked.unasked} == OPEN
    assert walked.silent() == {"list_readings.report_id"}
    assert walked.doubled() == set()
    assert walked.told_apart == []


def test_issue4_whoever_holds_no_role_of_a_method_tried_to(office: ReviewOffice) -> None:
    left = left_without_role(office.harness)
    assert {method: entries for method, entries in left.items() if [reason for reason, _ in entries] != ["role"]} == {}


def test_issue4_a_foreign_assignment_is_an_attempt_to_read_and_to_act(office: ReviewOffice) -> None:
    which = {"assignment_id": office.assign().assignment_id}
    for method in ("get_assignment", "receive_assignment"):
        with pytest.raises(NotFound):
            office.do(method, FOREIGN_OFFICER, **which)
    shown = {(row.method, row.kind, row.reason) for row in rows(office.harness.database)}
    assert shown == {(f"review.{method}_assignment", "assignment", "foreign") for method in ("get", "receive")}
    assert len(entries(office.harness.database, which["assignment_id"])) == 2
    office.do("receive_assignment", OFFICER, **which)


def test_issue4_whoever_recorded_an_instruction_and_confirms_it_tried_to(office: ReviewOffice) -> None:
    recorded = office.instruct(by=SECRETARY)
    with pytest.raises(Forbidden):
        office.do("confirm_instruction", SECRETARY, instruction_id=recorded.instruction_id)
    (row,) = rows(office.harness.database)
    assert (row.kind, row.subject, row.reason) == ("instruction", str(recorded.instruction_id), "act")


def test_issue4_another_editors_view_and_a_reading_sent_to_others_are_attempts(office: ReviewOffice) -> None:
    view = office.do("save_queue_view", EDITOR, name="我认领的", filters={"mine": True})
    with pytest.raises(NotFound):
        office.do("remove_queue_view", person("另一位编辑", Role.EDITOR), view_id=view.view_id)
    (row,) = rows(office.harness.database)
    assert (row.kind, row.subject, row.reason) == ("queue_view", str(view.view_id), "foreign")
    forget(office.harness.database)
    report = registered()
    office.register(report)
    readers = [Reader(person_id=LEADER.person_id, name=LEADER.name)]
    office.do("send_for_reading", EDITOR, report_id=report.report_id, readers=readers)
    (sent,) = office.do("list_readings", LEADER).items
    assert office.do("get_reading", EDITOR, reading_id=sent.reading_id) == sent
    for method in ("get_reading", "open_reading"):
        with pytest.raises(NotFound):
            office.do(method, SECRETARY, reading_id=sent.reading_id)
    shown = {(row.method, row.kind, row.reason) for row in rows(office.harness.database)}
    assert shown == {(f"review.{method}_reading", "reading", "foreign") for method in ("get", "open")}
    (unread,) = office.do("get_reading", LEADER, reading_id=sent.reading_id).readers
    assert unread.read_at is None
