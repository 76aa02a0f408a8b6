"""R05: several units' reports of one incident join into one, with one timeline; nothing is added up."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from contracts.events.gateway import ReportAccepted
from contracts.events.intake import IncidentChanged
from contracts.rpc import incidents as rpc
from contracts.rpc import intake
from contracts.rpc.chains import Chain
from contracts.vocabulary import Figure, IncidentCategory, IncidentState, Likeness, Role
from kernel.errors import Conflict, Refusal
from kernel.ids import new_id
from kernel.principal import Principal
from tests.factories.intake import DUE, JINNAN, OCCURRED, AcceptedFactory, ChainFactory, PersonFactory
from tests.factories.review import at_once
from tests.integration.intake.conftest import Office

EDITOR, DUTY = (PersonFactory.of_the_city(role) for role in (Role.EDITOR, Role.DUTY_OFFICER))
OFFICER, FOREIGN = PersonFactory.officer(), PersonFactory.officer(JINNAN)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
WHY = "两单位报送的是同一起火情"


def of_district(**changes: Any) -> ReportAccepted:
    return ChainFactory.first(DUE, **({"dead": 1, "title": "河西区报告一起火情"} | changes))


def of_bureau(**changes: Any) -> ReportAccepted:
    facts = {"unit_id": JINNAN, "dead": 2, "title": "应急管理局报告一起火情", "place": "河西区某路十号"}
    return ChainFactory.first(DUE + MINUTE, **(facts | changes))


def open_with(office: Office, first: ReportAccepted, who: Principal = EDITOR) -> rpc.IncidentRecord:
    request = rpc.OpenIncident(incident_id=new_id(), report_id=first.report_id, reason=WHY)
    opened: rpc.IncidentRecord = office.call("open_incident", request, who)
    return opened


def join(office: Office, incident_id: UUID, first: ReportAccepted, who: Principal = EDITOR) -> rpc.IncidentRecord:
    request = rpc.JoinIncident(incident_id=incident_id, report_id=first.report_id, reason=WHY)
    joined: rpc.IncidentRecord = office.call("join_incident", request, who)
    return joined


def leave(office: Office, incident_id: UUID, first: ReportAccepted, who: Principal = EDITOR) -> rpc.IncidentRecord:
    request = rpc.LeaveIncident(incident_id=incident_id, report_id=first.report_id, reason="经核实不是同一事件")
    left: rpc.IncidentRecord = office.call("leave_incident", request, who)
    return left


def read(office: Office, incident_id: UUID, who: Principal = EDITOR) -> rpc.IncidentRecord:
    found: rpc.IncidentRecord = office.call("get_incident", rpc.IncidentId(incident_id=incident_id), who)
    return found


def listed(office: Office, who: Principal) -> list[rpc.IncidentSummary]:
    items: list[rpc.IncidentSummary] = office.call("list_incidents", rpc.ListIncidents(), who).items
    return items


def two_units(office: Office) -> tuple[rpc.IncidentRecord, ReportAccepted, ReportAccepted]:
    district, bureau = of_district(), of_bureau()
    office.accept(district, bureau)
    incident = open_with(office, district)
    return join(office, incident.incident_id, bureau), district, bureau


def test_R05_two_units_reports_make_one_incident_with_one_timeline_newest_last(office: Office) -> None:
    incident, district, bureau = two_units(office)
    later = ChainFactory.follow_up(district, DUE + HOUR, dead=3)
    office.accept(later, ChainFactory.follow_up(bureau, DUE + 30 * MINUTE, unit_id=JINNAN))
    shown = read(office, incident.incident_id)
    assert [(each.unit_name, each.step.label) for each in shown.timeline] == [
        ("河西区人民政府办公室", "首报"), ("市应急管理局", "首报"), ("市应急管理局", "续报1"),
        ("河西区人民政府办公室", "续报1"),
    ]  # fmt: skip
    assert [each.receipt_number for each in shown.figures][-1] == later.receipt_number


def test_R05_figures_stand_side_by_side_by_unit_and_are_never_added_up(office: Office) -> None:
    incident, _, _ = two_units(office)
    assert [(each.unit_name, each.figures) for each in incident.figures_by_unit] == [
        ("河西区人民政府办公室", {Figure.DEAD: 1}), ("市应急管理局", {Figure.DEAD: 2}),
    ]  # fmt: skip


def test_R05_incidents_are_numbered_by_year_without_gaps(office: Office) -> None:
    first, second = of_district(), of_bureau()
    office.accept(first, second)
    assert open_with(office, first).number == "2026-0001"
    with pytest.raises(Refusal):
        open_with(office, first)
    assert open_with(office, second).number == "2026-0002"


def test_R05_joining_and_leaving_are_told_with_reason(office: Office) -> None:
    incident, _, bureau = two_units(office)
    assert leave(office, incident.incident_id, bureau).reports == 1
    assert [(told.change, told.reason) for told in office.told(IncidentChanged)] == [
        ("opened", WHY), ("joined", WHY), ("left", "经核实不是同一事件"),
    ]  # fmt: skip
    assert join(office, incident.incident_id, bureau).version == 4


@pytest.mark.parametrize("who", [EDITOR, DUTY, PersonFactory.of_the_city(Role.CHIEF_EDITOR)])
def test_R05_duty_officer_editor_and_chief_editor_join_reports(office: Office, who: Principal) -> None:
    office.accept(first := of_district())
    assert open_with(office, first, who).opened_by == who.name


@pytest.mark.parametrize("who", [OFFICER, PersonFactory.leader(), PersonFactory.of_the_city(Role.SECRETARY)])
def test_R05_nobody_else_joins_reports(office: Office, who: Principal) -> None:
    office.accept(first := of_district())
    with pytest.raises(Refusal) as refused:
        open_with(office, first, who)
    assert refused.value.problem == "forbidden"


def test_R05_of_parallel_joins_of_one_report_one_succeeds(office: Office) -> None:
    first, *others = of_district(), of_bureau(), of_bureau(), of_bureau()
    office.accept(first, *others)
    incidents = [open_with(office, each).incident_id for each in others]
    results = at_once(*(partial(join, office, target, first) for target in incidents))
    assert sorted(isinstance(result, Conflict) for result in results) == [False, True, True]
    (row,) = [each for each in results if isinstance(each, rpc.IncidentRecord)]
    chain: Chain = office.call("get_chain", intake.ReportId(report_id=first.report_id), EDITOR)
    assert chain.incident_id == row.incident_id


def test_R05_of_parallel_openings_with_one_report_one_succeeds(office: Office) -> None:
    office.accept(first := of_district())
    results = at_once(*((lambda: open_with(office, first)) for _ in range(4)))
    assert sorted(isinstance(result, Conflict) for result in results) == [False, True, True, True]
    assert [each.number for each in listed(office, EDITOR)] == ["2026-0001"]


def test_R05_only_first_reports_are_joined(office: Office) -> None:
    incident, district, _ = two_units(office)
    office.accept(follow_up := ChainFactory.follow_up(district, DUE + HOUR))
    with pytest.raises(Refusal) as refused:
        join(office, incident.incident_id, follow_up)
    assert (refused.value.problem, refused.value.pointer) == ("invalid", "/report_id")


def test_R05_a_drill_joins_no_real_incident(office: Office) -> None:
    incident, _, _ = two_units(office)
    office.accept(drill := of_bureau(drill=True))
    with pytest.raises(Refusal) as refused:
        join(office, incident.incident_id, drill)
    assert refused.value.problem == "conflict"


def test_R05_a_report_that_is_not_in_the_incident_cannot_leave_it(office: Office) -> None:
    incident, _, bureau = two_units(office)
    leave(office, incident.incident_id, bureau)
    with pytest.raises(Refusal) as refused:
        leave(office, incident.incident_id, bureau)
    assert refused.value.problem == "conflict"


def test_access3_a_unit_sees_of_an_incident_its_own_reports_only(office: Office) -> None:
    incident, _, bureau = two_units(office)
    shown = read(office, incident.incident_id, FOREIGN)
    assert (shown.title, shown.reports, shown.unit_names) == (bureau.title, 1, ["市应急管理局"])
    assert {each.unit_name for each in shown.timeline} == {"市应急管理局"}
    assert (shown.opened_by, shown.chains[0].joined_by, shown.chains[0].reason) == ("", "", "")
    assert (len(shown.figures_by_unit), shown.candidates) == (1, [])
    (row,) = listed(office, FOREIGN)
    assert (row.title, row.reports) == (bureau.title, 1)


def test_access1_an_incident_without_a_report_of_the_unit_is_as_absent(office: Office) -> None:
    office.accept(first := of_district())
    incident = open_with(office, first)
    for incident_id in (incident.incident_id, new_id()):
        with pytest.raises(Refusal) as refused:
            read(office, incident_id, FOREIGN)
        assert refused.value.problem == "not-found"
    assert listed(office, FOREIGN) == []


def test_R05_the_duty_officer_sees_the_incident_without_text(office: Office) -> None:
    incident, _, _ = two_units(office)
    shown = read(office, incident.incident_id, DUTY)
    assert (shown.place, shown.figures, shown.figures_by_unit[0].figures) == (None, [], {})
    assert all(each.step.elements == {} and each.step.author_name == "" for each in shown.timeline)


def test_R05_other_units_reports_near_in_time_and_alike_are_proposed(office: Office) -> None:
    told: dict[str, Any] = {"incident": {"category": IncidentCategory.ACCIDENT}}
    office.accept(first := of_district(**told))
    alike = of_bureau(**told, occurred_at=OCCURRED + 6 * HOUR)
    office.accept(
        alike,
        of_bureau(place="滨海新区某镇"),
        of_bureau(**told, occurred_at=OCCURRED - 6 * HOUR - MINUTE),
        of_bureau(**told, drill=True),
        of_district(**told),
    )
    proposed = open_with(office, first).candidates
    assert [(each.report_id, each.likeness) for each in proposed] == [
        (alike.report_id, [Likeness.CATEGORY, Likeness.PLACE])
    ]


def test_R05_what_is_in_an_incident_already_is_proposed_no_more(office: Office) -> None:
    district, bureau = of_district(), of_bureau()
    office.accept(district, bureau)
    incident = open_with(office, district)
    assert [each.report_id for each in incident.candidates] == [bureau.report_id]
    assert join(office, incident.incident_id, bureau).candidates == []


def test_R05_an_incident_is_closed_once_all_its_chains_are(office: Office) -> None:
    incident, district, bureau = two_units(office)
    states = [incident.state]
    for first in (district, bureau):
        office.accept(ChainFactory.final(first, DUE + HOUR, unit_id=first.unit_id))
        office.call("close_chain", intake.ReportId(report_id=first.report_id), EDITOR)
        states.append(read(office, incident.incident_id).state)
    assert states == [IncidentState.OPEN, IncidentState.OPEN, IncidentState.CLOSED]


def test_R05_an_unknown_report_joins_nothing(office: Office) -> None:
    incident, _, _ = two_units(office)
    with pytest.raises(Refusal) as refused:
        join(office, incident.incident_id, AcceptedFactory.urgent_in_time())
    assert refused.value.problem == "not-found"
