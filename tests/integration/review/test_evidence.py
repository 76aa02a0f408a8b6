"""Every act of the desk leaves an entry in the evidence (architecture.md, promise 2)."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from sqlalchemy import text

from contracts.rpc import desk, instructions, issues
from contracts.vocabulary import Level, Outcome
from tests.factories.review import (
    CHIEF,
    EDITOR,
    NOW,
    OFFICER,
    SECRETARY,
    SUPERVISOR,
    ReviewOffice,
    feedback,
    registered,
)

HOUR = timedelta(hours=1)


def test_R09_every_command_of_the_desk_leaves_an_audit_entry(office: ReviewOffice) -> None:
    _walk_the_whole_road(office)
    with office.harness.database.reading() as session:
        acts = set(session.scalars(text("SELECT act FROM evidence_entries")))
    methods = desk.METHODS | issues.METHODS | instructions.METHODS
    commands = {name for name, method in methods.items() if method.command}
    assert commands <= acts


def _walk_the_whole_road(office: ReviewOffice) -> None:
    """Each command at least once."""
    _decide_in_every_way(office)
    issue = office.open_issue()
    report = office.adopted(issue.issue_id)
    office.do("withdraw_adoption", EDITOR, report_id=report.report_id, reason="内容重复")
    outcome = {"level": Level.STATE, "outcome": Outcome.ADOPTED, "happened_at": NOW}
    office.do("record_outcome", EDITOR, report_id=report.report_id, **outcome)
    assignment = office.assign(instruction_id=uuid4())
    which = {"assignment_id": assignment.assignment_id}
    office.do("receive_assignment", OFFICER, **which)
    office.register(feedback(assignment.assignment_id, NOW))
    office.do("return_feedback", SUPERVISOR, **which, remarks="请补充")
    for decided, said in (("refuse_extension", {"remarks": "不同意"}), ("grant_extension", {})):
        asked = {"extension_id": uuid4(), "wanted_due_at": NOW + 300 * HOUR}
        office.do("ask_extension", OFFICER, **which, **asked, reason="材料多", progress="过半")
        office.do(decided, SUPERVISOR, **which, extension_id=asked["extension_id"], **said)
    office.harness.clock.at = NOW + HOUR
    office.register(feedback(assignment.assignment_id, NOW + HOUR))
    office.do("accept_feedback", SUPERVISOR, **which)
    office.do("present_instruction", SECRETARY, instruction_id=assignment.instruction_id)
    office.do("close_instruction", CHIEF, instruction_id=assignment.instruction_id)
    wrong = office.instruct(by=SECRETARY)
    office.do("withdraw_instruction", SECRETARY, instruction_id=wrong.instruction_id, reason="登记有误")


def _decide_in_every_way(office: ReviewOffice) -> None:
    for method, fields in (
        ("open_desk_item", {}),
        ("return_report", {"remarks": "请补充"}),
        ("keep_report", {}),
        ("decline_report", {"reason": "不属重点"}),
    ):
        report = registered()
        office.register(report)
        office.do("claim_report", EDITOR, report_id=report.report_id)
        office.do("release_report", EDITOR, report_id=report.report_id)
        office.do(method, EDITOR, report_id=report.report_id, **fields)
