"""Issue 4, bad input, at the desk: another unit's things, one's own edit, the same person twice."""

from __future__ import annotations

from uuid import UUID

import pytest

from contracts.vocabulary import Role
from kernel.errors import Forbidden, NotFound
from services.review.model.commissions import task_id
from tests.factories.attempts import ask_for_all, entries, rows
from tests.factories.review import EDITOR, FOREIGN_OFFICER, HEPING, OFFICER, SECRETARY, ReviewOffice, person
from tests.integration.review.test_commissions import issue as issue_commission
from tests.integration.review.test_guidance import issued as issued_guidance


def things(office: ReviewOffice) -> dict[str, UUID]:
    """One thing of each kind that is Heping's alone, by the field that names it."""
    assignment = office.assign()
    commission = issue_commission(office, unit_ids=[HEPING])
    guidance = issued_guidance(office, unit_classes=["district"])
    return {
        "report_id": office.adopted(office.open_issue().issue_id).report_id,
        "assignment_id": assignment.assignment_id,
        "issue_id": office.open_issue().issue_id,
        "commission_id": commission.commission_id,
        "task_id": task_id(commission.commission_id, HEPING),
        "guidance_id": guidance.guidance_id,
    }


NEUTRAL = {"list_commission_tasks.commission_id"}
"""A list without the other unit's parts: nobody is refused, nothing is learnt."""


def test_issue4_every_call_of_a_unit_for_anothers_thing_leaves_one_entry(office: ReviewOffice) -> None:
    walked = ask_for_all(office.harness, things(office), FOREIGN_OFFICER)
    assert walked.silent() <= NEUTRAL
    assert walked.doubled() == set()
    assert walked.told_apart == []
    assert len(walked.left) > 8


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
