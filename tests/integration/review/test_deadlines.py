"""Feedback deadlines: reminders once, *missed* only behind intake's mark (notice 五(二))."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from contracts.events.deadlines import DeadlineApproaching, DeadlineMet, DeadlineMissed
from contracts.vocabulary import DeadlineOutcome, UnitClass
from services.review.model.registration import RegistrationMark
from tests.factories.review import HANGU, HEPING, NOW, SUPERVISOR, ReviewOffice, feedback

DAY = timedelta(days=1)
DUE = NOW + 10 * DAY


def outcomes(office: ReviewOffice) -> list[str]:
    return [one.deadline.outcome.value for one in office.do("list_assignments", SUPERVISOR).items]


def test_R17_reminders_come_once_at_each_threshold_while_open(office: ReviewOffice) -> None:
    office.assign()
    for days in (4, 5, 5, 8, 10, 11):
        office.harness.clock.at = NOW + days * DAY
        office.sweep()
    assert [told.threshold_percent for told in office.told_of_feedback(DeadlineApproaching)] == [50, 80, 100]


def test_R17_past_the_due_time_and_before_the_mark_the_receipt_is_unknown(office: ReviewOffice) -> None:
    assignment = office.assign()
    office.harness.clock.at = DUE + DAY
    office.sweep()
    shown = office.assignment(assignment.assignment_id).deadline
    assert (shown.outcome, shown.receipt_unknown) == (DeadlineOutcome.OPEN, True)


def test_R17_behind_the_mark_the_deadline_is_missed_once(office: ReviewOffice) -> None:
    office.assign()
    office.harness.clock.at = DUE + DAY
    office.advance_mark(DUE + timedelta(seconds=1), total=0)
    office.sweep()
    office.sweep()
    assert outcomes(office) == ["missed"]
    assert len(office.told_of_feedback(DeadlineMissed)) == 1


def test_R17_a_mark_up_to_the_due_time_itself_does_not_decide(office: ReviewOffice) -> None:
    office.assign()
    office.harness.clock.at = DUE + DAY
    office.advance_mark(DUE, total=0)
    office.sweep()
    assert outcomes(office) == ["open"]


def test_R17_a_mark_that_counts_feedback_not_handled_yet_waits_for_it(office: ReviewOffice) -> None:
    assignment = office.assign()
    office.harness.clock.at = DUE + DAY
    office.advance_mark(DUE + timedelta(seconds=1), total=1)
    office.sweep()
    assert outcomes(office) == ["open"]
    office.register(feedback(assignment.assignment_id, DUE))
    office.sweep()
    assert outcomes(office) == ["met"]
    assert office.told_of_feedback(DeadlineMissed) == []


def test_R17_a_pending_mark_is_applied_by_the_feedback_it_waited_for(office: ReviewOffice) -> None:
    own, _ = office.instruct(HEPING, HANGU).assignments
    office.harness.clock.at = DUE + DAY
    office.advance_mark(DUE + timedelta(seconds=1), total=1)
    office.register(feedback(own.assignment_id, DUE))
    office.sweep()
    assert sorted(outcomes(office)) == ["met", "missed"]


def test_R17_feedback_of_the_wrong_unit_counts_as_handled_for_the_mark(office: ReviewOffice) -> None:
    assignment = office.assign(HEPING)
    office.harness.clock.at = DUE + DAY
    office.register(feedback(assignment.assignment_id, DUE, unit_id=HANGU))
    office.advance_mark(DUE + timedelta(seconds=1), total=1)
    office.sweep()
    assert outcomes(office) == ["missed"]


def test_R17_feedback_that_was_given_up_stops_no_decision_and_is_no_miss_itself(office: ReviewOffice) -> None:
    answered, _ = office.instruct(HEPING, HANGU).assignments
    office.harness.clock.at = DUE + DAY
    office.park(feedback(answered.assignment_id, DUE))
    office.advance_mark(DUE + timedelta(seconds=1), total=1)
    office.sweep()
    assert sorted(outcomes(office)) == ["open", "open"]

    office.discard_parked()
    office.advance_mark(DUE + timedelta(seconds=2), total=1)
    office.sweep()
    assert sorted(outcomes(office)) == ["met", "missed"]


def test_R17_feedback_is_counted_from_the_last_mark_on(office: ReviewOffice) -> None:
    assignment = office.assign()
    office.register(feedback(assignment.assignment_id, NOW + DAY))
    office.advance_mark(NOW + DAY, total=1)
    office.advance_mark(NOW + 2 * DAY, total=2)
    office.register(feedback(assignment.assignment_id, NOW + 2 * DAY))
    with office.harness.database.reading() as session:
        mark = session.scalars(select(RegistrationMark)).one()
        assert (mark.applied_up_to, mark.counted_up_to, mark.counted_total) == (NOW + 2 * DAY, NOW + 2 * DAY, 2)


def test_R17_compliance_is_counted_by_unit_class(office: ReviewOffice) -> None:
    met, _ = office.instruct(HEPING, HANGU).assignments
    office.register(feedback(met.assignment_id, NOW + DAY))
    office.assign(HANGU, due_in=30 * DAY)
    office.harness.clock.at = DUE + DAY
    rows = {row.unit_class: row for row in office.do("feedback_timeliness", SUPERVISOR).rows}
    assert (rows[UnitClass.DISTRICT].met, rows[UnitClass.BUREAU].open, rows[UnitClass.BUREAU].overdue) == (1, 1, 1)
    figure = office.figure("chengbao_feedback_deadlines")
    assert (figure[("district", "met")], figure[("bureau", "overdue")], figure[("bureau", "open")]) == (1, 1, 1)
    early = office.do("feedback_timeliness", SUPERVISOR, until=DUE + DAY, since=DUE - DAY).rows
    assert sum(row.met + row.open + row.overdue for row in early) == 2


def test_R17_met_is_told_once_however_often_the_feedback_is_delivered(office: ReviewOffice) -> None:
    assignment = office.assign()
    answer = feedback(assignment.assignment_id, NOW + DAY)
    office.register(answer, answer, answer)
    assert len(office.told_of_feedback(DeadlineMet)) == 1
    assert office.harness.held() == []
