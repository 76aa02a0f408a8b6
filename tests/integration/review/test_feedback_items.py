"""Good feedback can itself be adopted as information: laid on the desk once, then an item like any other (R17)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from contracts.events import review as events
from contracts.events.intake import ReportReclassified, ReportRegistered
from contracts.vocabulary import DeskState, Kind, Secrecy
from kernel.errors import Conflict, Forbidden, NotFound
from kernel.principal import Principal
from services.review.model.feedback import Feedback
from tests.factories.review import (
    CHIEF,
    EDITOR,
    NOW,
    OFFICER,
    OTHER_EDITOR,
    SUPERVISOR,
    ReviewOffice,
    at_once,
    feedback,
)

DAY = timedelta(days=1)
CLEARED = Principal(CHIEF.id, CHIEF.name, None, CHIEF.roles, clearance="secret")


def given(office: ReviewOffice) -> ReportRegistered:
    """A feedback that waits for the supervisor."""
    report = feedback(office.assign().assignment_id, NOW + DAY)
    office.register(report)
    return report


def accepted(office: ReviewOffice) -> ReportRegistered:
    report = given(office)
    office.do("accept_feedback", SUPERVISOR, assignment_id=report.assignment_id)
    return report


def lay(office: ReviewOffice, report: ReportRegistered, by: Principal = EDITOR) -> None:
    shown = office.do("lay_feedback_on_desk", by, assignment_id=report.assignment_id)
    assert [one.on_desk for one in shown.feedback] == [True]


@pytest.mark.parametrize("by", [EDITOR, CHIEF, SUPERVISOR], ids=["editor", "chief editor", "supervisor"])
def test_R17_accepted_feedback_is_laid_on_the_desk_as_it_was_registered(office: ReviewOffice, by: Principal) -> None:
    report = accepted(office)
    before = office.assignment(report.assignment_id)
    assert [one.on_desk for one in before.feedback] == [False]
    lay(office, report, by)
    item = office.item(report)
    assert (item.state, item.version, item.assignment_id) == (DeskState.WAITING, 1, report.assignment_id)
    assert item in office.do("list_queue", EDITOR, kind=Kind.FEEDBACK).items
    for name in ("number", "receipt_number", "unit_id", "unit_name", "unit_class", "title", "body", "received_at"):
        assert getattr(item, name) == getattr(report, name)
    assert item.signer_name == report.sign_off.signer_name
    assert [told.report_id for told in office.told(events.ReportQueued)][-1] == report.report_id
    assert office.assignment(report.assignment_id).version == before.version


def test_R17_feedback_on_the_desk_is_adopted_and_published_as_feedback(office: ReviewOffice) -> None:
    report = accepted(office)
    lay(office, report)
    issue = office.open_issue("digest")
    office.do("claim_report", EDITOR, report_id=report.report_id)
    office.do("adopt_report", EDITOR, report_id=report.report_id, issue_id=issue.issue_id)
    office.publish(issue.issue_id)
    (item,) = office.told(events.IssuePublished)[-1].items
    assert (item.report_id, item.report_kind, item.unit_id) == (report.report_id, Kind.FEEDBACK, report.unit_id)


def test_R17_feedback_on_the_desk_is_not_returned_for_it_was_accepted(office: ReviewOffice) -> None:
    report = accepted(office)
    lay(office, report)
    with pytest.raises(Conflict):
        office.do("return_report", EDITOR, report_id=report.report_id, remarks="请补充")
    assert office.do("keep_report", EDITOR, report_id=report.report_id).state == DeskState.DECIDED


def test_R17_feedback_not_accepted_yet_is_not_laid_on_the_desk(office: ReviewOffice) -> None:
    report = given(office)
    with pytest.raises(Conflict) as refused:
        office.do("lay_feedback_on_desk", EDITOR, assignment_id=report.assignment_id)
    assert refused.value.extra == {"state": "fed_back"}
    with pytest.raises(NotFound):
        office.item(report)


def test_R17_feedback_of_which_too_little_was_kept_is_refused_precisely(office: ReviewOffice) -> None:
    report = accepted(office)
    with office.harness.database.engine.begin() as connection:
        connection.execute(update(Feedback).values(registered=None))
    with pytest.raises(Conflict) as refused:
        office.do("lay_feedback_on_desk", EDITOR, assignment_id=report.assignment_id)
    assert refused.value.extra == {"receipt_number": report.receipt_number}


def test_R17_laid_on_the_desk_by_many_at_once_it_lies_there_once(office: ReviewOffice) -> None:
    report = accepted(office)
    queued = len(office.told(events.ReportQueued))
    people = [EDITOR, OTHER_EDITOR, CHIEF, SUPERVISOR] * 3
    results = at_once(
        *(lambda by=by: office.do("lay_feedback_on_desk", by, assignment_id=report.assignment_id) for by in people)
    )
    assert sum(isinstance(one, Conflict) for one in results) == len(people) - 1
    assert len(office.told(events.ReportQueued)) == queued + 1


def test_R17_a_unit_has_no_business_laying_its_feedback_on_the_desk(office: ReviewOffice) -> None:
    report = accepted(office)
    with pytest.raises(Forbidden):
        office.do("lay_feedback_on_desk", OFFICER, assignment_id=report.assignment_id)


def test_R07_feedback_whose_class_was_raised_is_laid_and_seen_by_who_is_cleared_only(office: ReviewOffice) -> None:
    report = accepted(office)
    raised = ReportReclassified(
        report_id=report.report_id, number=report.number, unit_id=report.unit_id, secrecy=Secrecy.SECRET,
        known_as=[report.report_id], deadline_ids=[], raised_by="钱信息员", raised_at=NOW,
    )  # fmt: skip
    office.harness.deliver(raised, report.report_id, 1)
    with pytest.raises(NotFound):
        office.do("lay_feedback_on_desk", EDITOR, assignment_id=report.assignment_id)
    lay(office, report, CLEARED)
    with pytest.raises(NotFound):
        office.item(report)
    assert office.do("get_desk_item", CLEARED, report_id=report.report_id).body == report.body
    assert report.title not in [told.title for told in office.told(events.ReportQueued)]
