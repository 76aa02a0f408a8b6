"""Recorded, confirmed, assigned, extended, escalated, presented, closed: nobody forgets a leader's two lines (R17)."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from contracts.events import review as events
from contracts.events.deadlines import DeadlineMissed, DeadlineReassessed
from contracts.rpc import instructions as rpc
from contracts.rpc.attachments import Attachment
from contracts.rpc.extensions import ExtensionState
from contracts.vocabulary import DeadlineKind, DeadlineOutcome, InstructionClass, Role
from kernel.errors import Conflict, Forbidden, Invalid, NotFound
from tests.factories.review import (
    FOREIGN_OFFICER,
    HANGU,
    HEPING,
    LEADER,
    NOW,
    OFFICER,
    SECRETARY,
    SUPERVISOR,
    ReviewOffice,
    at_once,
    feedback,
    person,
)

DAY = timedelta(days=1)
DUE = NOW + 10 * DAY
SECOND_SECRETARY = person("何秘书", Role.SECRETARY)
SCAN = Attachment(digest="sha256:" + "ab" * 32, size=10, media_type="application/pdf", name="批示件.pdf")


def paper(office: ReviewOffice, **changes: Any) -> rpc.Instruction:
    """An instruction that is in no issue: scan, one unit, one date."""
    fields: dict[str, Any] = {
        "instruction_id": uuid4(), "subject": "关于供热管网改造的请示", "scan": SCAN, "leader": "陈副市长",
        "text": "请抓紧。", "instruction_class": InstructionClass.FOR_ACTION, "given_at": NOW,
        "assignments": [rpc.NewAssignment(unit_id=HEPING, requirement="请反馈", due_at=DUE)],
    } | changes  # fmt: skip
    recorded: rpc.Instruction = office.do("record_instruction", SECRETARY, **fields)
    return recorded


def ask(office: ReviewOffice, assignment: rpc.Assignment, until: datetime = DUE + 5 * DAY) -> dict[str, Any]:
    """The unit's request for more time; returns what names it."""
    named = {"assignment_id": assignment.assignment_id, "extension_id": uuid4()}
    office.do("ask_extension", OFFICER, **named, reason="需多方会签", progress="已完成初稿", wanted_due_at=until)
    return named


def overdue(office: ReviewOffice, **changes: Any) -> rpc.Assignment:
    """An assignment that is decided missed a second after its due time."""
    assignment = office.assign(**changes)
    office.harness.clock.at = DUE + timedelta(seconds=2)
    office.advance_mark(DUE + timedelta(seconds=1), total=0)
    office.sweep()
    return assignment


def test_R17_what_the_secretary_records_waits_until_it_is_confirmed(office: ReviewOffice) -> None:
    recorded = office.instruct(HEPING, by=SECRETARY)
    assert (recorded.state, recorded.assignments) == (rpc.InstructionState.RECORDED, [])
    assert [(new.unit_id, new.unit_name) for new in recorded.planned] == [(HEPING, "和平区政府办公室")]
    assert office.told(events.InstructionGiven, events.AssignmentGiven) == []
    with pytest.raises(Forbidden):
        office.do("confirm_instruction", SECRETARY, instruction_id=recorded.instruction_id)
    confirmed = office.do("confirm_instruction", LEADER, instruction_id=recorded.instruction_id)
    assert (confirmed.state, confirmed.confirmation) == (rpc.InstructionState.IN_HAND, rpc.Confirmation.IN_PERSON)
    assert [one.unit_id for one in confirmed.assignments] == [HEPING]
    assert len(office.told(events.InstructionGiven)) == 1


@pytest.mark.parametrize(
    ("by", "scan", "confirmation"),
    [(SECRETARY, SCAN, rpc.Confirmation.SCAN), (SECOND_SECRETARY, None, rpc.Confirmation.SECOND_PERSON)],
)
def test_R17_the_scan_or_a_second_person_confirms_too(
    office: ReviewOffice, by: Any, scan: Attachment | None, confirmation: rpc.Confirmation
) -> None:
    recorded = office.instruct(HEPING, by=SECRETARY)
    confirmed = office.do("confirm_instruction", by, instruction_id=recorded.instruction_id, scan=scan)
    assert (confirmed.confirmation, confirmed.confirmed_by) == (confirmation, by.name)


