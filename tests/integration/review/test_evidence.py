"""Every act of the desk leaves an entry in the evidence (architecture.md, promise 2)."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from sqlalchemy import text

from contracts.rpc import desk, instructions, issues
from contracts.vocabulary import Level, Outcome
from tests.factories.review import CHIEF, EDITOR, NOW, OFFICER, SUPERVISOR, ReviewOffice, feedback, registered
from tests.integration.review.test_proofs import HEAD, act, composed, revised

HOUR = timedelta(hours=1)


def test_R09_every_command_of_the_desk_leaves_an_audit_entry(office: ReviewOffice) -> None:
    _walk_the_whole_road(office)
    with office.harness.database.reading() as session:
        acts = set(session.scalars(text("SELECT act FROM evidence_entries")))
    methods = desk.METHODS | issues.METHODS | instructions.METHODS
    commands = {name for name, method in methods.items() if method.command}
    assert commands <= acts


def _publish_and_withdraw(office: ReviewOffice) -> None:
    """An issue through proof, comment and signatures to its readers, and back."""
    issue = composed(office, items=1)
    ids = [item.adoption_id for item in issue.items]
    issue = act(office, "arrange_issue", EDITOR, issue, places=[{"column": "要情", "adoption_ids": ids}])
    issue = revised(office, EDITOR, issue)
    issue = act(office, "proof_issue", EDITOR, issue)
    issue = act(office, "recompose_issue", EDITOR, issue, reason="再核对")
    issue = act(office, "proof_issue", EDITOR, issue)
    comment = {"issue_id": issue.issue_id, "comment_id": uuid4()}
    office.do("comment_on_issue", CHIEF, **comment, text="请核对")
    office.do("resolve_comment", EDITOR, **comment, resolution="已核对")
    for method, by in (("sign_issue", CHIEF), ("sign_issue", HEAD), ("publish_issue", CHIEF)):
        issue = act(office, method, by, issue)
    office.do("read_issue", SUPERVISOR, issue_id=issue.issue_id)
    act(office, "withdraw_issue", CHIEF, issue, reason="重大差错")


def _walk_the_whole_road(office: ReviewOffice) -> None:
    """Each command at least once."""
    _decide_in_every_way(office)
    _publish_and_withdraw(office)
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
    office.harness.clock.at = NOW + HOUR
    office.register(feedback(assignment.assignment_id, NOW + HOUR))
    office.do("accept_feedback", SUPERVISOR, **which)
    office.do("close_instruction", CHIEF, instruction_id=assignment.instruction_id)


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
