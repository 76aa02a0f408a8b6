"""R04, R26: an urgent report is acknowledged by the city's duty officer, by name and time, once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import psycopg
import pytest
from prometheus_client import REGISTRY

from contracts.events.gateway import ReportAccepted
from contracts.events.intake import ReportAcknowledged
from contracts.rpc import intake as rpc
from contracts.vocabulary import Kind, Role, Secrecy
from deploy.operations.checks.databases import unacknowledged
from deploy.operations.findings import Level
from kernel.errors import Conflict, Forbidden, NotFound
from kernel.principal import Principal
from services.intake.metrics import FIGURES
from tests.factories.intake import DUE, HEXI, JINNAN, OCCURRED, AcceptedFactory, ContentFactory, PersonFactory
from tests.factories.review import at_once
from tests.integration.intake.conftest import Office

DUTY = PersonFactory.of_the_city(Role.DUTY_OFFICER, "周静")
OTHER_DUTY = PersonFactory.of_the_city(Role.DUTY_OFFICER, "马丽")
OFFICER, STRANGER = PersonFactory.officer(), PersonFactory.officer(JINNAN)
MANY = 50


def acknowledge(office: Office, accepted: ReportAccepted, who: Principal = DUTY) -> rpc.Report:
    report: rpc.Report = office.call("acknowledge_report", rpc.ReportId(report_id=accepted.report_id), who)
    return report


def waiting(office: Office, who: Principal = DUTY, **filters: Any) -> list[str]:
    request = rpc.ListReports(**({"acknowledged": False} | filters))
    return [report.number for report in office.call("list_reports", request, who).items]


def urgent(office: Office, kind: Kind = Kind.URGENT_FIRST, **changes: Any) -> ReportAccepted:
    accepted = AcceptedFactory.urgent_in_time(kind=kind, **changes)
    office.accept(accepted)
    return accepted


def test_R04_the_duty_officer_acknowledges_by_name_and_time(office: Office) -> None:
    accepted = urgent(office)
    shown = acknowledge(office, accepted)
    assert (shown.acknowledged_by, shown.acknowledged_at) == ("周静", office.clock.now())
    (told,) = office.told(ReportAcknowledged)
    assert (told.report_id, told.receipt_number, told.unit_id) == (accepted.report_id, accepted.receipt_number, HEXI)
    assert (told.acknowledged_by, told.acknowledged_at, told.kind) == ("周静", office.clock.now(), accepted.kind)


def test_R04_the_unit_sees_who_acknowledged_its_report(office: Office) -> None:
    accepted = urgent(office)
    assert office.report(accepted.report_id, OFFICER).acknowledged_by is None
    acknowledge(office, accepted)
    assert office.report(accepted.report_id, OFFICER).acknowledged_by == "周静"


def test_R04_a_second_acknowledgement_answers_the_first_ones_name_and_time(office: Office) -> None:
    accepted, first = urgent(office), office.clock.now()
    acknowledge(office, accepted)
    office.clock.advance(timedelta(minutes=3))
    again = acknowledge(office, accepted, OTHER_DUTY)
    assert (again.acknowledged_by, again.acknowledged_at) == ("周静", first)
    assert len(office.told(ReportAcknowledged)) == 1


def test_R04_fifty_acknowledgements_at_once_are_one(office: Office) -> None:
    accepted = urgent(office)
    results = at_once(*(lambda: acknowledge(office, accepted, DUTY) for _ in range(MANY)))
    assert [report.acknowledged_by for report in results] == ["周静"] * MANY
    assert len(office.told(ReportAcknowledged)) == 1


def test_R04_a_report_that_is_not_urgent_needs_no_acknowledgement(office: Office) -> None:
    office.accept(accepted := AcceptedFactory.development())
    with pytest.raises(Conflict, match="Only urgent reports"):
        acknowledge(office, accepted)
    assert waiting(office) == []


def test_R04_a_revision_of_an_acknowledged_report_needs_none(office: Office) -> None:
    accepted = urgent(office)
    acknowledge(office, accepted)
    revision = AcceptedFactory.of(
        ContentFactory.urgent("更正"), DUE + timedelta(hours=1), report_id=accepted.report_id, version=2
    )
    office.accept(revision)
    assert waiting(office) == []
    assert office.report(accepted.report_id, OFFICER).acknowledged_by == "周静"


@pytest.mark.parametrize("kind", [Kind.URGENT_FOLLOW_UP, Kind.URGENT_FINAL])
def test_R04_follow_up_and_final_report_need_their_own(office: Office, kind: Kind) -> None:
    first = urgent(office)
    acknowledge(office, first)
    following = urgent(office, kind, follows_report_id=first.report_id)
    assert waiting(office) == [following.receipt_number]
    acknowledge(office, following)
    assert waiting(office) == []


def test_R04_what_waits_longest_stands_first_on_every_page(office: Office) -> None:
    minutes = [DUE + timedelta(minutes=minute) for minute in (0, 1, 2)]
    received = [AcceptedFactory.of(ContentFactory.urgent(), at) for at in minutes]
    office.accept(*reversed(received))
    numbers = [each.receipt_number for each in received]
    page = office.call("list_reports", rpc.ListReports(acknowledged=False, limit=2), DUTY)
    assert [report.number for report in page.items] == numbers[:2]
    assert waiting(office, cursor=page.next_cursor) == numbers[2:]


def test_R04_acknowledged_reports_are_found_too(office: Office) -> None:
    urgent(office)
    acknowledge(office, acknowledged := urgent(office))
    office.accept(AcceptedFactory.development())
    assert waiting(office, acknowledged=True) == [acknowledged.receipt_number]


def test_R04_the_duty_officer_sees_number_and_title_not_the_text(office: Office) -> None:
    shown = acknowledge(office, accepted := urgent(office))
    assert (shown.number, shown.title, shown.body, shown.place) == (
        accepted.receipt_number, accepted.title, "", None,
    )


def test_R04_a_unit_finds_only_its_own_among_those_that_wait(office: Office) -> None:
    accepted = urgent(office)
    assert waiting(office, OFFICER) == [accepted.receipt_number]
    assert waiting(office, STRANGER) == []


def test_R04_a_higher_secrecy_class_is_absent_for_the_duty_officer(office: Office) -> None:
    accepted = urgent(office, secrecy=Secrecy.SECRET)
    assert waiting(office) == []
    with pytest.raises(NotFound):
        acknowledge(office, accepted)


def test_R04_an_absent_report_cannot_be_acknowledged(office: Office) -> None:
    with pytest.raises(NotFound):
        acknowledge(office, AcceptedFactory.urgent_in_time())


@pytest.mark.parametrize("role", [Role.EDITOR, Role.CHIEF_EDITOR, Role.LEADER, Role.INFORMATION_OFFICER])
def test_R04_nobody_else_acknowledges(office: Office, role: Role) -> None:
    accepted = urgent(office)
    with pytest.raises(Forbidden):
        acknowledge(office, accepted, PersonFactory.of_the_city(role))
    assert waiting(office) == [accepted.receipt_number]


def figure(office: Office, name: str) -> float:
    (found,) = (figure for figure in FIGURES if figure.name == name)
    with office.harness.database.reading() as session:
        return dict(found.read(session, office.clock.now()))[()]


def observed() -> float:
    return REGISTRY.get_sample_value("chengbao_acknowledged_after_seconds_sum") or 0.0


def test_R25_figures_tell_how_many_wait_and_since_when_without_drills(office: Office) -> None:
    waiting_long, drill = urgent(office), AcceptedFactory.urgent_in_time(drill=True)
    office.accept(drill)
    urgent(office)
    office.clock.at = DUE + timedelta(minutes=20)
    assert figure(office, "chengbao_unacknowledged_reports") == 2
    assert figure(office, "chengbao_unacknowledged_oldest_age_seconds") == 20 * 60
    acknowledge(office, waiting_long)
    assert figure(office, "chengbao_unacknowledged_reports") == 1


def test_R25_nothing_waiting_has_waited_no_time(office: Office) -> None:
    assert figure(office, "chengbao_unacknowledged_oldest_age_seconds") == 0


def test_R25_the_time_to_the_acknowledgement_is_measured_once_and_not_for_drills(office: Office) -> None:
    accepted, drill = urgent(office), AcceptedFactory.urgent_in_time(drill=True)
    office.accept(drill)
    office.clock.at = DUE + timedelta(minutes=3)
    before = observed()
    for _ in range(2):
        acknowledge(office, accepted)
    acknowledge(office, drill)
    assert observed() - before == 3 * 60


@pytest.mark.parametrize(
    ("minutes", "level"), [(4, Level.OK), (5, Level.WARNING), (14, Level.WARNING), (15, Level.TROUBLE)]
)
def test_R04_the_doctor_names_what_nobody_has_acknowledged(office: Office, minutes: int, level: Level) -> None:
    accepted, drill = urgent(office), AcceptedFactory.of(ContentFactory.urgent(drill=True), OCCURRED)
    office.accept(drill)
    now = DUE + timedelta(minutes=minutes)
    with psycopg.connect(office.harness.database.url) as connection:
        assert unacknowledged(connection, now).level == level
    acknowledge(office, accepted)
    with psycopg.connect(office.harness.database.url) as connection:
        assert unacknowledged(connection, now).level == Level.OK
