"""The supervision office's own time: what lies with it, since when, told once when it is late (R17)."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.events.intake import UnitRecorded
from contracts.events.supervision import OfficeStepMissed
from contracts.rpc.office_steps import OfficeCase, OfficeStep
from contracts.vocabulary import InstructionClass, UnitClass
from kernel.errors import Forbidden
from tests.factories.review import (
    HEPING,
    LEADER,
    NOW,
    OFFICER,
    SECRETARY,
    SUPERVISOR,
    ReviewOffice,
    at_once,
    feedback,
)

DAY = timedelta(days=1)
CITY = UUID(int=0x_1009)


def cases(office: ReviewOffice, **wanted: Any) -> list[OfficeCase]:
    found: list[OfficeCase] = office.do("list_office_cases", SUPERVISOR, **wanted).items
    return found


def steps(office: ReviewOffice) -> list[tuple[OfficeStep, datetime]]:
    return [(one.step, one.since) for one in cases(office)]


def ask(office: ReviewOffice, assignment_id: UUID) -> dict[str, Any]:
    asked = {"assignment_id": assignment_id, "extension_id": uuid4()}
    office.do(
        "ask_extension", OFFICER, **asked, reason="会签", progress="初稿", wanted_due_at=NOW + 20 * DAY
    )  # fmt: skip
    return asked


def test_R17_each_step_lies_with_the_office_from_its_beginning_until_it_is_done(office: ReviewOffice) -> None:
    recorded = office.instruct(HEPING, by=SECRETARY)
    assert steps(office) == [(OfficeStep.ASSIGN, NOW)]
    confirmed = office.do("confirm_instruction", LEADER, instruction_id=recorded.instruction_id)
    named = {"assignment_id": confirmed.assignments[0].assignment_id}
    assert steps(office) == []  # the unit's turn
    asked = ask(office, named["assignment_id"])
    assert steps(office) == [(OfficeStep.DECIDE_EXTENSION, NOW)]
    office.do("grant_extension", SUPERVISOR, **asked)
    office.register(feedback(named["assignment_id"], NOW + DAY))
    assert steps(office) == [(OfficeStep.DECIDE_FEEDBACK, NOW + DAY)]
    office.harness.clock.at = NOW + 2 * DAY
    office.do("return_feedback", SUPERVISOR, **named, remarks="请补充")
    assert steps(office) == []
    office.register(feedback(named["assignment_id"], NOW + 3 * DAY), feedback(named["assignment_id"], NOW + 4 * DAY))
    assert steps(office) == [(OfficeStep.DECIDE_FEEDBACK, NOW + 3 * DAY)]
    office.harness.clock.at = NOW + 5 * DAY
    office.do("accept_feedback", SUPERVISOR, **named)
    assert steps(office) == [(OfficeStep.PRESENT, NOW + 5 * DAY)]
    office.do("present_instruction", SUPERVISOR, instruction_id=recorded.instruction_id)
    assert steps(office) == []  # the leader's turn is nobody's delay


def test_R17_while_one_unit_is_not_done_nothing_is_to_be_presented_and_what_is_for_reference_waits_for_nobody(
    office: ReviewOffice,
) -> None:
    one, _ = office.instruct(HEPING, HEPING).assignments
    office.register(feedback(one.assignment_id, NOW))
    office.do("accept_feedback", SUPERVISOR, assignment_id=one.assignment_id)
    office.instruct(instruction_class=InstructionClass.FOR_REFERENCE)
    wrong = office.instruct(by=SECRETARY)
    office.do("withdraw_instruction", SECRETARY, instruction_id=wrong.instruction_id, reason="重复")
    assert steps(office) == []
    office.instruct()  # for action, and nobody was assigned
    assert [step for step, _ in steps(office)] == [OfficeStep.ASSIGN]


def test_R17_every_number_of_the_office_opens_its_cases_and_the_metrics_say_the_same(office: ReviewOffice) -> None:
    first, second = office.assign(), office.assign()
    office.register(feedback(first.assignment_id, NOW))
    office.harness.clock.at = NOW + DAY
    ask(office, second.assignment_id)
    office.harness.clock.at = NOW + 5 * DAY  # Sunday
    for one in office.do("supervision_figures", SUPERVISOR).office:
        found = cases(office, step=one.step)
        assert (len(found), sum(each.late for each in found)) == (one.open, one.late)
        assert len(cases(office, step=one.step, late=True)) == one.late
        told = [office.figure(f"chengbao_office_steps_{name}")[(one.step.value,)] for name in (
            "open", "late", "oldest_age_seconds",
        )]  # fmt: skip
        assert told == [one.open, one.late, one.oldest_seconds]
    assert [each.step for each in cases(office, late=True)] == [OfficeStep.DECIDE_FEEDBACK, OfficeStep.DECIDE_EXTENSION]
    rows = {row.assignment_id: row for row in office.do("list_supervision_ledger", SUPERVISOR).items}
    row = rows[first.assignment_id]
    assert (row.office_step, row.office_late, row.late) == (OfficeStep.DECIDE_FEEDBACK, True, False)
    assert rows[second.assignment_id].office_step is OfficeStep.DECIDE_EXTENSION


def test_R17_the_list_goes_on_page_by_page_the_oldest_first(office: ReviewOffice) -> None:
    for hours in range(3):
        office.register(feedback(office.assign().assignment_id, NOW - timedelta(hours=hours)))
    seen, cursor = [], None
    for _ in range(3):
        page = office.do("list_office_cases", SUPERVISOR, limit=1, cursor=cursor)
        seen += [one.since for one in page.items]
        cursor = page.next_cursor
    assert cursor is None
    assert seen == [NOW - timedelta(hours=hours) for hours in (2, 1, 0)]


def test_R17_a_late_step_is_told_once_also_by_two_replicas_and_counts_for_no_unit(office: ReviewOffice) -> None:
    city = UnitRecorded(unit_id=CITY, name="市政府办公厅", unit_class=UnitClass.CITY_OFFICE, valid_from=NOW.date())
    office.harness.deliver(city, CITY)
    assignment = office.assign()
    office.register(feedback(assignment.assignment_id, NOW))
    run = partial(office.harness.run_job, "late steps of the office")
    (case,) = cases(office)
    for at, number in ((case.due_at, 0), (case.due_at + timedelta(seconds=1), 1), (case.due_at + DAY, 1)):
        office.harness.clock.at = at
        at_once(run, run)
        assert len(office.told(OfficeStepMissed)) == number
    (told,) = office.told(OfficeStepMissed)
    assert (told.step, told.title, told.due_at) == (OfficeStep.DECIDE_FEEDBACK, assignment.report_title, case.due_at)
    assert told.unit_ids == [CITY]  # whose head is told beside the supervisors
    assert cases(office)[0].told_at == case.due_at + timedelta(seconds=1)
    assert office.do("lateness_by_leader", LEADER).rows[0].late == 0
    assert office.assignment(assignment.assignment_id).escalations == []


def test_R17_a_unit_reads_nothing_of_the_offices_time(office: ReviewOffice) -> None:
    assignment = office.assign()
    office.register(feedback(assignment.assignment_id, NOW))
    with pytest.raises(Forbidden):
        office.do("list_office_cases", OFFICER)
    assert office.do("supervision_figures", OFFICER).office == []
    assert [row.office_step for row in office.do("list_supervision_ledger", OFFICER).items] == [None]
