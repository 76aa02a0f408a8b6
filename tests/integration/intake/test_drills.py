"""R04: a drill goes the whole way of an urgent report, marked, and counts nowhere."""

from __future__ import annotations

from datetime import timedelta

import pytest

from contracts.events.deadlines import DeadlineApproaching, DeadlineMet, DeadlineMissed
from contracts.events.gateway import ReportAccepted
from contracts.events.intake import DraftOffered, ReportAcknowledged, ReportRegistered
from contracts.events.review import ReportReturned
from contracts.rpc import intake as rpc
from contracts.vocabulary import DeadlineOutcome, Kind, ReportFlag, Role
from kernel.errors import Invalid
from services.intake.metrics import FIGURES
from tests.factories.intake import DUE, AcceptedFactory, ContentFactory, PersonFactory
from tests.integration.intake.conftest import Office

OFFICER = PersonFactory.officer()
DUTY, EDITOR = PersonFactory.of_the_city(Role.DUTY_OFFICER), PersonFactory.of_the_city(Role.EDITOR)
MINUTE = timedelta(minutes=1)


def accepted(drill: bool = True, **changes: object) -> ReportAccepted:
    return AcceptedFactory.urgent_in_time(drill=drill, **changes)


def returned(office: Office, report: ReportAccepted) -> None:
    """An editor sent it back, so that a new version may follow."""
    facts = {name: getattr(report, name) for name in ("report_id", "receipt_number", "unit_id", "title")}
    office.harness.deliver(ReportReturned(**facts, remarks="请补充。", returned_by="周静"), report.report_id, 2)


def counted(office: Office) -> int:
    """Deadlines in the compliance table of editors and in the figures; both leave out the same."""
    rows = office.call("urgent_timeliness", rpc.TimelinessQuery(), EDITOR).rows
    with office.harness.database.reading() as session:
        figures = [figure for figure in FIGURES if figure.name.startswith("chengbao_urgent_reports_")]
        read = sum(sum(dict(figure.read(session, office.clock.now())).values()) for figure in figures)
    table = sum(row.met + row.missed + row.open + row.overdue for row in rows)
    assert table == read
    return table


def test_R04_the_mark_travels_to_report_and_events(office: Office) -> None:
    office.accept(report := accepted())
    office.call("acknowledge_report", rpc.ReportId(report_id=report.report_id), DUTY)
    assert office.report(report.report_id, OFFICER).drill
    assert [office.told(event)[0].drill for event in (ReportRegistered, ReportAcknowledged, DeadlineMet)] == [True] * 3


def test_R04_reminders_and_misses_of_a_drill_say_so(office: Office) -> None:
    office.offer(office.save(ContentFactory.urgent(drill=True), OFFICER), OFFICER)
    office.watermark(DUE + MINUTE, 0)
    office.sweep_at(DUE + MINUTE)
    assert {told.drill for event in (DeadlineApproaching, DeadlineMissed) for told in office.told(event)} == {True}
    assert office.told(DraftOffered)[0].drill


def test_R04_drills_are_shown_among_the_deadlines_but_not_counted(office: Office) -> None:
    office.accept(accepted(), AcceptedFactory.urgent_late(drill=True))
    office.save(ContentFactory.urgent(drill=True), OFFICER)
    assert counted(office) == 0
    assert [deadline.drill for deadline in office.deadlines(EDITOR)] == [True] * 3
    office.accept(accepted(drill=False))
    assert counted(office) == 1


def test_R04_a_deadline_missed_in_earnest_is_not_made_a_drill_afterwards(office: Office) -> None:
    draft = office.save(ContentFactory.urgent(), OFFICER)
    office.watermark(DUE + MINUTE, 0)
    office.sweep_at(DUE + MINUTE)
    office.save(ContentFactory.urgent(drill=True), OFFICER, draft.draft_id, draft.version)
    (deadline,) = office.deadlines(EDITOR, outcome=DeadlineOutcome.MISSED)
    assert not deadline.drill
    assert counted(office) == 1


def test_R04_a_draft_of_another_kind_cannot_be_a_drill(office: Office) -> None:
    with pytest.raises(Invalid) as refused:
        office.save(ContentFactory.development(drill=True), OFFICER)
    assert refused.value.pointer == "/content/drill"


@pytest.mark.parametrize("drill", [True, False])
def test_R04_a_chain_is_a_drill_as_a_whole_or_not_at_all(office: Office, drill: bool) -> None:
    office.accept(first := accepted(drill))
    follow_up = {"kind": Kind.URGENT_FOLLOW_UP, "follows_report_id": first.report_id}
    office.save(ContentFactory.urgent(drill=drill, **follow_up), OFFICER)
    with pytest.raises(Invalid) as refused:
        office.save(ContentFactory.urgent(drill=not drill, **follow_up), OFFICER)
    assert refused.value.pointer == "/content/drill"


@pytest.mark.parametrize("drill", [True, False])
def test_R04_a_new_version_keeps_the_mark(office: Office, drill: bool) -> None:
    office.accept(report := accepted(drill))
    returned(office, report)
    office.save(ContentFactory.urgent(drill=drill, report_id=report.report_id), OFFICER)
    with pytest.raises(Invalid) as refused:
        office.save(ContentFactory.urgent(drill=not drill, report_id=report.report_id), OFFICER)
    assert refused.value.pointer == "/content/drill"


@pytest.mark.parametrize("drill", [True, False])
def test_R04_an_accepted_version_with_another_mark_is_flagged_and_what_is_real_stays_real(
    office: Office, drill: bool
) -> None:
    office.accept(report := accepted(drill))
    office.accept(accepted(not drill, report_id=report.report_id, version=2))
    shown = office.report(report.report_id, OFFICER)
    assert (shown.drill, ReportFlag.DRILL_DIFFERS in shown.flags) == (False, True)
    assert office.told(ReportRegistered)[-1].drill is False
    assert counted(office) == 1


def test_R04_an_accepted_follow_up_with_another_mark_is_flagged(office: Office) -> None:
    office.accept(first := accepted(drill=False))
    office.accept(follow_up := accepted(kind=Kind.URGENT_FOLLOW_UP, follows_report_id=first.report_id))
    assert ReportFlag.DRILL_DIFFERS in office.report(follow_up.report_id, OFFICER).flags
    assert ReportFlag.DRILL_DIFFERS not in office.report(first.report_id, OFFICER).flags