def test_R17_confirmed_by_many_at_once_it_is_given_once(office: ReviewOffice) -> None:
    recorded = office.instruct(HEPING, by=SECRETARY)
    confirm = partial(office.do, "confirm_instruction", LEADER, instruction_id=recorded.instruction_id)
    results = at_once(*[confirm] * 8)
    assert [type(result) for result in results].count(Conflict) == 7
    assert len(office.told(events.InstructionGiven)) == len(office.told(events.AssignmentGiven)) == 1


def test_R17_a_wrong_entry_is_withdrawn_before_it_is_confirmed_and_never_after(office: ReviewOffice) -> None:
    wrong = office.instruct(HEPING, by=SECRETARY)
    withdrawn = office.do("withdraw_instruction", SECRETARY, instruction_id=wrong.instruction_id, reason="重复登记")
    assert withdrawn.state is rpc.InstructionState.WITHDRAWN
    with pytest.raises(Conflict, match=SECRETARY.name):
        office.do("confirm_instruction", LEADER, instruction_id=wrong.instruction_id)
    given = office.instruct(HEPING)
    with pytest.raises(Conflict):
        office.do("withdraw_instruction", SECRETARY, instruction_id=given.instruction_id, reason="登记有误")


def test_R17_a_paper_that_is_in_no_issue_needs_a_scan_one_unit_and_one_date(office: ReviewOffice) -> None:
    recorded = paper(office)
    assert (recorded.report_id, recorded.report_title) == (None, "关于供热管网改造的请示")
    (assignment,) = recorded.assignments
    assert (assignment.report_title, assignment.due_at) == ("关于供热管网改造的请示", DUE)
    assert office.told(events.InstructionGiven) == []  # nobody's report was instructed upon
    for without, pointer in ((("scan", None), "/scan"), (("subject", None), "/subject")):
        with pytest.raises(Invalid) as refused:
            paper(office, **dict([without]))
        assert refused.value.pointer == pointer


def test_R17_an_assignment_is_due_by_date_by_working_days_or_by_its_class(office: ReviewOffice) -> None:
    new = [
        rpc.NewAssignment(unit_id=HEPING, requirement="牵头", working_days=3),
        rpc.NewAssignment(unit_id=HANGU, requirement="协办", part=rpc.AssignmentPart.HELPING),
    ]
    lead, helping = office.instruct(assignments=new).assignments
    assert lead.due_at.isoformat() == "2026-11-27T16:00:00+00:00"  # 24:00 of the third working day
    assert "自交办下达的" in lead.deadline.explanation_zh
    assert helping.due_at.isoformat() == "2026-12-08T16:00:00+00:00"
    assert "批办性批示未写期限时" in helping.deadline.explanation_zh
    assert helping.part is rpc.AssignmentPart.HELPING


@pytest.mark.parametrize(
    ("new", "pointer"),
    [
        ({"working_days": 40}, "/assignments/0/working_days"),  # into a year whose holidays nobody knows
        ({"due_at": NOW - DAY}, "/assignments/0/due_at"),
        ({"due_at": DUE, "working_days": 3}, "/assignments/0/working_days"),
        ({"part": rpc.AssignmentPart.HELPING}, "/assignments"),
    ],
)
def test_R17_what_cannot_be_reckoned_is_refused_where_it_stands(
    office: ReviewOffice, new: dict[str, Any], pointer: str
) -> None:
    given_at = NOW - 2 * DAY
    assignment = rpc.NewAssignment(unit_id=HEPING, requirement="请反馈", **new)
    with pytest.raises(Invalid) as refused:
        office.instruct(assignments=[assignment], given_at=given_at)
    assert refused.value.pointer == pointer


def test_R17_an_unconfirmed_receipt_is_chased_by_a_deadline_of_its_own(office: ReviewOffice) -> None:
    chased, received = office.instruct(HEPING, HEPING).assignments
    office.do("receive_assignment", OFFICER, assignment_id=received.assignment_id)
    office.harness.clock.at = NOW + DAY + timedelta(seconds=1)
    office.sweep()
    (missed,) = office.told(DeadlineMissed)
    assert (missed.kind, missed.subject_id) == (DeadlineKind.ASSIGNMENT_RECEIPT, chased.assignment_id)
    shown = office.assignment(received.assignment_id).receipt_deadline
    assert shown is not None
    assert shown.outcome is DeadlineOutcome.MET


