"""Claims with their end, handing over, undoing, and what the desk may still do afterwards (R11)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event

from contracts.events import review as events
from contracts.rpc.desk import UNDO_WITHIN
from contracts.rpc.readings import Reader
from contracts.vocabulary import DeskState, Kind, Level, ReportState, Role, Secrecy, Severity
from kernel.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from kernel.principal import Principal
from tests.factories.review import (
    CHIEF,
    EDITOR,
    HANGU,
    NOW,
    OTHER_EDITOR,
    ReviewOffice,
    at_once,
    new_version,
    person,
    registered,
    urgent,
)

MINUTE = timedelta(minutes=1)
LEADER, OTHER_LEADER = person("陈副市长", Role.LEADER), person("林副市长", Role.LEADER)


def waiting(office: ReviewOffice, **changes: Any) -> UUID:
    report = registered(**changes)
    office.register(report)
    return report.report_id


def test_R11_of_fifty_claims_at_once_one_is_granted_and_the_rest_are_told_by_whom(office: ReviewOffice) -> None:
    report_id = waiting(office)
    editors = [Principal(str(uuid4()), f"编辑{n}", None, EDITOR.roles) for n in range(50)]
    results = at_once(*[lambda e=e: office.do("claim_report", e, report_id=report_id) for e in editors])
    refused = [result for result in results if isinstance(result, Conflict)]
    (granted,) = [result for result in results if not isinstance(result, Refusal)]
    assert len(refused) == 49
    assert {refusal.extra["claimed_by"] for refusal in refused} == {granted.claimed_by}


def test_R11_a_claim_lapses_unless_its_claimer_goes_on_working_and_is_then_taken_over(office: ReviewOffice) -> None:
    report_id = waiting(office)
    office.do("claim_report", EDITOR, report_id=report_id)
    office.harness.clock.advance(20 * MINUTE)
    office.do("open_desk_item", EDITOR, report_id=report_id)
    office.harness.clock.advance(29 * MINUTE)
    with pytest.raises(Conflict, match=EDITOR.name):
        office.do("claim_report", OTHER_EDITOR, report_id=report_id)
    office.harness.clock.advance(MINUTE)
    takeovers = at_once(
        *[lambda e=e: office.do("claim_report", e, report_id=report_id) for e in (OTHER_EDITOR, CHIEF) * 2]
    )
    taken = office.do("get_desk_item", EDITOR, report_id=report_id)
    assert taken.taken_from == EDITOR.name
    assert {result.claimed_by for result in takeovers if not isinstance(result, Refusal)} == {taken.claimed_by}
    with pytest.raises(Conflict, match=taken.claimed_by):
        office.do("keep_report", EDITOR, report_id=report_id)


def test_R11_handing_over_tells_the_colleague_what_was_promised(office: ReviewOffice) -> None:
    report_id = waiting(office)
    office.do("claim_report", EDITOR, report_id=report_id)
    to = {"to_id": OTHER_EDITOR.person_id, "to_name": OTHER_EDITOR.name, "note": "区里 20 时回电"}
    handed = office.do("hand_over_report", EDITOR, report_id=report_id, **to)
    assert (handed.claimed_by, handed.handed_by, handed.handover_note) == (
        OTHER_EDITOR.name, EDITOR.name, "区里 20 时回电",
    )  # fmt: skip
    (told,) = office.told(events.ReportHandedOver)
    assert (told.to_id, told.note) == (OTHER_EDITOR.person_id, "区里 20 时回电")
    office.do("keep_report", OTHER_EDITOR, report_id=report_id)


def test_R11_what_was_promised_stays_with_the_report_in_whose_hands_ever_until_it_is_decided(
    office: ReviewOffice,
) -> None:
    report_id = waiting(office)
    shift = {"begin": NOW - MINUTE, "end": NOW + MINUTE}

    def promised() -> list[UUID]:
        return [line.report_id for line in office.do("get_handover_sheet", EDITOR, **shift).promised.items]

    office.do("claim_report", EDITOR, report_id=report_id)
    to = {"to_id": OTHER_EDITOR.person_id, "to_name": OTHER_EDITOR.name, "note": "区里 20 时回电"}
    office.do("hand_over_report", EDITOR, report_id=report_id, **to)
    taken = office.do("claim_report", CHIEF, report_id=report_id, take_over=True)
    assert (taken.taken_from, taken.handed_by, taken.handover_note) == (OTHER_EDITOR.name, EDITOR.name, to["note"])
    assert promised() == [report_id]
    office.do("release_report", CHIEF, report_id=report_id)
    assert (promised(), office.do("get_handover_sheet", EDITOR, **shift).waiting.items) == ([report_id], [])
    office.do("keep_report", EDITOR, report_id=report_id)
    assert promised() == []
    office.do("undo_decision", EDITOR, report_id=report_id)
    assert promised() == [report_id]
    office.do("adopt_report", EDITOR, report_id=report_id, issue_id=office.open_issue().issue_id)
    office.do("undo_decision", EDITOR, report_id=report_id)
    assert promised() == [report_id]
    office.do("pre_adopt_report", EDITOR, report_id=report_id)
    (line,) = office.do("get_handover_sheet", EDITOR, **shift).pre_adopted.items
    assert line.note is None
    office.do("reopen_report", EDITOR, report_id=report_id)
    assert promised() == []


DECISIONS: list[tuple[str, dict[str, Any], ReportState]] = [
    ("keep_report", {}, ReportState.KEPT),
    ("decline_report", {"reason": "不属重点"}, ReportState.NOT_USED),
    ("return_report", {"remarks": "请补充"}, ReportState.RETURNED),
    ("pre_adopt_report", {}, ReportState.PRE_ADOPTED),
    ("pass_up_report", {"level": Level.UPPER}, ReportState.PASSED_UP),
    ("send_for_reading", {"readers": [Reader(person_id=LEADER.person_id, name=LEADER.name)]}, ReportState.FOR_READING),
]


@pytest.mark.parametrize(("method", "fields", "decision"), DECISIONS)
def test_R11_a_decision_is_undone_by_its_decider_and_everybody_is_told_which(
    office: ReviewOffice, method: str, fields: dict[str, Any], decision: ReportState
) -> None:
    report_id = waiting(office)
    assert office.do(method, EDITOR, report_id=report_id, **fields).decision == decision
    undone = office.do("undo_decision", EDITOR, report_id=report_id)
    assert (undone.state, undone.decision, undone.claimed_by) == (DeskState.CLAIMED, None, EDITOR.name)
    (told,) = office.told(events.DecisionUndone)
    assert (told.decision, told.undone_by) == (decision, EDITOR.name)
    office.do("keep_report", EDITOR, report_id=report_id)


def test_R11_a_decision_is_not_undone_later_nor_by_another_nor_after_a_new_version(office: ReviewOffice) -> None:
    report = registered()
    office.register(report)
    office.do("return_report", EDITOR, report_id=report.report_id, remarks="请补充")
    with pytest.raises(Conflict, match=EDITOR.name):
        office.do("undo_decision", OTHER_EDITOR, report_id=report.report_id)
    office.register(new_version(report))
    with pytest.raises(Conflict):
        office.do("undo_decision", EDITOR, report_id=report.report_id)
    office.do("keep_report", EDITOR, report_id=report.report_id)
    office.harness.clock.advance(UNDO_WITHIN + MINUTE)
    with pytest.raises(Conflict, match="10 minutes"):
        office.do("undo_decision", EDITOR, report_id=report.report_id)


def test_R11_undoing_takes_back_the_last_decision_and_not_what_an_earlier_one_did(office: ReviewOffice) -> None:
    which = {"report_id": waiting(office)}
    readers = [Reader(person_id=LEADER.person_id, name=LEADER.name)]
    office.do("send_for_reading", EDITOR, **which, readers=readers)
    for level in (Level.UPPER, Level.STATE):
        office.harness.clock.advance(MINUTE)
        office.do("pass_up_report", EDITOR, **which, level=level)
    office.do("undo_decision", EDITOR, **which)
    passings = office.do("list_passings", EDITOR, **which).passings
    assert [(each.level, each.undone_at is None) for each in passings] == [(Level.UPPER, True), (Level.STATE, False)]
    assert len(office.do("list_readings", LEADER).items) == 1


def test_R11_what_waits_again_is_passed_up_nowhere_and_lies_before_no_reader_however_often_it_was(
    office: ReviewOffice,
) -> None:
    which = {"report_id": waiting(office)}
    readers = [Reader(person_id=LEADER.person_id, name=LEADER.name)]
    for level in (Level.UPPER, Level.STATE):
        office.harness.clock.advance(MINUTE)
        office.do("pass_up_report", EDITOR, **which, level=level)
    office.do("reopen_report", OTHER_EDITOR, **which)
    assert [one.undone_at is None for one in office.do("list_passings", EDITOR, **which).passings] == [False, False]
    for _ in range(2):
        office.harness.clock.advance(MINUTE)
        office.do("send_for_reading", EDITOR, **which, readers=readers)
    assert len(office.do("list_readings", LEADER).items) == 2
    office.do("reopen_report", OTHER_EDITOR, **which)
    assert office.do("list_readings", LEADER).items == []


def test_R11_every_adoption_is_told_for_ever_and_a_withdrawn_edit_copy_lies_ready_for_a_week(
    office: ReviewOffice,
) -> None:
    first, second = office.open_issue(), office.open_issue()
    which = {"report_id": waiting(office)}
    office.do("adopt_report", EDITOR, **which, issue_id=first.issue_id, title="编辑稿")
    assert office.do("list_adoptions", EDITOR, **which).items[0].title is None  # in force: it stands in the issue
    office.do("undo_decision", EDITOR, **which)
    (told,) = office.do("list_adoptions", OTHER_EDITOR, **which).items
    assert (told.title, told.withdrawn_by, told.issue_id) == ("编辑稿", EDITOR.name, first.issue_id)
    office.harness.clock.advance(timedelta(days=8))
    office.do("adopt_report", EDITOR, **which, issue_id=second.issue_id)
    newest, oldest = office.do("list_adoptions", EDITOR, **which).items
    assert (newest.issue_id, newest.withdrawn_at, oldest.title) == (second.issue_id, None, None)
    with pytest.raises(NotFound):
        office.do("list_adoptions", EDITOR, report_id=waiting(office, secrecy=Secrecy.SECRET))


def test_R11_undoing_an_adoption_withdraws_it_and_keeps_its_history(office: ReviewOffice) -> None:
    issue = office.open_issue()
    report = office.adopted(issue.issue_id)
    undone = office.do("undo_decision", EDITOR, report_id=report.report_id)
    assert (undone.state, undone.claimed_by) == (DeskState.CLAIMED, EDITOR.name)
    assert office.do("get_issue", EDITOR, issue_id=issue.issue_id).items == []
    assert [type(event) for event in office.told(events.AdoptionWithdrawn, events.DecisionUndone)] == [
        events.AdoptionWithdrawn
    ]
    published = office.open_issue()
    again = office.adopted(published.issue_id)
    office.publish(published.issue_id)
    with pytest.raises(Conflict):
        office.do("undo_decision", EDITOR, report_id=again.report_id)


def test_R11_undoing_and_withdrawing_at_once_takes_effect_once(office: ReviewOffice) -> None:
    issue = office.open_issue()
    report = office.adopted(issue.issue_id)
    acts = [
        lambda: office.do("undo_decision", EDITOR, report_id=report.report_id),
        lambda: office.do("withdraw_adoption", CHIEF, report_id=report.report_id, reason="重复"),
    ]
    results = at_once(*acts, *acts)
    assert sum(not isinstance(result, Refusal) for result in results) == 1
    assert len(office.told(events.AdoptionWithdrawn)) == 1


def test_R11_pre_adopted_ones_wait_in_a_list_and_are_adopted_or_let_go(office: ReviewOffice) -> None:
    issue = office.open_issue()
    first, second = waiting(office), waiting(office)
    for report_id in (first, second):
        office.do("pre_adopt_report", EDITOR, report_id=report_id)
    assert office.do("list_queue", EDITOR).items == []
    listed = office.do("list_queue", OTHER_EDITOR, decision=ReportState.PRE_ADOPTED).items
    assert {item.report_id for item in listed} == {first, second}
    office.do("adopt_report", OTHER_EDITOR, report_id=first, issue_id=issue.issue_id)
    assert office.do("reopen_report", OTHER_EDITOR, report_id=second).state == DeskState.WAITING
    assert office.do("list_queue", EDITOR, decision=ReportState.PRE_ADOPTED).items == []
    with pytest.raises(Conflict):
        office.do("reopen_report", OTHER_EDITOR, report_id=first)


def test_R13_a_report_passed_upward_has_its_outcomes_beside_it_and_an_adopted_one_stays_adopted(
    office: ReviewOffice,
) -> None:
    report = office.adopted(office.open_issue().issue_id)
    passed = office.do("pass_up_report", EDITOR, report_id=report.report_id, level=Level.UPPER)
    assert passed.decision == ReportState.ADOPTED
    assert office.told(events.ReportPassedUp) == []
    office.do(
        "record_outcome", EDITOR, report_id=report.report_id, level=Level.UPPER, outcome="adopted", happened_at=NOW
    )
    shown = office.do("list_passings", EDITOR, report_id=report.report_id)
    assert [passing.level for passing in shown.passings] == [Level.UPPER]
    assert [outcome.outcome for outcome in shown.outcomes] == ["adopted"]


def test_R11_what_is_sent_for_reading_lies_before_its_readers_alone_until_undone(office: ReviewOffice) -> None:
    report_id = waiting(office)
    readers = [Reader(person_id=LEADER.person_id, name=LEADER.name)]
    with pytest.raises(Invalid):
        office.do("send_for_reading", EDITOR, report_id=report_id, readers=readers * 2)
    office.do("send_for_reading", EDITOR, report_id=report_id, readers=readers, note="请阅")
    (told,) = office.told(events.ReadingRequested)
    (listed,) = office.do("list_readings", LEADER).items
    assert told.reader_ids == [LEADER.person_id]
    assert office.do("list_readings", OTHER_LEADER).items == []
    with pytest.raises(NotFound):
        office.do("open_reading", OTHER_LEADER, reading_id=listed.reading_id)
    assert office.do("open_reading", LEADER, reading_id=listed.reading_id).readers[0].read_at == NOW
    office.do("undo_decision", EDITOR, report_id=report_id)
    assert office.do("list_readings", LEADER).items == []


@pytest.mark.parametrize("method", ["pre_adopt_report", "pass_up_report", "send_for_reading"])
def test_R04_a_drill_is_neither_pre_adopted_nor_passed_up_nor_sent_to_leaders(
    office: ReviewOffice, method: str
) -> None:
    office.register(drill := urgent(Severity.MAJOR, drill=True))
    fields = next(fields for name, fields, _ in DECISIONS if name == method)
    with pytest.raises(Conflict, match="drill"):
        office.do(method, EDITOR, report_id=drill.report_id, **fields)


def test_R11_among_equally_urgent_ones_what_is_due_soonest_comes_first(office: ReviewOffice) -> None:
    old, young = waiting(office, received_at=NOW - MINUTE), waiting(office)
    office.register(major := urgent(Severity.MAJOR))
    office.do("set_due", EDITOR, report_id=young, due_at=NOW + 60 * MINUTE)
    shown, cursor = [], None
    while True:
        page = office.do("list_queue", EDITOR, limit=1, cursor=cursor)
        shown += [item.report_id for item in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert shown == [major.report_id, young, old]


def test_R11_a_time_that_is_past_is_a_slip_of_the_pen_and_puts_nothing_first(office: ReviewOffice) -> None:
    which = {"report_id": waiting(office)}
    with pytest.raises(Invalid) as refused:
        office.do("set_due", EDITOR, **which, due_at=NOW)
    assert (refused.value.pointer, office.do("get_desk_item", EDITOR, **which).due_at) == ("/due_at", None)


def test_R11_filters_narrow_the_queue_together_and_never_past_clearance(office: ReviewOffice) -> None:
    wanted = waiting(office, unit_id=HANGU, topic="防汛", kind=Kind.RESEARCH)
    waiting(office, unit_id=HANGU, topic="防汛")
    waiting(office, topic="防汛", kind=Kind.RESEARCH)
    waiting(office, unit_id=HANGU, topic="防汛", kind=Kind.RESEARCH, secrecy=Secrecy.SECRET)
    filters = {"unit_id": HANGU, "topic": "防汛", "kind": Kind.RESEARCH, "unit_class": "bureau"}
    assert [item.report_id for item in office.do("list_queue", EDITOR, **filters).items] == [wanted]
    assert office.do("list_queue", EDITOR, mine=True).items == []
    office.do("claim_report", EDITOR, report_id=wanted)
    assert [item.report_id for item in office.do("list_queue", EDITOR, mine=True).items] == [wanted]
    office.do("keep_report", EDITOR, report_id=wanted)
    mine = office.do("list_queue", EDITOR, mine=True, state="decided").items
    assert [item.report_id for item in mine] == [wanted]


def test_R11_leaders_have_no_business_on_the_desk(office: ReviewOffice) -> None:
    with pytest.raises(Forbidden):
        office.do("pre_adopt_report", LEADER, report_id=waiting(office))


def test_R11_the_queue_is_searched_for_the_very_characters_by_one_statement(office: ReviewOffice) -> None:
    wanted = waiting(office, title="完成率50%_情况")
    waiting(office, title="完成率50件，情况")
    asked: list[str] = []
    engine = office.harness.service.database.engine

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    found = office.do("list_queue", EDITOR, q="50%_").items
    event.remove(engine, "before_cursor_execute", note)

    assert [item.report_id for item in found] == [wanted]
    assert len(asked) == 1
