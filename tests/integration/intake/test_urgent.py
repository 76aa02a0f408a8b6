"""R04: urgent information at the latest 3 hours after the event, decided by the receipt alone."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from contracts.events.deadlines import DeadlineApproaching, DeadlineMet, DeadlineMissed, DeadlineReassessed
from contracts.events.intake import RegistrationAdvanced, ReportRegistered
from contracts.rpc import drafts as rpc
from contracts.rpc.content import Content, Reference
from contracts.rpc.deadlines import TimelinessQuery
from contracts.vocabulary import DeadlineKind, DeadlineOutcome, Kind, ReportFlag, Role, Severity
from kernel.errors import Refusal
from kernel.ids import new_id
from tests.factories.intake import DUE, OCCURRED, AcceptedFactory, ContentFactory, PersonFactory
from tests.integration.intake.conftest import Office

OFFICER = PersonFactory.officer()
EDITOR = PersonFactory.of_the_city(Role.EDITOR)
SECOND = timedelta(seconds=1)


def test_R04_the_first_draft_starts_the_clock_at_the_occurrence_and_explains_it(office: Office) -> None:
    draft = office.save(ContentFactory.urgent(), OFFICER)
    assert draft.due_at == DUE
    assert draft.due_explanation_zh is not None
    assert draft.due_explanation_en is not None
    assert "津政办发〔2008〕146号" in draft.due_explanation_zh
    assert "3 hours" in draft.due_explanation_en


def test_R04_a_receipt_on_the_due_time_is_in_time(office: Office) -> None:
    office.accept(accepted := AcceptedFactory.urgent_in_time())
    assert office.report(accepted.report_id, EDITOR).late is False
    assert [told.late for told in office.told(ReportRegistered)] == [False]
    assert [told.subject_id for told in office.told(DeadlineMet)] == [accepted.report_id]


def test_R04_a_receipt_after_the_due_time_is_late(office: Office) -> None:
    office.accept(accepted := AcceptedFactory.urgent_late())
    assert office.report(accepted.report_id, EDITOR).late is True
    assert [told.subject_id for told in office.told(DeadlineMissed)] == [accepted.report_id]


def test_R04_a_report_received_in_time_but_registered_late_reminds_nobody(office: Office) -> None:
    office.clock.at = DUE + timedelta(hours=5)
    office.accept(AcceptedFactory.urgent_in_time())
    told = [*office.told(DeadlineApproaching), *office.told(DeadlineMissed)]
    assert [each for each in told if each.kind is DeadlineKind.URGENT_REPORT] == []


def test_R04_the_clock_of_the_draft_becomes_that_of_the_report(office: Office) -> None:
    draft = office.save(ContentFactory.urgent(), OFFICER)
    office.accept(accepted := AcceptedFactory.urgent_in_time(draft_id=draft.draft_id))
    assert [each.subject_id for each in office.deadlines(OFFICER)] == [accepted.report_id]


def test_R04_thresholds_remind_once_each(office: Office) -> None:
    office.save(ContentFactory.urgent(), OFFICER)
    for minutes in (91, 92, 145, 146, 181, 182):
        office.sweep_at(OCCURRED + timedelta(minutes=minutes))
    assert [told.threshold_percent for told in office.told(DeadlineApproaching)] == [50, 80, 100]


def test_R04_nothing_is_missed_while_the_bus_is_down_only_unknown(office: Office) -> None:
    office.save(ContentFactory.urgent(), OFFICER)
    office.watermark(DUE - SECOND, 0)
    office.sweep_at(DUE + timedelta(hours=2))
    (deadline,) = office.deadlines(OFFICER)
    assert (deadline.outcome, deadline.receipt_unknown) == (DeadlineOutcome.OPEN, True)
    assert office.told(DeadlineMissed) == []


def test_R04_missed_is_decided_behind_the_watermark(office: Office) -> None:
    office.save(ContentFactory.urgent(), OFFICER)
    office.watermark(DUE + SECOND, 0)
    office.sweep_at(DUE + SECOND)
    (deadline,) = office.deadlines(OFFICER)
    assert (deadline.outcome, deadline.receipt_unknown) == (DeadlineOutcome.MISSED, False)


def test_R04_a_watermark_ahead_of_what_is_registered_decides_nothing(office: Office) -> None:
    """The receipt of 2:59 is still under way: its event comes after the watermark that counts it."""
    draft = office.save(ContentFactory.urgent(), OFFICER)
    office.watermark(DUE + SECOND, 1)
    office.sweep_at(DUE + timedelta(hours=1))
    assert office.told(DeadlineMissed) == []
    assert office.told(RegistrationAdvanced) == []

    office.accept(
        AcceptedFactory.of(ContentFactory.urgent(), OCCURRED + timedelta(minutes=179), draft_id=draft.draft_id)
    )
    office.sweep_at(DUE + timedelta(hours=2))
    assert office.told(DeadlineMissed) == []
    assert [told.up_to for told in office.told(RegistrationAdvanced)] == [DUE + SECOND]


def test_R04_a_report_that_was_given_up_stops_no_decision_and_is_no_miss_itself(office: Office) -> None:
    """Its unit never came: parked, discarded by two persons. Its draft has a receipt, another one has none."""
    given_up, forgotten = (office.save(ContentFactory.urgent(), OFFICER) for _ in range(2))
    office.clock.at = DUE + timedelta(hours=3)
    office.accept(AcceptedFactory.of(ContentFactory.urgent(), DUE, draft_id=given_up.draft_id, unit_id=new_id()))
    office.watermark(DUE + SECOND, 1)
    assert [row.state for row in office.harness.held()] == ["parked"]
    assert office.told(RegistrationAdvanced) == []

    office.discard_parked()
    office.sweep_at(DUE + timedelta(hours=3))
    assert [told.subject_id for told in office.told(DeadlineMissed)] == [forgotten.draft_id]
    office.accept(AcceptedFactory.feedback(DUE + 2 * SECOND))
    office.watermark(DUE + 3 * SECOND, 2)
    assert [told.feedback_total for told in office.told(RegistrationAdvanced)] == [0, 1]


def test_R17_the_watermark_of_registration_counts_feedbacks(office: Office) -> None:
    office.accept(AcceptedFactory.feedback(OCCURRED), AcceptedFactory.development(OCCURRED + SECOND))
    office.watermark(OCCURRED + SECOND, 2)
    office.accept(AcceptedFactory.feedback(OCCURRED + 2 * SECOND))
    office.watermark(OCCURRED + 2 * SECOND, 3)
    assert [told.feedback_total for told in office.told(RegistrationAdvanced)] == [1, 2]


def test_R18_the_watermark_of_registration_counts_answers_to_commissions(office: Office) -> None:
    named = Reference(title="冬季供热", commission_id=UUID(int=7))
    content = ContentFactory.development(reference=named).model_copy(update={"kind": Kind.COMMISSION_ANSWER})
    office.accept(AcceptedFactory.of(content, OCCURRED), AcceptedFactory.development(OCCURRED + SECOND))
    office.watermark(OCCURRED + SECOND, 2)
    assert [(told.feedback_total, told.answer_total) for told in office.told(RegistrationAdvanced)] == [(0, 1)]


def test_R04_an_old_or_doubled_watermark_changes_nothing(office: Office) -> None:
    office.watermark(OCCURRED + SECOND, 0)
    office.watermark(OCCURRED + SECOND, 0)
    office.watermark(OCCURRED, 0)
    assert len(office.told(RegistrationAdvanced)) == 1


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"severity": None}, "/content/severity"),
        ({"occurred_at": None}, "/content/occurred_at"),
        ({"occurred_at": OCCURRED + timedelta(minutes=7, seconds=1)}, "/content/occurred_at"),
        ({"kind": Kind.URGENT_FOLLOW_UP, "severity": None}, "/content/severity"),
        ({"secrecy": "secret"}, "/content/secrecy"),
    ],
)
def test_R04_an_incomplete_urgent_draft_is_refused_with_its_field(
    office: Office, changes: dict[str, object], pointer: str
) -> None:
    content = ContentFactory.urgent().model_dump() | changes
    with pytest.raises(Refusal) as refused:
        office.save(Content(**content), OFFICER)
    assert (refused.value.problem, refused.value.pointer) == ("invalid", pointer)


def test_R04_clocks_of_units_may_be_two_minutes_ahead(office: Office) -> None:
    assert office.save(ContentFactory.urgent(occurred_at=OCCURRED + timedelta(minutes=7)), OFFICER).due_at


def test_R04_an_accepted_occurrence_after_the_receipt_is_registered_and_flagged(office: Office) -> None:
    content = ContentFactory.urgent(occurred_at=OCCURRED + timedelta(hours=1))
    office.accept(accepted := AcceptedFactory.of(content, OCCURRED))
    assert office.report(accepted.report_id, EDITOR).flags == [ReportFlag.OCCURRED_AFTER_RECEIVED]


def test_R04_an_accepted_urgent_report_without_occurrence_is_registered_and_flagged(office: Office) -> None:
    office.accept(accepted := AcceptedFactory.urgent_in_time(occurred_at=None))
    report = office.report(accepted.report_id, EDITOR)
    assert (report.flags, report.late) == ([ReportFlag.URGENT_INCOMPLETE], None)


def test_R04_the_earliest_time_ever_claimed_counts(office: Office) -> None:
    draft = office.save(ContentFactory.urgent(), OFFICER)
    later = ContentFactory.urgent(occurred_at=OCCURRED + timedelta(minutes=4))
    draft = office.save(later, OFFICER, draft.draft_id, draft.version)
    assert (draft.due_at, draft.content.occurred_at) == (DUE, later.occurred_at)

    office.accept(accepted := AcceptedFactory.of(later, DUE + SECOND, draft_id=draft.draft_id))
    report = office.report(accepted.report_id, EDITOR)
    assert (report.late, report.flags) == (True, [ReportFlag.OCCURRENCE_MOVED_LATER])


def test_R04_an_earlier_time_moves_the_due_time_and_says_so(office: Office) -> None:
    draft = office.save(ContentFactory.urgent(), OFFICER)
    earlier = ContentFactory.urgent(occurred_at=OCCURRED - timedelta(hours=1))
    draft = office.save(earlier, OFFICER, draft.draft_id, draft.version)
    assert draft.due_at == DUE - timedelta(hours=1)
    assert draft.due_explanation_zh is not None
    assert "更正" in draft.due_explanation_zh


def test_R04_a_running_clock_cannot_be_stopped_by_another_kind(office: Office) -> None:
    draft = office.save(ContentFactory.urgent(), OFFICER)
    with pytest.raises(Refusal) as refused:
        office.save(ContentFactory.development(), OFFICER, draft.draft_id, draft.version)
    assert refused.value.pointer == "/content/kind"


def test_R04_dropping_a_draft_frees_only_before_the_due_time(office: Office) -> None:
    dropped, too_late = (office.save(ContentFactory.urgent(title), OFFICER) for title in ("误报", "隐瞒"))
    office.call("drop_draft", rpc.DraftId(draft_id=dropped.draft_id), OFFICER)
    office.clock.at = DUE + SECOND
    office.call("drop_draft", rpc.DraftId(draft_id=too_late.draft_id), OFFICER)
    office.watermark(DUE + SECOND, 0)
    office.sweep_at(DUE + SECOND)
    outcomes = {each.title: each.outcome for each in office.deadlines(OFFICER)}
    assert outcomes == {"误报": DeadlineOutcome.WAIVED, "隐瞒": DeadlineOutcome.MISSED}


def test_R04_a_receipt_before_the_miss_was_known_reassesses_it(office: Office) -> None:
    """Should a watermark ever have been wrong, the receipt in the unit's hand still decides."""
    draft = office.save(ContentFactory.urgent(), OFFICER)
    office.watermark(DUE + SECOND, 0)
    office.sweep_at(DUE + SECOND)
    office.accept(AcceptedFactory.urgent_in_time(draft_id=draft.draft_id))
    (told,) = office.told(DeadlineReassessed)
    assert (told.old_outcome, told.new_outcome) == (DeadlineOutcome.MISSED, DeadlineOutcome.MET)


def test_R04_a_receipt_of_another_kind_still_stops_the_clock_of_its_draft(office: Office) -> None:
    draft = office.save(ContentFactory.urgent(), OFFICER)
    office.accept(AcceptedFactory.development(OCCURRED, draft_id=draft.draft_id))
    assert [each.outcome for each in office.deadlines(OFFICER)] == [DeadlineOutcome.MET]


def test_R25_timeliness_counts_by_unit_class_and_severity(office: Office) -> None:
    office.accept(AcceptedFactory.urgent_in_time(), AcceptedFactory.urgent_late())
    office.save(ContentFactory.urgent(severity=Severity.MAJOR), OFFICER)
    office.clock.at = DUE + SECOND
    table = office.call("urgent_timeliness", TimelinessQuery(), EDITOR)
    counts = {row.severity: (row.met, row.missed, row.open, row.overdue) for row in table.rows}
    assert counts == {Severity.LARGER: (1, 1, 0, 0), Severity.MAJOR: (0, 0, 0, 1)}