def test_R17_feedback_shows_that_the_assignment_was_received(office: ReviewOffice) -> None:
    assignment = office.assign()
    office.register(feedback(assignment.assignment_id, NOW + timedelta(hours=1)))
    shown = office.assignment(assignment.assignment_id).receipt_deadline
    assert shown is not None
    assert shown.outcome is DeadlineOutcome.MET


def test_R17_an_extension_granted_moves_the_due_time_and_says_why(office: ReviewOffice) -> None:
    assignment = office.assign()
    asked = ask(office, assignment)
    (told,) = office.told(events.ExtensionAsked)
    assert (told.due_at, told.wanted_due_at) == (DUE, DUE + 5 * DAY)
    shown = office.do("grant_extension", SUPERVISOR, **asked)
    assert shown.due_at == DUE + 5 * DAY
    assert "需多方会签" in shown.deadline.explanation_zh
    assert shown.extensions[0].state is ExtensionState.GRANTED
    office.register(feedback(assignment.assignment_id, DUE + DAY))
    assert office.assignment(assignment.assignment_id).deadline.outcome is DeadlineOutcome.MET


def test_R17_an_extension_refused_leaves_the_due_time(office: ReviewOffice) -> None:
    assignment = office.assign()
    shown = office.do("refuse_extension", SUPERVISOR, **ask(office, assignment), remarks="时间充裕")
    assert (shown.due_at, shown.extensions[0].state) == (DUE, ExtensionState.REFUSED)
    assert [told.remarks for told in office.told(events.ExtensionRefused)] == ["时间充裕"]


def test_R17_an_extension_is_asked_before_the_due_time_once_and_by_the_unit_itself(office: ReviewOffice) -> None:
    assignment = office.assign()
    fields = {
        "assignment_id": assignment.assignment_id, "reason": "忙", "progress": "无", "wanted_due_at": DUE + DAY,
    }  # fmt: skip
    with pytest.raises(NotFound):
        office.do("ask_extension", FOREIGN_OFFICER, extension_id=uuid4(), **fields)
    with pytest.raises(Invalid):
        office.do("ask_extension", OFFICER, extension_id=uuid4(), **fields | {"wanted_due_at": DUE})
    ask(office, assignment)
    with pytest.raises(Conflict, match=OFFICER.name):
        ask(office, assignment)
    other = office.assign()
    office.harness.clock.at = DUE
    with pytest.raises(Conflict, match="due time has passed"):
        ask(office, other)


def test_R17_asked_in_time_and_granted_after_the_miss_it_is_no_miss(office: ReviewOffice) -> None:
    assignment = office.assign()
    asked = ask(office, assignment)
    office.harness.clock.at = DUE + timedelta(seconds=2)
    office.advance_mark(DUE + timedelta(seconds=1), total=0)
    office.sweep()
    shown = office.do("grant_extension", SUPERVISOR, **asked)
    assert shown.deadline.outcome is DeadlineOutcome.OPEN
    assert [told.new_outcome for told in office.told_of_feedback(DeadlineReassessed)] == [DeadlineOutcome.OPEN]


def test_R17_feedback_makes_a_waiting_extension_lapse(office: ReviewOffice) -> None:
    assignment = office.assign()
    asked = ask(office, assignment)
    office.register(feedback(assignment.assignment_id, NOW + DAY))
    assert office.assignment(assignment.assignment_id).extensions[0].state is ExtensionState.LAPSED
    with pytest.raises(Conflict):
        office.do("grant_extension", SUPERVISOR, **asked)


def test_R17_an_extension_is_decided_once_however_many_decide(office: ReviewOffice) -> None:
    asked = ask(office, office.assign())
    grant = partial(office.do, "grant_extension", SUPERVISOR, **asked)
    refuse = partial(office.do, "refuse_extension", SUPERVISOR, **asked, remarks="不")
    results = at_once(*[grant, refuse] * 4)
    assert [type(result) for result in results].count(Conflict) == 7
    assert len(office.told(events.ExtensionGranted, events.ExtensionRefused)) == 1


