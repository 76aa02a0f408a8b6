"""Accepted feedback on its way to the editors' desk, as the console shows it (R17)."""

from __future__ import annotations

from uuid import uuid4

import pytest

from contracts.rpc.deadlines import Deadline
from contracts.rpc.instructions import Assignment, Feedback
from contracts.rpc.turns import TurnTable
from contracts.vocabulary import AssignmentState, DeadlineKind, DeadlineOutcome, Kind, Role
from tests.factories.gateway_office import Office, Signed
from tests.integration.gateway.test_console import send
from tests.integration.gateway.test_queue_pages import NOW, desk, item

ASSIGNMENT, REPORT = uuid4(), uuid4()


def assignment(office: Office, *, on_desk: bool, state: str = "accepted") -> Assignment:
    deadline = Deadline(
        deadline_id=uuid4(), kind=DeadlineKind.FEEDBACK, subject_id=ASSIGNMENT, unit_id=office.unit_id,
        unit_name="和平区", title="管网抢修", severity=None, started_at=NOW, due_at=NOW,
        outcome=DeadlineOutcome.MET, decided_at=NOW, receipt_unknown=False, explanation_zh="依据。",
        explanation_en="Why.",
    )  # fmt: skip
    given = Feedback(
        report_id=REPORT, receipt_number="2026-0000009", title="反馈", body="已办结。", received_at=NOW, state=state,
        remarks=None, on_desk=on_desk,
    )  # fmt: skip
    return Assignment(
        assignment_id=ASSIGNMENT, instruction_id=uuid4(), version=3, unit_id=office.unit_id, unit_name="和平区",
        leader="陈副市长", instruction_text="请研究。", requirement="反馈", report_title="管网抢修", due_at=NOW,
        state=AssignmentState.ACCEPTED, received_by=None, received_at=None, feedback=[given], deadline=deadline,
    )  # fmt: skip


@pytest.mark.parametrize(("role", "opens"), [(Role.EDITOR, True), (Role.SUPERVISOR, False)])
def test_R17_accepted_feedback_is_laid_on_the_desk_from_the_page_of_its_assignment(
    office: Office, role: Role, opens: bool
) -> None:
    shown = [assignment(office, on_desk=False)]
    office.calls.answers["review.get_assignment"] = lambda _: shown[-1]
    office.calls.answers["review.lay_feedback_on_desk"] = lambda _: shown[-1]
    office.calls.answers["review.list_turns"] = lambda _: TurnTable(rows=[])
    person: Signed = office.sign_in(office.add_person("周静", role))
    page, act = f"/assignments/{ASSIGNMENT}", f"/assignments/{ASSIGNMENT}/feedback/desk-item"
    assert act in person.get(page).text
    send(person, act)
    (asked,) = [each["request"] for each in office.calls.asked if each["method"] == "lay_feedback_on_desk"]
    assert asked.assignment_id == ASSIGNMENT
    shown.append(assignment(office, on_desk=True))
    text = person.get(page).text
    assert act not in text
    assert (f'href="/queue/{REPORT}"' in text) is opens
    shown.append(assignment(office, on_desk=False, state="given"))
    assert act not in person.get(page).text


def test_R17_the_desk_says_that_an_item_is_feedback_and_leads_to_its_assignment(office: Office) -> None:
    shown = item(REPORT, kind=Kind.FEEDBACK, assignment_id=ASSIGNMENT)
    desk(office, shown)
    page = office.sign_in(office.add_person("周静", Role.EDITOR)).get(f"/queue/{REPORT}").text
    assert "审核通过的批示反馈" in page
    assert f'href="/assignments/{ASSIGNMENT}"' in page
    assert f"/queue/{REPORT}/return" not in page
