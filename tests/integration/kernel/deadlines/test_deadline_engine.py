from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from kernel.database import AuditFact
from kernel.deadlines.due import stated_due, wall_due
from kernel.deadlines.engine import excuse, reassess, reinstate, sweep, waive
from kernel.deadlines.model import MET, MISSED, OPEN, WAIVED
from kernel.errors import Conflict, Invalid
from tests.factories.deadline_office import EDITOR, RULE, Office, locked
from tests.factories.deadlines import DUE, OCCURRED

MINUTE = timedelta(minutes=1)


def put_right(office: Office, subject_id: UUID, started_at: datetime, due_at: datetime) -> list[AuditFact]:
    with office.database.work(EDITOR) as work:
        due = stated_due(due_at, **RULE)
        reassess(
            work,
            locked(work, subject_id),
            started_at=started_at,
            due=due,
            reason="时间更正",
            announce=office.announce,
        )
        return work._facts


def test_R04_each_threshold_is_announced_once_as_time_goes_by(office: Office) -> None:
    report = office.open()
    for minute in range(0, 200, 10):
        office.clock.at = OCCURRED + minute * MINUTE
        office.sweep()

    assert office.thresholds(report) == [50, 80, 100]


def test_thresholds_keep_the_instant_at_which_they_passed(office: Office) -> None:
    office.open()
    office.clock.at = OCCURRED + 100 * MINUTE
    office.sweep()

    assert [passing.at for _, passing, _ in office.told] == [OCCURRED + 90 * MINUTE]


def test_after_downtime_each_threshold_is_announced_once(office: Office) -> None:
    report = office.open()
    office.clock.at = DUE + timedelta(days=2)
    office.sweep()
    office.sweep()

    assert office.thresholds(report) == [50, 80, 100]


def test_a_clock_that_jumps_back_announces_nothing_twice(office: Office) -> None:
    report = office.open()
    for minute in (95, 20, 96, 181, 95, 185):
        office.clock.at = OCCURRED + minute * MINUTE
        office.sweep()

    assert office.thresholds(report) == [50, 80, 100]


def test_opened_late_only_the_highest_passed_threshold_is_announced(office: Office) -> None:
    office.clock.at = OCCURRED + 150 * MINUTE
    report = office.open()
    office.sweep()
    office.clock.at = DUE
    office.sweep()

    assert office.thresholds(report) == [80, 100]


def test_opened_when_it_is_done_already_nothing_reminds_of_it(office: Office) -> None:
    office.clock.at = DUE + MINUTE
    report = office.open(settled_at=DUE - MINUTE)
    office.sweep(decided_up_to=DUE + timedelta(days=1))

    assert office.thresholds(report) == []
    assert office.outcomes(report) == ["met"]


def test_opening_twice_is_opening_once(office: Office) -> None:
    office.clock.at = OCCURRED + 100 * MINUTE
    report = office.open()
    office.open(subject_id=report)

    assert office.thresholds(report) == [50]
    assert office.deadline(report).version == 2


def test_R04_it_is_not_missed_while_a_receipt_may_still_be_on_its_way(office: Office) -> None:
    report = office.open()
    office.clock.at = DUE + timedelta(hours=5)
    office.sweep(decided_up_to=None)
    office.sweep(decided_up_to=DUE)

    assert office.deadline(report).outcome == OPEN


def test_R04_behind_the_watermark_it_is_missed_once(office: Office) -> None:
    report = office.open()
    office.clock.at = DUE + MINUTE
    office.sweep(decided_up_to=DUE + MINUTE)
    office.sweep(decided_up_to=DUE + 2 * MINUTE)

    assert office.outcomes(report) == ["missed"]
    assert office.deadline(report).outcome == MISSED


def test_a_lagging_clock_behind_the_watermark_leaves_out_no_threshold(office: Office) -> None:
    report = office.open()
    office.sweep(decided_up_to=DUE + MINUTE)

    assert office.thresholds(report) == [50, 80, 100]
    assert office.outcomes(report) == ["missed"]


def test_R04_settled_in_time_it_is_met_and_settling_again_says_nothing(office: Office) -> None:
    report = office.open()
    for at in (DUE, DUE, DUE + MINUTE):
        office.settle(report, at)

    assert office.outcomes(report) == ["met"]
    assert office.deadline(report).settled_at == DUE


def test_R04_an_earlier_time_after_a_miss_reassesses_it(office: Office) -> None:
    report = office.open()
    office.settle(report, DUE + MINUTE)
    office.settle(report, DUE - MINUTE)

    assert office.outcomes(report) == ["missed", "reassessed"]
    _, passing, outcome = office.told[-1]
    assert (passing.old_outcome, passing.old_due_at, outcome) == (MISSED, DUE, MET)


def test_R17_an_extension_is_recorded_with_reason_and_person_and_moves_the_thresholds_left(office: Office) -> None:
    report = office.open()
    office.clock.at = OCCURRED + 100 * MINUTE
    office.sweep()
    office.extend(report, OCCURRED + 200 * MINUTE)
    office.clock.at = OCCURRED + 150 * MINUTE
    office.sweep()
    office.clock.at = OCCURRED + 160 * MINUTE
    office.sweep()

    assert office.thresholds(report) == [50, 80]
    extension = office.deadline(report).extensions[0]
    assert (extension["by_name"], extension["reason"]) == ("李强", "道路中断")
    assert extension["old_due_at"] == DUE.isoformat()