def test_R17_asked_for_by_many_at_once_there_is_one_extension(office: ReviewOffice) -> None:
    assignment = office.assign()
    results = at_once(*[partial(ask, office, assignment)] * 8)
    assert [type(result) for result in results].count(Conflict) == 7
    assert len(office.told(events.ExtensionAsked)) == 1


def test_R17_presented_by_many_at_once_it_is_presented_once(office: ReviewOffice) -> None:
    assignment = office.assign()
    office.register(feedback(assignment.assignment_id, NOW))
    office.do("accept_feedback", SUPERVISOR, assignment_id=assignment.assignment_id)
    present = partial(office.do, "present_instruction", SUPERVISOR, instruction_id=assignment.instruction_id)
    results = at_once(*[present] * 8)
    assert [type(result) for result in results].count(Conflict) == 7


def test_R17_overdue_feedback_is_told_step_by_step_each_once_also_by_two_replicas(office: ReviewOffice) -> None:
    assignment = overdue(office)
    for days, levels in ((0, 1), (1, 2), (3, 3), (9, 4)):
        office.harness.clock.at = DUE + days * DAY + timedelta(seconds=3)
        run = partial(office.harness.run_job, "overdue assignments")
        at_once(run, run)
        assert len(office.told(events.AssignmentEscalated)) == levels
    told = [event.level.value for event in office.told(events.AssignmentEscalated)]
    assert told == ["officer", "responsible_leader", "head", "supervision_office"]
    assert len(office.assignment(assignment.assignment_id).escalations) == 4


def test_R17_a_return_starts_the_units_time_again_and_waiting_for_the_city_is_nobodys_delay(
    office: ReviewOffice,
) -> None:
    assignment = overdue(office)
    office.register(feedback(assignment.assignment_id, DUE + DAY))
    office.harness.clock.at = DUE + 30 * DAY
    office.sweep()
    assert len(office.told(events.AssignmentEscalated)) == 1  # while the supervisor has it, nobody is told
    named = {"assignment_id": assignment.assignment_id}
    returned = office.do("return_feedback", SUPERVISOR, **named, remarks="请补充")
    assert returned.turn is rpc.Turn.UNIT
    assert returned.renewed_due_at is not None
    office.harness.clock.at = returned.renewed_due_at
    office.sweep()
    assert len(office.told(events.AssignmentEscalated)) == 1
    office.harness.clock.at = returned.renewed_due_at + timedelta(seconds=1)
    office.sweep()
    assert [told.overdue_since for told in office.told(events.AssignmentEscalated)][1] == returned.renewed_due_at


def returned_late(office: ReviewOffice) -> rpc.Assignment:
    """Its feedback came late and was returned; its time begins again."""
    assignment = overdue(office)
    office.register(feedback(assignment.assignment_id, DUE + DAY))
    returned: rpc.Assignment = office.do(
        "return_feedback", SUPERVISOR, assignment_id=assignment.assignment_id, remarks="请补充"
    )
    return returned


def test_R17_everybody_is_told_the_time_that_a_return_gave_not_the_one_that_ran_out(office: ReviewOffice) -> None:
    returned = returned_late(office)
    assert returned.due_at == returned.renewed_due_at
    assert returned.due_at > office.now
    assert [told.due_at for told in office.told(events.FeedbackReturned)] == [returned.due_at]
    (row,) = office.do("list_supervision_ledger", SUPERVISOR).items
    assert (row.due_at, row.first_due_at, row.late) == (returned.due_at, DUE, False)


def test_R17_more_time_is_asked_for_before_the_time_that_a_return_gave_is_over(office: ReviewOffice) -> None:
    returned = returned_late(office)
    again = returned.due_at + 5 * DAY
    granted = office.do("grant_extension", SUPERVISOR, **ask(office, returned, until=again))
    assert (granted.due_at, granted.deadline.outcome) == (again, DeadlineOutcome.MISSED)  # the first time stays late
    assert [told.due_at for told in office.told(events.ExtensionGranted)] == [again]
    office.harness.clock.at = again
    office.sweep()
    assert len(office.told(events.AssignmentEscalated)) == 1
    with pytest.raises(Conflict, match="due time has passed"):
        ask(office, returned, until=again + DAY)
    office.harness.clock.at = again + timedelta(seconds=1)
    office.sweep()
    assert [told.overdue_since for told in office.told(events.AssignmentEscalated)][1] == again


