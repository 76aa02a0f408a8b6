"""R04: a pre-report by phone starts the clock, may extend the limit, and is made good by one first report."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import permutations
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from contracts.events.deadlines import DeadlineApproaching, DeadlineMissed
from contracts.rpc import drafts as rpc
from contracts.rpc import urgent as urgent_rpc
from contracts.rpc.content import Content
from contracts.vocabulary import CallSide, DeadlineOutcome, ReportFlag, Role, Severity, StatedBy
from kernel.errors import Conflict, Forbidden, Invalid, NotFound
from kernel.ids import new_id
from kernel.principal import Principal
from services.intake.model.time_limits import use_time_limits
from tests.factories.intake import DUE, HEXI, JINNAN, OCCURRED, AcceptedFactory, ContentFactory, PersonFactory
from tests.factories.review import at_once
from tests.integration.intake.conftest import Office

OFFICER, STRANGER = PersonFactory.officer(), PersonFactory.officer(JINNAN)
EDITOR, DUTY = PersonFactory.of_the_city(Role.EDITOR), PersonFactory.of_the_city(Role.DUTY_OFFICER, "郑浩")
MINUTE = timedelta(minutes=1)
EXAMPLES = Path(__file__).parents[3] / "examples" / "time-limits"


def call(office: Office, who: Principal = OFFICER, **changes: Any) -> urgent_rpc.PreReport:
    """A call two minutes after the occurrence, noted at once."""
    said = {
        "pre_report_id": new_id(), "title": "河西区一化工厂发生火情", "place": "河西区某路", "occurred_at": OCCURRED,
        "severity": Severity.LARGER, "caller_name": "李明", "caller_number": "022-2838 1234",
        "called_at": OCCURRED + 2 * MINUTE, "read_back": True,
    }  # fmt: skip
    noted: urgent_rpc.PreReport = office.call(
        "record_pre_report", urgent_rpc.RecordPreReport.model_validate(said | changes), who
    )
    return noted


def shown(office: Office, pre_report_id: UUID, who: Principal = OFFICER) -> urgent_rpc.PreReport:
    request = urgent_rpc.PreReportId(pre_report_id=pre_report_id)
    found: urgent_rpc.PreReport = office.call("get_pre_report", request, who)
    return found


def listed(office: Office, who: Principal = OFFICER, **filters: Any) -> list[UUID]:
    items = office.call("list_pre_reports", urgent_rpc.ListPreReports(**filters), who).items
    return [each.pre_report_id for each in items]


def first_report(called: urgent_rpc.PreReport, **changes: Any) -> Content:
    return ContentFactory.urgent(pre_report_id=called.pre_report_id, **changes)


@pytest.fixture
def special_cases() -> Iterator[None]:
    """Two hours for major incidents; one more for a pre-report with reasons (Shandong)."""
    use_time_limits(EXAMPLES / "shandong.yaml")
    yield
    use_time_limits(None)


@pytest.fixture
def by_phone() -> Iterator[None]:
    """Twenty minutes by phone, forty in writing (a county)."""
    use_time_limits(EXAMPLES / "county-2018.yaml")
    yield
    use_time_limits(None)


def test_R04_a_pre_report_starts_the_clock_and_says_who_noted_it(office: Office) -> None:
    called = call(office)
    assert (called.due_at, called.outcome, called.side) == (DUE, DeadlineOutcome.OPEN, CallSide.UNIT)
    assert (called.recorded_by_name, called.unit_id, called.phone_in_time) == ("李明", HEXI, None)
    assert [each.subject_id for each in office.deadlines(OFFICER)] == [called.pre_report_id]


def test_R04_a_duty_officer_notes_a_call_of_any_unit_and_must_say_which(office: Office) -> None:
    assert call(office, DUTY, unit_id=JINNAN).side is CallSide.CITY
    with pytest.raises(Invalid) as refused:
        call(office, DUTY)
    assert refused.value.pointer == "/unit_id"
    with pytest.raises(NotFound):
        call(office, DUTY, unit_id=new_id())


def test_access1_a_unit_notes_and_sees_its_own_calls_only(office: Office) -> None:
    called = call(office)
    with pytest.raises(NotFound):
        call(office, STRANGER, unit_id=HEXI)
    with pytest.raises(NotFound):
        shown(office, called.pre_report_id, STRANGER)
    with pytest.raises(Forbidden):
        call(office, EDITOR)
    assert (listed(office, STRANGER), listed(office), listed(office, DUTY)) == (
        [], [called.pre_report_id], [called.pre_report_id],
    )  # fmt: skip


@pytest.mark.parametrize(("minutes", "in_time"), [(20, True), (21, False)])
def test_R04_a_call_is_in_time_by_the_limit_for_the_phone(
    office: Office, by_phone: None, minutes: int, in_time: bool
) -> None:
    office.clock.at = OCCURRED + 30 * MINUTE
    called = call(office, called_at=OCCURRED + minutes * MINUTE)
    assert (called.phone_due_at, called.phone_in_time) == (OCCURRED + 20 * MINUTE, in_time)
    assert called.due_at == OCCURRED + 40 * MINUTE


def test_R04_a_reason_extends_the_limit_where_the_rule_allows_it_and_the_sentence_says_so(
    office: Office, special_cases: None
) -> None:
    called = call(office, severity=Severity.MAJOR, reason="道路中断，现场无网络")
    assert called.due_at == DUE
    assert called.due_explanation_zh is not None
    assert "时限为2小时，经电话预报并说明理由延长1小时" in called.due_explanation_zh
    assert call(office, severity=Severity.MAJOR).due_at == DUE - timedelta(hours=1)


def test_R04_a_reason_by_the_notice_extends_nothing(office: Office) -> None:
    assert call(office, reason="道路中断").due_at == DUE


def test_R04_an_early_call_that_the_unit_itself_notes_too_late_extends_nothing(
    office: Office, special_cases: None
) -> None:
    office.clock.at = OCCURRED + 121 * MINUTE
    own = call(office, severity=Severity.MAJOR, reason="道路中断")
    taken = call(office, DUTY, unit_id=HEXI, severity=Severity.MAJOR, reason="道路中断")
    assert [each.due_at for each in (own, taken)] == [OCCURRED + 120 * MINUTE, OCCURRED + 180 * MINUTE]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"called_at": OCCURRED + 8 * MINUTE}, "/called_at"),
        ({"occurred_at": OCCURRED + 5 * MINUTE}, "/occurred_at"),
        ({"learned_at": OCCURRED + 5 * MINUTE}, "/learned_at"),
        ({"occurred_at": OCCURRED - timedelta(days=9000)}, "/occurred_at"),
    ],
)
def test_R04_a_call_that_cannot_be_is_refused_with_its_field(
    office: Office, changes: dict[str, Any], pointer: str
) -> None:
    with pytest.raises(Invalid) as refused:
        call(office, **changes)
    assert refused.value.pointer == pointer


def test_R04_a_call_nobody_makes_good_is_chased_and_ends_missed(office: Office) -> None:
    called = call(office)
    for minutes in (91, 145, 181):
        office.sweep_at(OCCURRED + minutes * MINUTE)
    office.watermark(DUE + MINUTE, 0)
    office.sweep_at(DUE + MINUTE)
    assert [told.threshold_percent for told in office.told(DeadlineApproaching)] == [50, 80, 100]
    assert [told.subject_id for told in office.told(DeadlineMissed)] == [called.pre_report_id]
    assert shown(office, called.pre_report_id).outcome is DeadlineOutcome.MISSED


def test_R04_draft_and_report_take_the_clock_of_the_call_over(office: Office) -> None:
    called = call(office, occurred_at=OCCURRED - 10 * MINUTE)
    draft = office.save(first_report(called), OFFICER)
    assert draft.due_at == DUE - 10 * MINUTE
    assert [each.subject_id for each in office.deadlines(OFFICER)] == [draft.draft_id]
    office.accept(accepted := AcceptedFactory.of(first_report(called), DUE - 5 * MINUTE, draft_id=draft.draft_id))
    (deadline,) = office.deadlines(OFFICER)
    assert (deadline.subject_id, deadline.outcome) == (accepted.report_id, DeadlineOutcome.MISSED)
    found = shown(office, called.pre_report_id)
    assert (found.report_id, found.outcome) == (accepted.report_id, DeadlineOutcome.MISSED)
    assert (listed(office, waiting=True), listed(office, waiting=False)) == ([], [called.pre_report_id])


def test_R04_what_was_said_by_phone_is_evidence_of_the_report(office: Office) -> None:
    called = call(office, occurred_at=OCCURRED - 10 * MINUTE)
    office.accept(accepted := AcceptedFactory.of(first_report(called), DUE))
    request = urgent_rpc.ReportOccurrenceQuery(report_id=accepted.report_id)
    found = office.call("get_occurrence", request, EDITOR)
    assert [(each.how, each.counts) for each in found.statements] == [
        (StatedBy.PRE_REPORT, True), (StatedBy.SIGNED, False),
    ]  # fmt: skip
    assert ReportFlag.OCCURRENCE_MOVED_LATER in office.report(accepted.report_id, EDITOR).flags


def test_R04_a_report_without_draft_makes_a_call_good_with_the_extension(office: Office, special_cases: None) -> None:
    called = call(office, severity=Severity.MAJOR, reason="道路中断")
    office.accept(accepted := AcceptedFactory.of(first_report(called, severity=Severity.MAJOR), DUE))
    report = office.report(accepted.report_id, EDITOR)
    assert (report.late, report.due_at) == (False, DUE)


def test_R04_a_report_that_was_registered_before_its_call_was_noted_ends_the_same(
    office: Office, special_cases: None
) -> None:
    pre_report_id = new_id()
    content = ContentFactory.urgent(pre_report_id=pre_report_id, severity=Severity.MAJOR)
    office.accept(accepted := AcceptedFactory.of(content, DUE))
    assert office.report(accepted.report_id, EDITOR).flags == [ReportFlag.PRE_REPORT_UNKNOWN]
    assert office.report(accepted.report_id, EDITOR).late is True

    called = call(office, DUTY, unit_id=HEXI, pre_report_id=pre_report_id, severity=Severity.MAJOR, reason="道路中断")
    report = office.report(accepted.report_id, EDITOR)
    assert (report.late, report.flags) == (False, [ReportFlag.JUST_BELOW_LIMIT])
    assert called.report_id == accepted.report_id
    assert len(office.deadlines(OFFICER)) == 1


def test_R04_one_call_serves_one_draft(office: Office) -> None:
    called = call(office)
    draft = office.save(first_report(called), OFFICER)
    with pytest.raises(Conflict) as refused:
        office.save(first_report(called), OFFICER)
    assert refused.value.pointer == "/content/pre_report_id"
    office.save(first_report(called, title="另一个标题"), OFFICER, draft.draft_id, draft.version)


def test_R04_drafts_at_once_one_takes_the_call_the_other_is_told(office: Office) -> None:
    for _ in range(3):
        called = call(office)
        results = at_once(*(lambda c=called: office.save(first_report(c), OFFICER) for _ in range(3)))
        assert sorted(type(each).__name__ for each in results) == ["Conflict", "Conflict", "Draft"]


def test_R04_a_second_report_of_the_same_call_is_marked_never_refused(office: Office) -> None:
    called = call(office)
    first, second = (AcceptedFactory.of(first_report(called), DUE + minutes * MINUTE) for minutes in (0, 1))
    office.accept(first)
    office.accept(second)
    assert shown(office, called.pre_report_id).report_id == first.report_id
    flags = [office.report(each.report_id, EDITOR).flags for each in (first, second)]
    assert flags == [[ReportFlag.JUST_BELOW_LIMIT], [ReportFlag.PRE_REPORT_TAKEN]]
    with pytest.raises(Conflict):
        office.save(first_report(called), OFFICER)


def test_R04_a_call_of_another_unit_is_as_good_as_none(office: Office) -> None:
    called = call(office, STRANGER)
    with pytest.raises(Invalid) as refused:
        office.save(first_report(called), OFFICER)
    assert refused.value.pointer == "/content/pre_report_id"
    office.accept(accepted := AcceptedFactory.of(first_report(called), OCCURRED + MINUTE))
    assert office.report(accepted.report_id, EDITOR).flags == [ReportFlag.PRE_REPORT_UNKNOWN]
    assert shown(office, called.pre_report_id, STRANGER).report_id is None


def test_R04_dropping_the_draft_gives_the_clock_back_to_the_call(office: Office) -> None:
    called = call(office)
    draft = office.save(first_report(called, occurred_at=OCCURRED - MINUTE), OFFICER)
    office.call("drop_draft", rpc.DraftId(draft_id=draft.draft_id), OFFICER)
    found = shown(office, called.pre_report_id)
    assert (found.draft_id, found.outcome, found.due_at) == (None, DeadlineOutcome.OPEN, DUE - MINUTE)
    assert office.save(first_report(called), OFFICER).due_at == DUE - MINUTE


def test_R04_the_call_of_a_draft_cannot_be_changed(office: Office) -> None:
    draft = office.save(first_report(call(office)), OFFICER)
    with pytest.raises(Invalid) as refused:
        office.save(first_report(call(office)), OFFICER, draft.draft_id, draft.version)
    assert refused.value.pointer == "/content/pre_report_id"


def test_R04_a_report_made_while_a_draft_holds_the_call_leaves_no_second_clock(office: Office) -> None:
    called = call(office)
    office.save(first_report(called), OFFICER)
    office.accept(accepted := AcceptedFactory.of(first_report(called), DUE))
    assert [(each.subject_id, each.outcome) for each in office.deadlines(OFFICER)] == [
        (accepted.report_id, DeadlineOutcome.MET)
    ]


def test_R04_a_call_noted_and_its_report_registered_at_once_find_each_other(office: Office) -> None:
    for _ in range(4):
        pre_report_id = new_id()
        accepted = AcceptedFactory.of(ContentFactory.urgent(pre_report_id=pre_report_id), OCCURRED + MINUTE)
        at_once(
            lambda p=pre_report_id: call(office, pre_report_id=p), lambda a=accepted: office.accept(a)
        )
        assert shown(office, pre_report_id).report_id == accepted.report_id
        assert office.report(accepted.report_id, EDITOR).flags == []


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_F8_call_report_and_new_version_in_any_order_and_doubled_end_alike(
    office: Office, special_cases: None, order: tuple[int, ...]
) -> None:
    """The call puts the occurrence earlier, gives a reason and so an extension; version 2 waits for version 1."""
    pre_report_id = new_id()
    content = ContentFactory.urgent(pre_report_id=pre_report_id, severity=Severity.MAJOR)
    first = AcceptedFactory.of(content, DUE - 5 * MINUTE)
    second = AcceptedFactory.of(content, DUE + 60 * MINUTE, report_id=first.report_id, version=2)
    office.clock.at = DUE + timedelta(hours=2)
    said = {
        "unit_id": HEXI, "pre_report_id": pre_report_id, "severity": Severity.MAJOR, "reason": "道路中断",
        "occurred_at": OCCURRED - 4 * MINUTE,
    }  # fmt: skip
    acts = [
        lambda: call(office, DUTY, **said),
        lambda: office.accept(first),
        lambda: office.accept(second),
        lambda: office.watermark(DUE + 90 * MINUTE, 2),
    ]
    for index in order:
        acts[index]()
        office.sweep_at(office.clock.now())
    office.accept(first)
    office.harness.retry()

    (deadline,) = office.deadlines(OFFICER)
    assert (deadline.subject_id, deadline.due_at) == (first.report_id, DUE - 4 * MINUTE)
    assert deadline.outcome is DeadlineOutcome.MET
    assert shown(office, pre_report_id).report_id == first.report_id
    assert sorted(office.report(first.report_id, EDITOR).flags) == [
        ReportFlag.JUST_BELOW_LIMIT, ReportFlag.OCCURRENCE_MOVED_LATER,
    ]  # fmt: skip
    told = office.call("get_occurrence", urgent_rpc.ReportOccurrenceQuery(report_id=first.report_id), EDITOR)
    assert [each.how for each in told.statements if each.counts] == [StatedBy.PRE_REPORT]
    assert len(told.statements) == 3


def test_R04_a_call_noted_twice_is_one(office: Office) -> None:
    called = call(office)
    with pytest.raises(Conflict):
        call(office, pre_report_id=called.pre_report_id)
    assert listed(office) == [called.pre_report_id]


def test_R04_a_drill_begins_with_a_call_that_counts_for_nothing(office: Office) -> None:
    called = call(office, drill=True)
    assert called.drill
    office.accept(accepted := AcceptedFactory.of(first_report(called, drill=True), DUE))
    assert shown(office, called.pre_report_id).report_id == accepted.report_id
    (deadline,) = office.deadlines(OFFICER)
    assert deadline.drill


@pytest.mark.parametrize("drill", [True, False])
def test_R04_a_draft_is_an_exercise_as_its_call_was_or_is_refused(office: Office, drill: bool) -> None:
    called = call(office, drill=drill)
    with pytest.raises(Invalid) as refused:
        office.save(first_report(called, drill=not drill), OFFICER)
    assert refused.value.pointer == "/content/drill"
    draft = office.save(first_report(called, drill=drill), OFFICER)
    with pytest.raises(Invalid):
        office.save(first_report(called, drill=not drill), OFFICER, draft.draft_id, draft.version)


@pytest.mark.parametrize("noted_first", [True, False])
def test_R04_an_exercise_never_stops_the_clock_of_a_real_call(office: Office, noted_first: bool) -> None:
    pre_report_id = new_id()
    accepted = AcceptedFactory.of(ContentFactory.urgent(pre_report_id=pre_report_id, drill=True), DUE)
    acts = [lambda: call(office, pre_report_id=pre_report_id), lambda: office.accept(accepted)]
    for act in acts if noted_first else reversed(acts):
        act()
    assert ReportFlag.DRILL_DIFFERS in office.report(accepted.report_id, EDITOR).flags
    called = shown(office, pre_report_id)
    assert (called.report_id, called.outcome) == (None, DeadlineOutcome.OPEN)
