"""Instruction, assignment, feedback, acceptance: handled and answered in time (notice 五(二))."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from contracts.events import review as events
from contracts.events.deadlines import DeadlineMet, DeadlineMissed, DeadlineReassessed
from contracts.rpc import instructions as rpc
from contracts.vocabulary import AssignmentState, DeadlineOutcome, InstructionClass, Role, UnitClass
from kernel.errors import Conflict, Forbidden, Invalid, NotFound
from tests.factories.review import (
    CHIEF,
    FOREIGN_OFFICER,
    HANGU,
    HEPING,
    NOW,
    OFFICER,
    SECRETARY,
    SUPERVISOR,
    ReviewOffice,
    feedback,
    new_version,
    person,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def given_feedback(office: ReviewOffice, after: timedelta = DAY) -> rpc.Assignment:
    """An assignment due in ten days whose feedback was received `after` its beginning."""
    assignment = office.assign()
    office.register(feedback(assignment.assignment_id, NOW + after))
    office.harness.clock.at = NOW + after
    return office.assignment(assignment.assignment_id)


def test_R17_an_instruction_on_a_published_item_is_told_with_its_assignments(office: ReviewOffice) -> None:
    instruction = office.instruct(HEPING, HANGU)
    (told,) = office.told(events.InstructionGiven)
    assert (told.instruction_id, told.unit_class) == (instruction.instruction_id, UnitClass.DISTRICT)
    assert [one.unit_id for one in office.told(events.AssignmentGiven)] == [HEPING, HANGU]
    assert [one.unit_name for one in instruction.assignments] == ["和平区政府办公室", "市水务局"]


def test_R17_the_deadline_starts_with_the_instruction_and_explains_itself(office: ReviewOffice) -> None:
    deadline = office.assign(given_at=NOW - HOUR).deadline
    assert (deadline.started_at, deadline.due_at) == (NOW - HOUR, NOW - HOUR + 10 * DAY)
    assert "批示" in deadline.explanation_zh
    assert deadline.outcome == DeadlineOutcome.OPEN


def test_R17_an_issue_not_published_is_not_instructed_upon(office: ReviewOffice) -> None:
    issue = office.open_issue()
    report = office.adopted(issue.issue_id)
    with pytest.raises(Conflict):
        office.instruct(HEPING, issue_id=issue.issue_id, report_id=report.report_id)


def test_R17_the_item_instructed_upon_stands_in_the_issue(office: ReviewOffice) -> None:
    with pytest.raises(Invalid) as refused:
        office.instruct(HEPING, report_id=uuid4())
    assert refused.value.pointer == "/report_id"


def test_R17_an_unknown_unit_is_named_by_its_place(office: ReviewOffice) -> None:
    with pytest.raises(Invalid) as refused:
        office.instruct(HEPING, uuid4())
    assert refused.value.pointer == "/assignments/1/unit_id"
    assert office.told(events.InstructionGiven) == []


def test_R17_the_same_instruction_is_entered_once(office: ReviewOffice) -> None:
    instruction = office.instruct(HEPING)
    with pytest.raises(Conflict):
        office.instruct(HEPING, instruction_id=instruction.instruction_id)


def test_R17_an_instruction_for_reference_needs_no_assignment_and_is_closed_at_once(office: ReviewOffice) -> None:
    instruction = office.instruct(instruction_class=InstructionClass.FOR_REFERENCE)
    closed = office.do("close_instruction", CHIEF, instruction_id=instruction.instruction_id)
    assert closed.closed_at == NOW
    assert [told.closed_by for told in office.told(events.InstructionClosed)] == [CHIEF.name]


def test_R17_the_unit_receives_by_name_and_time(office: ReviewOffice) -> None:
    assignment = office.assign()
    received = office.do("receive_assignment", OFFICER, assignment_id=assignment.assignment_id)
    assert (received.state, received.received_by, received.received_at) == (
        AssignmentState.RECEIVED, OFFICER.name, NOW,
    )  # fmt: skip
    assert [told.received_by for told in office.told(events.AssignmentReceived)] == [OFFICER.name]


def test_R17_a_unit_sees_its_own_assignments_only(office: ReviewOffice) -> None:
    own, foreign = office.instruct(HEPING, HANGU).assignments
    assert [one.assignment_id for one in office.do("list_assignments", OFFICER).items] == [own.assignment_id]
    assert office.do("list_assignments", OFFICER, unit_id=HANGU).items == []
    for method in ("get_assignment", "receive_assignment"):
        with pytest.raises(NotFound):
            office.do(method, OFFICER, assignment_id=foreign.assignment_id)


def test_R17_one_who_oversees_all_units_still_receives_and_asks_for_his_own_only(office: ReviewOffice) -> None:
    assignment = office.assign(HEPING)
    both = person("韩主任", Role.CHIEF_EDITOR, Role.INFORMATION_OFFICER, unit_id=HANGU)
    office.do("get_assignment", both, assignment_id=assignment.assignment_id)
    with pytest.raises(NotFound):
        office.do("receive_assignment", both, assignment_id=assignment.assignment_id)
    asked = {"reason": "忙", "progress": "无", "wanted_due_at": NOW + 20 * DAY}
    with pytest.raises(NotFound):
        office.do("ask_extension", both, assignment_id=assignment.assignment_id, extension_id=uuid4(), **asked)


def test_R17_those_who_oversee_see_all_page_by_page(office: ReviewOffice) -> None:
    assignments = office.instruct(HEPING, HANGU, HEPING).assignments
    seen, cursor = [], None
    for _ in range(3):
        page = office.do("list_assignments", SUPERVISOR, limit=1, cursor=cursor)
        seen += [one.assignment_id for one in page.items]
        cursor = page.next_cursor
    assert cursor is None
    assert set(seen) == {one.assignment_id for one in assignments}
    assert office.do("list_assignments", SUPERVISOR, state="accepted").items == []


def test_R17_instructions_are_listed_newest_first(office: ReviewOffice) -> None:
    old, new = office.instruct(HEPING, given_at=NOW - HOUR), office.instruct(HANGU)
    page = office.do("list_instructions", SECRETARY, limit=1)
    assert page.items == [new]
    assert office.do("list_instructions", SECRETARY, cursor=page.next_cursor).items == [old]
    assert office.do("get_instruction", SUPERVISOR, instruction_id=old.instruction_id) == old


def test_R17_of_instructions_given_in_one_minute_the_later_recorded_is_the_newer(office: ReviewOffice) -> None:
    recorded = []
    for second in range(8):
        office.harness.clock.at = NOW + timedelta(seconds=second)
        recorded.append(office.instruct(HEPING, given_at=NOW).instruction_id)
    listed, cursor = [], None
    while not listed or cursor:
        page = office.do("list_instructions", SECRETARY, limit=3, cursor=cursor)
        listed += [one.instruction_id for one in page.items]
        cursor = page.next_cursor
    assert listed == recorded[::-1]


def test_R17_feedback_received_in_time_meets_the_deadline_whenever_it_arrives(office: ReviewOffice) -> None:
    assignment = office.assign()
    office.harness.clock.at = NOW + 20 * DAY
    office.register(feedback(assignment.assignment_id, NOW + 10 * DAY))
    shown = office.assignment(assignment.assignment_id)
    assert (shown.state, shown.deadline.outcome) == (AssignmentState.FED_BACK, DeadlineOutcome.MET)
    assert [told.received_at for told in office.told(events.FeedbackGiven)] == [NOW + 10 * DAY]
    assert len(office.told_of_feedback(DeadlineMet)) == 1


def test_R17_feedback_received_a_moment_after_the_due_time_is_late(office: ReviewOffice) -> None:
    assignment = office.assign()
    office.register(feedback(assignment.assignment_id, NOW + 10 * DAY + timedelta(microseconds=1)))
    assert office.assignment(assignment.assignment_id).deadline.outcome == DeadlineOutcome.MISSED


def test_R17_another_units_feedback_is_kept_and_flagged_but_not_counted(office: ReviewOffice) -> None:
    assignment = office.assign(HEPING)
    office.register(feedback(assignment.assignment_id, NOW + DAY, unit_id=HANGU))
    shown = office.assignment(assignment.assignment_id)
    assert (shown.state, shown.feedback, shown.deadline.outcome) == (
        AssignmentState.ASSIGNED, [], DeadlineOutcome.OPEN,
    )  # fmt: skip
    assert office.told(events.FeedbackGiven) == []
    assert office.figure("chengbao_feedback_flagged")[("foreign",)] == 1
    (told,) = office.told(events.FeedbackFlagged)
    assert told.unit_id == HANGU  # who sent it hears that it does not count, and nothing of whose it is
    assert str(HEPING) not in told.model_dump_json()


def test_R17_the_supervisor_accepts_and_the_instruction_can_be_closed(office: ReviewOffice) -> None:
    assignment = given_feedback(office)
    accepted = office.do("accept_feedback", SUPERVISOR, assignment_id=assignment.assignment_id)
    assert (accepted.state, accepted.feedback[0].state) == (AssignmentState.ACCEPTED, "accepted")
    assert [told.accepted_by for told in office.told(events.FeedbackAccepted)] == [SUPERVISOR.name]
    office.do("present_instruction", SECRETARY, instruction_id=assignment.instruction_id)
    office.do("close_instruction", SUPERVISOR, instruction_id=assignment.instruction_id)


def test_R17_closing_with_open_assignments_names_them(office: ReviewOffice) -> None:
    instruction = office.instruct(HEPING, HANGU)
    with pytest.raises(Conflict) as refused:
        office.do("close_instruction", SUPERVISOR, instruction_id=instruction.instruction_id)
    assert [one["unit_name"] for one in refused.value.extra["open"]] == ["和平区政府办公室", "市水务局"]


def test_R17_a_unit_does_not_accept_feedback(office: ReviewOffice) -> None:
    assignment = given_feedback(office)
    with pytest.raises(Forbidden):
        office.do("accept_feedback", OFFICER, assignment_id=assignment.assignment_id)


def test_R17_a_return_gives_the_unit_back_the_time_the_examination_took(office: ReviewOffice) -> None:
    assignment = given_feedback(office, after=5 * DAY)
    office.harness.clock.advance(9 * DAY)
    remarks = "请补充整改措施"
    returned = office.do("return_feedback", SUPERVISOR, assignment_id=assignment.assignment_id, remarks=remarks)
    assert (returned.state, returned.feedback[0].remarks) == (AssignmentState.RETURNED, remarks)
    assert (returned.deadline.outcome, returned.due_at) == (DeadlineOutcome.OPEN, NOW + 19 * DAY)
    assert remarks in returned.deadline.explanation_zh
    assert SUPERVISOR.name in returned.deadline.explanation_zh
    (told,) = office.told_of_feedback(DeadlineReassessed)
    assert (told.old_outcome, told.new_outcome) == (DeadlineOutcome.MET, DeadlineOutcome.OPEN)


def test_R17_after_a_return_the_next_feedback_is_judged_by_the_extended_time(office: ReviewOffice) -> None:
    assignment = given_feedback(office, after=9 * DAY)
    office.harness.clock.advance(5 * DAY)
    office.do("return_feedback", SUPERVISOR, assignment_id=assignment.assignment_id, remarks="请补充")
    office.register(feedback(assignment.assignment_id, NOW + 15 * DAY))
    shown = office.assignment(assignment.assignment_id)
    assert (shown.state, shown.deadline.outcome) == (AssignmentState.FED_BACK, DeadlineOutcome.MET)
    assert [one.state for one in shown.feedback] == ["returned", "given"]


def test_R17_a_returned_feedback_may_come_again_as_a_new_version(office: ReviewOffice) -> None:
    assignment = office.assign()
    first = feedback(assignment.assignment_id, NOW + HOUR)
    office.register(first)
    office.harness.clock.at = NOW + 2 * HOUR
    office.do("return_feedback", SUPERVISOR, assignment_id=assignment.assignment_id, remarks="请补充")
    office.register(new_version(first, received_at=NOW + 3 * HOUR))
    assert office.assignment(assignment.assignment_id).state == AssignmentState.FED_BACK


def test_R17_a_late_feedback_returned_stays_late(office: ReviewOffice) -> None:
    assignment = given_feedback(office, after=11 * DAY)
    office.harness.clock.advance(DAY)
    office.do("return_feedback", SUPERVISOR, assignment_id=assignment.assignment_id, remarks="请补充")
    office.register(feedback(assignment.assignment_id, NOW + 12 * DAY))
    assert office.assignment(assignment.assignment_id).deadline.outcome == DeadlineOutcome.MISSED
    assert len(office.told_of_feedback(DeadlineMissed)) == 1


def test_R17_the_newest_feedback_is_decided_on_and_the_older_is_superseded(office: ReviewOffice) -> None:
    assignment = office.assign()
    newest, older = (feedback(assignment.assignment_id, NOW + hours * HOUR) for hours in (2, 1))
    office.register(newest, older)
    accepted = office.do("accept_feedback", SUPERVISOR, assignment_id=assignment.assignment_id)
    assert [(one.receipt_number, one.state) for one in accepted.feedback] == [
        (older.receipt_number, "superseded"),
        (newest.receipt_number, "accepted"),
    ]


def test_R17_an_older_feedback_arriving_after_the_return_of_a_newer_does_not_count(office: ReviewOffice) -> None:
    assignment = given_feedback(office, after=2 * HOUR)
    office.do("return_feedback", SUPERVISOR, assignment_id=assignment.assignment_id, remarks="请补充")
    office.register(feedback(assignment.assignment_id, NOW + HOUR))
    shown = office.assignment(assignment.assignment_id)
    assert (shown.state, shown.deadline.outcome) == (AssignmentState.RETURNED, DeadlineOutcome.OPEN)


def test_R17_an_accepted_feedback_is_not_returned(office: ReviewOffice) -> None:
    assignment = given_feedback(office)
    office.do("accept_feedback", SUPERVISOR, assignment_id=assignment.assignment_id)
    with pytest.raises(Conflict):
        office.do("return_feedback", SUPERVISOR, assignment_id=assignment.assignment_id, remarks="请补充")


def test_R17_a_foreign_unit_gets_no_count_of_others(office: ReviewOffice) -> None:
    given_feedback(office)
    own = office.do("feedback_timeliness", OFFICER).rows
    assert [(row.unit_class, row.met) for row in own] == [(UnitClass.DISTRICT, 1)]
    assert office.do("feedback_timeliness", FOREIGN_OFFICER).rows == []