@pytest.mark.parametrize("late", [True, False])
def test_R17_a_second_return_takes_no_time_away_that_an_extension_gave(office: ReviewOffice, late: bool) -> None:
    returned = returned_late(office)
    named = {"assignment_id": returned.assignment_id}
    until = returned.due_at + 30 * DAY
    office.do("grant_extension", SUPERVISOR, **ask(office, returned, until=until))
    if not late:
        office.register(feedback(returned.assignment_id, DUE - DAY))  # an earlier one that came to light
    answered = office.now + 2 * DAY
    office.harness.clock.at = answered
    office.register(feedback(returned.assignment_id, answered))
    office.harness.clock.at = answered + DAY
    again = office.do("return_feedback", SUPERVISOR, **named, remarks="再补充")
    assert again.due_at == until + DAY  # with the day that it was examined


def test_R17_where_it_was_not_late_after_all_more_time_moves_the_deadline_itself(office: ReviewOffice) -> None:
    returned = returned_late(office)
    named = {"assignment_id": returned.assignment_id}
    office.register(feedback(returned.assignment_id, DUE - DAY))  # an earlier one that came to light
    assert office.assignment(returned.assignment_id).deadline.outcome is DeadlineOutcome.MET
    assert office.do("supervision_figures", SUPERVISOR).late == 0
    office.harness.clock.at = DUE + 2 * DAY
    office.register(feedback(returned.assignment_id, office.now))
    again = office.do("return_feedback", SUPERVISOR, **named, remarks="再补充")
    assert (again.renewed_due_at, again.deadline.outcome) == (None, DeadlineOutcome.OPEN)
    later = again.due_at + 5 * DAY
    granted = office.do("grant_extension", SUPERVISOR, **ask(office, again, until=later))
    assert (granted.due_at, granted.deadline.due_at) == (later, later)


def test_R17_what_was_returned_is_late_after_its_new_time_also_where_it_was_not_late_before(
    office: ReviewOffice,
) -> None:
    returned = returned_late(office)
    office.register(feedback(returned.assignment_id, DUE - DAY))
    office.harness.clock.at = returned.due_at + timedelta(seconds=1)
    office.sweep()
    assert office.do("supervision_figures", SUPERVISOR).late == 1
    assert [told.overdue_since for told in office.told(events.AssignmentEscalated)][1:] == [returned.due_at]


def test_R17_results_are_shown_to_the_leader_who_closes_or_instructs_anew(office: ReviewOffice) -> None:
    assignment = office.assign()
    named = {"instruction_id": assignment.instruction_id}
    office.register(feedback(assignment.assignment_id, NOW))
    with pytest.raises(Conflict, match="和平区"):
        office.do("present_instruction", SUPERVISOR, **named)
    office.do("accept_feedback", SUPERVISOR, assignment_id=assignment.assignment_id)
    with pytest.raises(Conflict, match="not been shown"):
        office.do("close_instruction", SUPERVISOR, **named)
    presented = office.do("present_instruction", SUPERVISOR, **named, note="已办结，附材料")
    assert (presented.state, presented.assignments[0].turn) == (rpc.InstructionState.PRESENTED, rpc.Turn.LEADER)
    following = office.instruct(HANGU, follows=assignment.instruction_id)
    former = office.do("get_instruction", SECRETARY, **named)
    assert (former.state, former.followed_by) == (rpc.InstructionState.CLOSED, [following.instruction_id])


def test_R17_instructions_are_found_by_the_state_they_show(office: ReviewOffice) -> None:
    office.instruct(HEPING, by=SECRETARY)
    wrong = office.instruct(by=SECRETARY)
    office.do("withdraw_instruction", SECRETARY, instruction_id=wrong.instruction_id, reason="登记有误")
    office.instruct(HEPING)
    for closed in (False, True):
        noted = office.instruct()
        if closed:
            office.do("close_instruction", LEADER, instruction_id=noted.instruction_id)
    assignment = office.assign()
    office.register(feedback(assignment.assignment_id, NOW))
    office.do("accept_feedback", SUPERVISOR, assignment_id=assignment.assignment_id)
    office.do("present_instruction", SECRETARY, instruction_id=assignment.instruction_id)
    for state in rpc.InstructionState:
        found = office.do("list_instructions", SECRETARY, state=state).items
        assert [one.state for one in found] == [state]
