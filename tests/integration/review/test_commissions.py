"""R18: commissions to some or all units; what is delivered, late or missed is decided by the receipt's time alone."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert

from contracts.events.commissions import CommissionExcused, CommissionIssued, CommissionWithdrawn
from contracts.events.deadlines import DeadlineApproaching, DeadlineMissed
from contracts.events.gateway import AmendmentTold, ReferenceTold
from contracts.events.intake import ReportReclassified, ReportRegistered
from contracts.rpc.commissions import (
    MOST_UNITS,
    Commission,
    CommissionState,
    CommissionTask,
    Origin,
    Quality,
    TaskState,
)
from contracts.rpc.secrecy import WITHHELD_TITLE
from contracts.vocabulary import AmendmentAct, FindingKind, Kind, Role, Secrecy, UnitClass
from kernel.deadlines.calendar import WorkingCalendar
from kernel.errors import Conflict, Forbidden, Invalid, NotFound
from services.review.model.commissions import task_id
from services.review.model.units import Unit
from tests.factories.review import (
    CHIEF,
    EDITOR,
    FOREIGN_OFFICER,
    HANGU,
    HEPING,
    NOW,
    OFFICER,
    OTHER_EDITOR,
    ReviewOffice,
    at_once,
    mark,
    new_version,
    person,
    registered,
    unit,
)

DAY = timedelta(days=1)
DUE = NOW + 5 * DAY
COMMISSION = UUID(int=0x_3001)


def issue(office: ReviewOffice, by: Any = EDITOR, **changes: Any) -> Commission:
    values = {
        "commission_id": COMMISSION, "subject": "冬季供热准备情况", "requirements": "写清热源、管网、储煤。",
        "due_at": DUE, "unit_ids": [HEPING, HANGU],
    } | changes  # fmt: skip
    issued: Commission = office.do("issue_commission", by, **values)
    return issued


def answer(received_at: datetime = NOW + DAY, commission_id: UUID = COMMISSION, **changes: Any) -> ReportRegistered:
    """A signed answer of Heping district."""
    reference = ReferenceTold(title="冬季供热准备情况", commission_id=commission_id)
    return registered(kind=Kind.COMMISSION_ANSWER, reference=reference, received_at=received_at, **changes)


def part(office: ReviewOffice, unit_id: UUID = HEPING, by: Any = EDITOR) -> CommissionTask:
    shown: CommissionTask = office.do("get_commission_task", by, task_id=task_id(COMMISSION, unit_id))
    return shown


def decided(office: ReviewOffice, answers: int) -> None:
    """All that was received up to the day after the due time has come, and the sweep has run."""
    office.harness.clock.at = DUE + 2 * DAY
    office.harness.deliver(
        mark(DUE + DAY, 0).model_copy(update={"answer_total": answers}), "registration", 1 + answers
    )
    office.sweep()


def test_R18_units_are_asked_each_with_a_clock_of_its_own_and_answer_in_time_or_not(office: ReviewOffice) -> None:
    upward = {"origin": Origin.PROVINCE, "upward_due_at": DUE + 5 * DAY}
    issued = issue(office, length=1500, template="一、热源\n二、管网", **upward)
    assert {told.unit_id for told in office.told(CommissionIssued)} == {HEPING, HANGU}
    assert issued.counts == {TaskState.OWED: 2}
    first, second = answer(title="和平区供热准备情况"), answer(NOW + 2 * DAY)
    office.register(first, second)
    decided(office, answers=2)
    shown = part(office)
    assert (shown.state, [linked.report_id for linked in shown.answers]) == (
        TaskState.DELIVERED, [first.report_id, second.report_id],
    )  # fmt: skip
    assert part(office, HANGU).state is TaskState.MISSED
    assert [told.unit_id for told in office.told(DeadlineMissed)] == [HANGU]
    assert office.do("get_commission", EDITOR, commission_id=COMMISSION).counts == {
        TaskState.DELIVERED: 1, TaskState.MISSED: 1,
    }  # fmt: skip
    assert [item.report_id for item in office.do("list_queue", EDITOR).items] == [first.report_id, second.report_id]


def test_R18_what_comes_after_the_due_time_is_late_and_a_new_version_does_not_make_it_later(
    office: ReviewOffice,
) -> None:
    issue(office)
    late, timely = answer(DUE + timedelta(seconds=1)), answer(DUE, unit_id=HANGU)
    office.register(late, timely, new_version(timely, received_at=DUE + DAY))
    assert (part(office).state, part(office, HANGU).state) == (TaskState.LATE, TaskState.DELIVERED)
    assert [linked.received_at for linked in part(office, HANGU).answers] == [DUE]


def test_R18_an_answer_at_the_very_due_time_is_in_time_whoever_is_first_the_sweep_or_it(
    new_office: Callable[[], ReviewOffice],
) -> None:
    for _ in range(3):
        office = new_office()
        issue(office, unit_ids=[HEPING])
        office.harness.clock.at = DUE
        office.harness.deliver(mark(DUE, 0).model_copy(update={"answer_total": 1}), "registration", 1)
        at_once(office.sweep, partial(office.register, answer(DUE)), office.sweep)
        assert part(office).state is TaskState.DELIVERED
        assert office.told(DeadlineMissed) == []


def test_R18_reminders_come_while_it_is_owed_and_none_to_who_has_delivered(office: ReviewOffice) -> None:
    issue(office)
    office.register(answer())
    for days in (3, 4, 5):
        office.harness.clock.at = NOW + days * DAY
        office.sweep()
    told = [(told.unit_id, told.threshold_percent, told.kind) for told in office.told(DeadlineApproaching)]
    assert told == [(HANGU, percent, "commission") for percent in (50, 80, 100)]


def test_R18_missed_is_not_said_before_every_answer_the_mark_counts_has_come(office: ReviewOffice) -> None:
    issue(office, unit_ids=[HEPING])
    decided(office, answers=1)
    assert part(office).state is TaskState.OWED
    office.register(answer(DUE))
    office.sweep()
    assert part(office).state is TaskState.DELIVERED
    assert office.told(DeadlineMissed) == []


def test_R18_an_answer_given_up_by_an_operator_stops_no_decision_and_is_no_miss(office: ReviewOffice) -> None:
    issue(office)
    office.park(answer(DUE))
    decided(office, answers=1)
    assert part(office, HANGU).state is TaskState.OWED
    office.discard_parked()
    office.harness.deliver(mark(DUE + 2 * DAY, 0).model_copy(update={"answer_total": 1}), "registration", 9)
    office.sweep()
    assert (part(office).state, part(office, HANGU).state) == (TaskState.DELIVERED, TaskState.MISSED)


@pytest.mark.parametrize("seed", range(4))
def test_R18_in_whatever_order_things_are_heard_the_parts_end_alike(
    new_office: Callable[[], ReviewOffice], seed: int
) -> None:
    """The commission itself, answers of two units, one of a unit that was not asked, doubles; then the withdrawal,
    before which one answer was received, and after which another is heard of."""
    chance, office = random.Random(seed), new_office()
    documents = [answer(), answer(DUE + DAY, unit_id=HANGU), answer(commission_id=uuid4())]
    acts: list[Callable[[], object]] = [lambda: issue(office)]
    acts += [lambda document=document: office.register(document) for document in (*documents, documents[0])]
    chance.shuffle(acts)
    for act in acts:
        act()
    assert (part(office).state, part(office, HANGU).state) == (TaskState.DELIVERED, TaskState.LATE)
    decided(office, answers=3)
    assert (part(office).state, part(office, HANGU).state) == (TaskState.DELIVERED, TaskState.LATE)


def test_R18_an_answer_signed_before_the_withdrawal_counts_and_one_signed_after_it_does_not(
    office: ReviewOffice,
) -> None:
    issue(office)
    office.harness.clock.at = NOW + 2 * DAY
    withdrawn = office.do("withdraw_commission", EDITOR, commission_id=COMMISSION, reason="省里取消")
    assert (withdrawn.state, withdrawn.counts) == (CommissionState.WITHDRAWN, {TaskState.WITHDRAWN: 2})
    assert {told.unit_id for told in office.told(CommissionWithdrawn)} == {HEPING, HANGU}
    office.register(answer(NOW + DAY), answer(NOW + 3 * DAY, unit_id=HANGU))
    decided(office, answers=2)
    assert (part(office).state, part(office, HANGU).state) == (TaskState.DELIVERED, TaskState.WITHDRAWN)
    assert len(part(office, HANGU).answers) == 1
    assert office.told(DeadlineMissed) == []


def test_R18_two_issue_the_same_and_one_is_told_so(office: ReviewOffice) -> None:
    results = at_once(*(lambda by=by: issue(office, by) for by in (EDITOR, OTHER_EDITOR, CHIEF)))
    assert len([result for result in results if isinstance(result, Conflict)]) == 2
    assert len(office.told(CommissionIssued)) == 2


def test_R18_it_is_withdrawn_while_answers_come_in_and_nothing_is_lost(office: ReviewOffice) -> None:
    issue(office)
    results = at_once(
        lambda: office.do("withdraw_commission", CHIEF, commission_id=COMMISSION, reason="重复"),
        lambda: office.register(answer(NOW - timedelta(minutes=1))),
        lambda: office.register(answer(NOW - timedelta(minutes=1), unit_id=HANGU)),
        lambda: office.do("withdraw_commission", EDITOR, commission_id=COMMISSION, reason="重复"),
    )
    assert len([result for result in results if isinstance(result, Conflict)]) == 1
    assert (part(office).state, part(office, HANGU).state) == (TaskState.DELIVERED, TaskState.DELIVERED)


def test_R18_the_commission_and_its_answer_meet_and_find_each_other(new_office: Callable[[], ReviewOffice]) -> None:
    for _ in range(3):
        office = new_office()
        at_once(partial(issue, office), partial(office.register, answer()))
        assert part(office).state is TaskState.DELIVERED


def test_R18_a_unit_is_excused_with_reason_but_not_by_itself_nor_after_it_delivered(office: ReviewOffice) -> None:
    issue(office)
    excuse = {"task_id": task_id(COMMISSION, HANGU), "reason": "机构改革中"}
    with pytest.raises(Forbidden):
        office.do("excuse_unit", person("郑编辑", Role.EDITOR, unit_id=HANGU), **excuse)
    excused = office.do("excuse_unit", EDITOR, **excuse)
    assert (excused.state, excused.excused_because) == (TaskState.EXCUSED, "机构改革中")
    assert [told.unit_id for told in office.told(CommissionExcused)] == [HANGU]
    with pytest.raises(Conflict):
        office.do("excuse_unit", CHIEF, **excuse)
    office.register(answer())
    with pytest.raises(Conflict):
        office.do("excuse_unit", EDITOR, task_id=task_id(COMMISSION, HEPING), reason="已交")
    closed = office.do("close_commission", EDITOR, commission_id=COMMISSION)
    assert closed.state is CommissionState.CLOSED


def test_R18_a_missed_one_is_excused_afterwards(office: ReviewOffice) -> None:
    issue(office)
    decided(office, answers=0)
    excused = office.do("excuse_unit", CHIEF, task_id=task_id(COMMISSION, HEPING), reason="通知未送达")
    assert (excused.state, excused.deadline.outcome.value) == (TaskState.EXCUSED, "waived")


def test_R18_it_is_not_closed_while_units_owe_it(office: ReviewOffice) -> None:
    issue(office)
    office.register(answer())
    with pytest.raises(Conflict) as refused:
        office.do("close_commission", EDITOR, commission_id=COMMISSION)
    assert refused.value.extra == {"owing": ["市水务局"]}


def test_R18_what_was_delivered_is_marked_and_marked_anew(office: ReviewOffice) -> None:
    issue(office)
    marking = {"task_id": task_id(COMMISSION, HEPING), "quality": Quality.C, "remark": "数字不全"}
    with pytest.raises(Conflict):
        office.do("mark_answer", EDITOR, **marking)
    office.register(answer())
    office.do("mark_answer", EDITOR, **marking)
    again = office.do("mark_answer", CHIEF, **marking | {"quality": Quality.B, "remark": None})
    assert (again.quality, again.quality_remark, again.marked_by) == (Quality.B, None, CHIEF.name)


def test_R18_only_its_issuer_or_a_chief_editor_withdraws_it(office: ReviewOffice) -> None:
    issue(office)
    with pytest.raises(Forbidden):
        office.do("withdraw_commission", OTHER_EDITOR, commission_id=COMMISSION, reason="误发")
    office.do("withdraw_commission", CHIEF, commission_id=COMMISSION, reason="误发")


def test_R18_a_unit_sees_its_own_part_and_no_other(office: ReviewOffice) -> None:
    report = registered()
    office.register(report)
    issue(office, unit_ids=[HEPING], origin=Origin.STATE_COUNCIL, upward_due_at=DUE, from_report_id=report.report_id)
    own = office.do("get_commission", OFFICER, commission_id=COMMISSION)
    assert (own.upward_due_at, own.from_report_id, own.counts) == (None, None, {TaskState.OWED: 1})
    assert office.do("list_commission_tasks", OFFICER, state=TaskState.OWED).items[0].unit_id == HEPING
    assert office.do("list_commissions", FOREIGN_OFFICER).items == []
    assert office.do("list_commission_tasks", FOREIGN_OFFICER).items == []
    for method, named in (
        ("get_commission", {"commission_id": COMMISSION}),
        ("get_commission_task", {"task_id": task_id(COMMISSION, HEPING)}),
    ):
        with pytest.raises(NotFound):
            office.do(method, FOREIGN_OFFICER, **named)


def test_R18_by_class_those_are_asked_that_exist_on_the_day_each_once(office: ReviewOffice) -> None:
    gone = UUID(int=0x_1003)
    told = unit(HEPING).model_copy(update={"unit_id": gone, "name": "原塘沽区", "valid_to": (NOW - DAY).date()})
    office.harness.deliver(told, gone)
    subunit = UUID(int=0x_1004)
    told = unit(HEPING).model_copy(update={"unit_id": subunit, "name": "和平区应急管理局", "parent_id": HEPING})
    office.harness.deliver(told, subunit)
    issue(office, unit_ids=[HEPING], unit_classes=[UnitClass.DISTRICT])
    assert [told.unit_id for told in office.told(CommissionIssued)] == [HEPING]
    with pytest.raises(Invalid) as refused:
        issue(office, commission_id=uuid4(), unit_ids=[HEPING, gone])
    assert (refused.value.pointer, "原塘沽区已撤销" in refused.value.detail_zh) == ("/unit_ids/1", True)


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"due_at": NOW}, "/due_at"),
        ({"working_days": 3}, "/due_at"),
        ({"due_at": None}, "/due_at"),
        ({"unit_ids": []}, "/unit_ids"),
        ({"unit_ids": [], "unit_classes": [UnitClass.AFFILIATED]}, "/unit_ids"),
        ({"upward_due_at": DUE}, "/upward_due_at"),
        ({"upward_due_at": DUE - DAY, "origin": Origin.PROVINCE}, "/upward_due_at"),
        ({"due_at": None, "working_days": 250}, "/working_days"),
    ],
)
def test_R18_what_cannot_be_asked_is_refused_by_the_field(
    office: ReviewOffice, changes: dict[str, Any], pointer: str
) -> None:
    """The last: 250 working days lead into a year whose holidays nobody has told."""
    with pytest.raises(Invalid) as refused:
        issue(office, **changes)
    assert refused.value.pointer == pointer
    assert office.told(CommissionIssued) == []


def test_R18_more_units_than_one_act_can_tell_are_refused_and_none_of_them_is_told(office: ReviewOffice) -> None:
    rows = [
        {"unit_id": uuid4(), "version": 1, "name": f"单位{place}", "unit_class": UnitClass.AFFILIATED, "valid_to": None}
        for place in range(MOST_UNITS + 1)
    ]
    with office.harness.database.engine.begin() as connection:
        connection.execute(insert(Unit), rows)
    with pytest.raises(Invalid) as refused:
        issue(office, unit_classes=[UnitClass.AFFILIATED])
    assert refused.value.pointer == "/unit_classes"
    assert office.told(CommissionIssued) == []


def test_R18_working_days_end_at_midnight_of_the_last_one(office: ReviewOffice) -> None:
    """From Tuesday 24 November 2026; the weekend does not count."""
    issued = issue(office, due_at=None, working_days=5)
    assert issued.due_at.isoformat() == "2026-12-01T16:00:00+00:00"


def test_R18_R07_working_days_of_the_operators_own_file_count_for_commissions_and_replies(
    office: ReviewOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A year that only `deploy/calendar` knows."""
    holidays = {date(2035, 1, day): False for day in (1, 2, 3)}
    monkeypatch.setattr(office.harness.service, "calendar", WorkingCalendar(holidays, frozenset({2035})))
    office.harness.clock.at = datetime(2035, 1, 1, 1, tzinfo=UTC)
    assert issue(office, due_at=None, working_days=1).due_at.isoformat() == "2035-01-04T16:00:00+00:00"
    finding = office.do(
        "propose_finding", EDITOR, finding_id=uuid4(), kind=FindingKind.CONCEALED, unit_id=HEPING,
        facts="某厂爆炸未报。", grounds="市应急管理局核查记录。",
    )  # fmt: skip
    assert finding.reply_due_at > datetime(2035, 1, 5, tzinfo=UTC)
    assert finding.reply_due_at.isoformat().endswith("T16:00:00+00:00")


def test_R07_an_answer_raised_above_the_reader_is_not_shown_and_the_subject_it_gave_is_withheld(
    office: ReviewOffice,
) -> None:
    source, reply = registered(), answer()
    office.register(source)
    issue(office, from_report_id=source.report_id)
    office.register(reply)
    for report in (source, reply):
        office.harness.deliver(
            ReportReclassified(
                report_id=report.report_id, number=report.number, unit_id=HEPING, secrecy=Secrecy.SECRET,
                known_as=[], deadline_ids=[], raised_by="钱信息员", raised_at=NOW,
            ),
            report.report_id,
        )  # fmt: skip
    shown = part(office)
    assert (shown.subject, shown.deadline.title, shown.answers) == (WITHHELD_TITLE, WITHHELD_TITLE, [])
    assert shown.state is TaskState.DELIVERED


def test_R18_an_answer_taken_back_by_the_unit_is_shown_as_such(office: ReviewOffice) -> None:
    issue(office)
    given = answer()
    amendment = AmendmentTold(act=AmendmentAct.WITHDRAWAL, reason="有误")
    office.register(given, new_version(given, amendment=amendment, received_at=NOW + 2 * DAY))
    assert [linked.withdrawn for linked in part(office).answers] == [True]