def test_an_extension_granted_after_the_miss_reassesses_it(office: Office) -> None:
    report = office.open()
    office.settle(report, DUE + MINUTE)
    office.extend(report, DUE + 2 * MINUTE)

    assert office.outcomes(report) == ["missed", "reassessed"]
    assert office.deadline(report).outcome == MET


def test_an_extension_needs_a_later_time_a_reason_and_an_undecided_deadline(office: Office) -> None:
    report = office.open()
    with pytest.raises(Invalid):
        office.extend(report, DUE)
    office.settle(report, DUE)
    with pytest.raises(Conflict):
        office.extend(report, DUE + MINUTE)


def test_a_correction_of_the_occurrence_reassesses_the_outcome_and_is_audited(office: Office) -> None:
    report = office.open()
    office.settle(report, DUE)
    facts = put_right(office, report, OCCURRED - 30 * MINUTE, DUE - 30 * MINUTE)

    assert office.outcomes(report) == ["met", "reassessed"]
    assert office.deadline(report).outcome == MISSED
    assert [(fact.act, fact.detail["reason"]) for fact in facts] == [("deadline.reassessed", "时间更正")]


def test_a_correction_that_changes_no_outcome_is_recorded_but_not_announced(office: Office) -> None:
    report = office.open()
    office.settle(report, OCCURRED + MINUTE)
    put_right(office, report, OCCURRED - MINUTE, DUE - MINUTE)

    assert office.outcomes(report) == ["met"]
    assert len(office.deadline(report).extensions) == 1


def test_a_waived_deadline_reminds_of_nothing_and_is_never_missed(office: Office) -> None:
    report = office.open()
    with office.database.work(EDITOR) as work:
        waive(work, locked(work, report), "重复报告")
        waive(work, locked(work, report), "重复报告")
    office.clock.at = DUE + MINUTE
    office.sweep(decided_up_to=DUE + MINUTE)

    assert office.told == []
    assert office.deadline(report).outcome == WAIVED
    assert len(office.deadline(report).extensions) == 1


def test_a_missed_deadline_can_be_excused_with_a_reason_and_the_excuse_taken_back(office: Office) -> None:
    report = office.open()
    office.settle(report, DUE + MINUTE)
    with office.database.work(EDITOR) as work:
        excuse(work, locked(work, report), "通信中断", office.announce)
    excused = office.deadline(report)
    with office.database.work(EDITOR) as work:
        reinstate(work, locked(work, report), "经核查通信未中断", office.announce)

    assert office.outcomes(report) == ["missed", "reassessed", "reassessed"]
    assert [outcome for _, _, outcome in office.told] == [MISSED, WAIVED, MISSED]
    assert "李强" in excused.explain().zh
    assert "将其免除，理由：通信中断" in excused.explain().zh
    assert "将其恢复，理由：经核查通信未中断" in office.deadline(report).explain().zh


def test_only_a_missed_deadline_is_excused_and_only_a_waived_one_reinstated(office: Office) -> None:
    report = office.open()
    with pytest.raises(Conflict), office.database.work(EDITOR) as work:
        excuse(work, locked(work, report), "通信中断", office.announce)
    with pytest.raises(Conflict), office.database.work(EDITOR) as work:
        reinstate(work, locked(work, report), "通信中断", office.announce)
    office.settle(report, DUE + MINUTE)
    with pytest.raises(Invalid), office.database.work(EDITOR) as work:
        excuse(work, locked(work, report), "  ", office.announce)

    assert office.deadline(report).outcome == MISSED


def test_an_excuse_outlasts_a_time_that_comes_later(office: Office) -> None:
    report = office.open()
    office.sweep(decided_up_to=DUE + MINUTE)
    with office.database.work(EDITOR) as work:
        excuse(work, locked(work, report), "通信中断", office.announce)
    office.settle(report, DUE + 2 * MINUTE)

    assert office.deadline(report).outcome == WAIVED


def test_what_is_rolled_back_was_never_announced(office: Office) -> None:
    report = office.open()
    office.clock.at = OCCURRED + 100 * MINUTE
    with pytest.raises(ZeroDivisionError), office.database.work(EDITOR) as work:
        _ = sweep(work, "urgent_report", office.announce, None) / 0
    office.sweep()

    assert office.thresholds(report) == [50]


def test_the_due_time_must_lie_behind_the_start(office: Office) -> None:
    report = office.open()

    with pytest.raises(Invalid):
        put_right(office, report, DUE, DUE)


def test_every_move_is_audited(office: Office) -> None:
    report = office.open()
    with office.database.work(EDITOR) as work:
        deadline = locked(work, report)
        reassess(
            work,
            deadline,
            started_at=OCCURRED,
            due=wall_due(OCCURRED, timedelta(hours=2), **RULE),
            reason="规则更正",
            announce=office.announce,
        )
        waive(work, deadline, "重复报告")
        acts = [fact.act for fact in work._facts]

    assert acts == ["deadline.reassessed", "deadline.waived"]
