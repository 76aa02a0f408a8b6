"""R04: the time of occurrence is evidence: all statements are kept, the earliest counts unless a chief editor rules."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from contracts.events.deadlines import DeadlineReassessed
from contracts.rpc import drafts as rpc
from contracts.rpc import urgent as urgent_rpc
from contracts.vocabulary import DeadlineOutcome, ReportFlag, Role, StatedBy
from kernel.errors import Conflict, Forbidden, Invalid, NotFound
from kernel.ids import new_id
from kernel.principal import Principal
from tests.factories.intake import DUE, HEXI, JINNAN, OCCURRED, AcceptedFactory, ContentFactory, PersonFactory
from tests.factories.review import at_once
from tests.integration.intake.conftest import Office

OFFICER, LEADER, STRANGER = PersonFactory.officer(), PersonFactory.leader(), PersonFactory.officer(JINNAN)
EDITOR, DUTY = PersonFactory.of_the_city(Role.EDITOR), PersonFactory.of_the_city(Role.DUTY_OFFICER)
CHIEF = PersonFactory.of_the_city(Role.CHIEF_EDITOR, "孙敏")
SUPERVISOR = PersonFactory.of_the_city(Role.SUPERVISOR)
MINUTE = timedelta(minutes=1)


def registered(office: Office, received_at: datetime = DUE - 30 * MINUTE, **changes: Any) -> UUID:
    """An urgent first report, seen some hours later."""
    accepted = AcceptedFactory.of(ContentFactory.urgent(), received_at, **changes)
    office.clock.at = max(office.clock.at, DUE + timedelta(hours=2))
    office.accept(accepted)
    return accepted.report_id


def correct(
    office: Office, report_id: UUID, occurred_at: datetime, who: Principal = OFFICER, reason: str = "监控录像为准"
) -> urgent_rpc.ReportOccurrence:
    request = urgent_rpc.CorrectOccurrence(report_id=report_id, occurred_at=occurred_at, reason=reason)
    found: urgent_rpc.ReportOccurrence = office.call("correct_occurrence", request, who)
    return found


def rule(
    office: Office, report_id: UUID, statement_id: UUID | None, who: Principal = CHIEF
) -> urgent_rpc.ReportOccurrence:
    request = urgent_rpc.RuleOccurrence(report_id=report_id, statement_id=statement_id, reason="经核实")
    found: urgent_rpc.ReportOccurrence = office.call("rule_occurrence", request, who)
    return found


def occurrence(office: Office, report_id: UUID, who: Principal = EDITOR) -> urgent_rpc.ReportOccurrence:
    request = urgent_rpc.ReportOccurrenceQuery(report_id=report_id)
    found: urgent_rpc.ReportOccurrence = office.call("get_occurrence", request, who)
    return found


def test_R04_every_statement_is_kept_with_who_how_and_when(office: Office) -> None:
    draft = office.save(ContentFactory.urgent(occurred_at=OCCURRED + MINUTE), OFFICER)
    office.save(ContentFactory.urgent(occurred_at=OCCURRED + 2 * MINUTE), OFFICER, draft.draft_id, draft.version)
    report_id = registered(office, draft_id=draft.draft_id)
    correct(office, report_id, OCCURRED + 3 * MINUTE, DUTY)

    found = occurrence(office, report_id)
    told = {each.how: (each.stated_by_name, each.unit_name, each.reason) for each in found.statements}
    assert told == {
        StatedBy.DRAFT: ("李明", "河西区人民政府办公室", None),
        StatedBy.SIGNED: ("赵强", "河西区人民政府办公室", None),
        StatedBy.CORRECTION: ("周静", "", "监控录像为准"),
    }
    times = sorted((each.occurred_at - OCCURRED) / MINUTE for each in found.statements)
    assert (times, found.occurred_at) == ([0, 1, 2, 3], OCCURRED)
    assert [each.receipt_number is not None for each in found.statements if each.counts] == [True]


def test_R04_a_draft_saved_again_with_the_same_time_states_nothing_new(office: Office) -> None:
    draft = office.save(ContentFactory.urgent(), OFFICER)
    office.save(ContentFactory.urgent("另一个标题"), OFFICER, draft.draft_id, draft.version)
    assert len(occurrence(office, registered(office, draft_id=draft.draft_id)).statements) == 2


def test_R04_a_correction_to_an_earlier_time_recomputes_the_due_time_and_tells_old_and_new(office: Office) -> None:
    report_id = registered(office)
    found = correct(office, report_id, OCCURRED - 20 * MINUTE)
    assert found.due_at == DUE - 20 * MINUTE
    assert found.due_explanation_zh is not None
    assert "更正发生时间：监控录像为准" in found.due_explanation_zh
    (told,) = office.told(DeadlineReassessed)
    assert (told.old_due_at, told.due_at, told.new_outcome) == (DUE, DUE - 20 * MINUTE, DeadlineOutcome.MET)
    assert told.reason == "更正发生时间：监控录像为准"


def test_R04_a_correction_can_make_a_report_late(office: Office) -> None:
    report_id = registered(office)
    correct(office, report_id, OCCURRED - 31 * MINUTE, EDITOR)
    assert office.report(report_id, EDITOR).late is True
    (told,) = office.told(DeadlineReassessed)
    assert (told.old_outcome, told.new_outcome) == (DeadlineOutcome.MET, DeadlineOutcome.MISSED)


def test_R04_a_correction_to_a_later_time_is_kept_but_moves_nothing(office: Office) -> None:
    report_id = registered(office)
    found = correct(office, report_id, OCCURRED + 20 * MINUTE)
    assert (len(found.statements), found.occurred_at, found.due_at) == (2, OCCURRED, DUE)
    assert found.why_zh == "历次填报中最早的一次，以最早为准。"
    assert office.told(DeadlineReassessed) == []


def test_R04_a_chief_editor_overrules_the_earliest_replaces_the_ruling_and_withdraws_it(office: Office) -> None:
    report_id = registered(office)
    correct(office, report_id, OCCURRED + 20 * MINUTE)
    first = correct(office, report_id, OCCURRED + 10 * MINUTE)
    chosen = {each.occurred_at: each.statement_id for each in first.statements}

    ruled = rule(office, report_id, chosen[OCCURRED + 20 * MINUTE])
    assert (ruled.occurred_at, ruled.due_at) == (OCCURRED + 20 * MINUTE, DUE + 20 * MINUTE)
    assert "孙敏裁定以此为准" in ruled.why_zh
    again = rule(office, report_id, chosen[OCCURRED + 10 * MINUTE])
    assert (again.due_at, [each.in_force for each in again.rulings]) == (DUE + 10 * MINUTE, [False, True])
    withdrawn = rule(office, report_id, None)
    assert (withdrawn.due_at, [each.in_force for each in withdrawn.rulings]) == (DUE, [False, False, False])
    assert [told.due_at - DUE for told in office.told(DeadlineReassessed)] == [20 * MINUTE, 10 * MINUTE, 0 * MINUTE]


def test_R04_a_ruling_stands_when_a_new_version_states_an_earlier_time(office: Office) -> None:
    report_id = registered(office)
    (statement,) = occurrence(office, report_id).statements
    rule(office, report_id, statement.statement_id)
    earlier = ContentFactory.urgent(occurred_at=OCCURRED - MINUTE)
    office.accept(AcceptedFactory.of(earlier, DUE + MINUTE, report_id=report_id, version=2))
    found = occurrence(office, report_id)
    assert (len(found.statements), found.occurred_at, found.due_at) == (2, OCCURRED, DUE)


@pytest.mark.parametrize(
    "occurred_at",
    [
        DUE + timedelta(hours=9),  # the future
        DUE - 30 * MINUTE + timedelta(seconds=1),  # after the first receipt
        OCCURRED - timedelta(days=9000),  # before the unit existed
    ],
)
def test_R04_a_correction_that_cannot_be_is_refused_with_its_field(office: Office, occurred_at: datetime) -> None:
    report_id = registered(office)
    with pytest.raises(Invalid) as refused:
        correct(office, report_id, occurred_at)
    assert refused.value.pointer == "/occurred_at"
    assert len(occurrence(office, report_id).statements) == 1


def test_access1_a_foreign_report_is_not_found_and_only_a_chief_editor_rules(office: Office) -> None:
    report_id = registered(office)
    with pytest.raises(NotFound):
        correct(office, report_id, OCCURRED, STRANGER)
    with pytest.raises(NotFound):
        occurrence(office, report_id, STRANGER)
    with pytest.raises(Forbidden):
        rule(office, report_id, None, EDITOR)


def test_R04_a_ruling_names_a_statement_of_this_report_and_a_withdrawal_needs_a_ruling(office: Office) -> None:
    report_id = registered(office)
    with pytest.raises(Invalid) as refused:
        rule(office, report_id, new_id())
    assert refused.value.pointer == "/statement_id"
    with pytest.raises(Conflict):
        rule(office, report_id, None)


def test_R04_a_report_without_time_limit_has_no_occurrence_to_correct(office: Office) -> None:
    office.accept(accepted := AcceptedFactory.development())
    with pytest.raises(Conflict):
        correct(office, accepted.report_id, OCCURRED)


def test_R04_a_correction_gives_an_incomplete_report_its_clock(office: Office) -> None:
    report_id = registered(office, occurred_at=None)
    found = correct(office, report_id, OCCURRED - timedelta(hours=2))
    assert found.due_at == DUE - timedelta(hours=2)
    assert office.report(report_id, EDITOR).late is True


def test_R04_corrections_at_once_are_all_kept_and_the_earliest_of_them_counts(office: Office) -> None:
    report_id = registered(office)
    results = at_once(*(lambda m=m: correct(office, report_id, OCCURRED - m * MINUTE) for m in (1, 2, 3, 4)))
    assert all(isinstance(each, urgent_rpc.ReportOccurrence) for each in results), results
    found = occurrence(office, report_id)
    assert (len(found.statements), found.due_at) == (5, DUE - 4 * MINUTE)


def test_R04_rulings_at_once_are_numbered_and_the_last_is_in_force(office: Office) -> None:
    report_id = registered(office)
    statements = correct(office, report_id, OCCURRED + MINUTE).statements
    at_once(*(lambda s=s: rule(office, report_id, s.statement_id) for s in statements))
    assert [(each.number, each.in_force) for each in occurrence(office, report_id).rulings] == [(1, False), (2, True)]


@pytest.mark.parametrize(("minutes", "marked"), [(170, False), (171, True), (180, True), (181, False)])
def test_R04_a_receipt_in_the_last_five_percent_of_the_limit_is_marked(
    office: Office, minutes: int, marked: bool
) -> None:
    report_id = registered(office, OCCURRED + minutes * MINUTE)
    assert (ReportFlag.JUST_BELOW_LIMIT in office.report(report_id, EDITOR).flags) is marked


def test_R04_a_correction_takes_the_mark_away_where_it_no_longer_holds(office: Office) -> None:
    report_id = registered(office, DUE)
    correct(office, report_id, OCCURRED - timedelta(hours=1))
    assert office.report(report_id, EDITOR).flags == []


def test_R04_heaping_below_the_limit_is_striking_from_five_reports_on(office: Office) -> None:
    def table() -> dict[UUID, tuple[int, int, bool]]:
        rows = office.call("occurrence_heaping", urgent_rpc.HeapingQuery(), SUPERVISOR).rows
        return {row.unit_id: (row.reports, row.just_below_limit, row.striking) for row in rows}

    for _ in range(4):
        registered(office, DUE - MINUTE)
        registered(office, OCCURRED + MINUTE, unit_id=JINNAN)
    registered(office, DUE, drill=True)
    assert table() == {HEXI: (4, 4, False), JINNAN: (4, 0, False)}
    registered(office, DUE - MINUTE)
    assert table()[HEXI] == (5, 5, True)
    office.clock.at = DUE + timedelta(days=91)
    assert table() == {}


def test_R04_a_late_unit_learns_by_its_own_draft_that_the_time_moved(office: Office) -> None:
    draft = office.save(ContentFactory.urgent(), OFFICER)
    office.save(
        ContentFactory.urgent(occurred_at=OCCURRED - MINUTE), OFFICER, draft.draft_id, draft.version
    )
    (told,) = office.told(DeadlineReassessed)
    assert (told.old_due_at, told.due_at, told.new_outcome) == (DUE, DUE - MINUTE, DeadlineOutcome.OPEN)
    assert isinstance(office.draft(draft.draft_id, LEADER), rpc.Draft)
