"""R01, R14, R16: registration, the desk's decisions, search, and who sees what."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from contracts.events.gateway import ReportAccepted
from contracts.events.intake import ReportRegistered
from contracts.events.review import AdoptionWithdrawn, ReportAdopted, ReportKept, ReportQueued, ReportReturned
from contracts.rpc import intake as rpc
from contracts.rpc.deadlines import TimelinessQuery
from contracts.vocabulary import ReportFlag, ReportState, Role
from kernel.errors import Forbidden, Refusal
from kernel.ids import new_id
from kernel.principal import Principal
from services.intake.model.reports import ReportVersion
from tests.factories.intake import (
    DUE,
    HEXI,
    JINNAN,
    OCCURRED,
    AcceptedFactory,
    ContentFactory,
    PersonFactory,
    UnitFactory,
)
from tests.integration.intake.conftest import Office

OFFICER, STRANGER = PersonFactory.officer(), PersonFactory.officer(JINNAN)
EDITOR, ADMINISTRATOR = PersonFactory.of_the_city(Role.EDITOR), PersonFactory.administrator()


def desk_event(kind: type[Any], accepted: ReportAccepted, **facts: Any) -> Any:
    return kind(
        report_id=accepted.report_id,
        receipt_number=accepted.receipt_number,
        unit_id=accepted.unit_id,
        title=accepted.title,
        **facts,
    )


def queued(accepted: ReportAccepted) -> Any:
    return desk_event(ReportQueued, accepted)


def returned(accepted: ReportAccepted) -> Any:
    return desk_event(ReportReturned, accepted, remarks="请核实。", returned_by="周静")


def adopted(accepted: ReportAccepted) -> Any:
    facts = {"adoption_id": new_id(), "publication_code": "daily", "issue_id": new_id(), "adopted_by": "周静"}
    return desk_event(ReportAdopted, accepted, **facts)


def revised(accepted: ReportAccepted) -> ReportAccepted:
    """Its second signed version, a day after the due time."""
    content = ContentFactory.urgent("更正")
    return AcceptedFactory.of(content, DUE + timedelta(days=1), report_id=accepted.report_id, version=2)


def find(office: Office, who: Principal = EDITOR, **filters: Any) -> list[str]:
    page = office.call("list_reports", rpc.ListReports(**filters), who)
    return [report.title for report in page.items]


def test_R01_an_accepted_report_is_registered_with_its_receipt(office: Office) -> None:
    office.accept(accepted := AcceptedFactory.development())
    report = office.report(accepted.report_id, OFFICER)
    assert (report.number, report.receipt_numbers) == (accepted.receipt_number, [accepted.receipt_number])
    assert (report.state, report.unit_name) == (ReportState.REGISTERED, "河西区人民政府办公室")
    (told,) = office.told(ReportRegistered)
    assert (told.report_id, told.number, told.late) == (accepted.report_id, accepted.receipt_number, None)


def test_R01_a_double_registers_nothing_twice(office: Office) -> None:
    accepted = AcceptedFactory.urgent_in_time()
    office.accept(accepted, accepted)
    assert len(office.told(ReportRegistered)) == 1


def test_R01_a_report_of_a_unit_not_yet_recorded_waits(office: Office) -> None:
    unit_id = new_id()
    office.accept(accepted := AcceptedFactory.development(unit_id=unit_id))
    assert [row.state for row in office.harness.held()] == ["waiting"]
    office.call("record_unit", UnitFactory.district(unit_id, "宁河区人民政府办公室"), PersonFactory.administrator())
    office.harness.retry()
    assert office.report(accepted.report_id, EDITOR).unit_name == "宁河区人民政府办公室"


def test_R14_a_report_names_its_unit_as_it_was_when_received(office: Office) -> None:
    renamed = UnitFactory.district(name="河西区政府办", valid_from=date(2026, 12, 1))
    office.call("record_unit", renamed, PersonFactory.administrator())
    before, after = AcceptedFactory.development(OCCURRED), AcceptedFactory.development(DUE + timedelta(days=30))
    office.accept(before, after)
    names = [office.report(each.report_id, EDITOR).unit_name for each in (before, after)]
    assert names == ["河西区人民政府办公室", "河西区政府办"]


def test_R14_a_rename_recorded_later_leaves_reports_their_name_of_the_day(office: Office) -> None:
    renamed = UnitFactory.district(name="河西区政府办", name_since=date(2026, 11, 24))
    office.clock.at = OCCURRED + timedelta(days=3)
    office.call("record_unit", renamed, PersonFactory.administrator())
    before, after = (AcceptedFactory.development(OCCURRED - timedelta(days=days)) for days in (1, 0))
    office.accept(before, after)
    names = [office.report(each.report_id, EDITOR).unit_name for each in (before, after)]
    assert names == ["河西区人民政府办公室", "河西区政府办"]


def test_R14_what_happened_before_the_unit_existed_is_flagged_not_refused(office: Office) -> None:
    unit_id = new_id()
    office.call("record_unit", UnitFactory.district(unit_id, "新区", valid_from=date(2026, 11, 25)), ADMINISTRATOR)
    office.accept(accepted := AcceptedFactory.urgent_in_time(unit_id=unit_id))
    assert ReportFlag.BEFORE_UNIT in office.report(accepted.report_id, EDITOR).flags


def test_R04_a_new_version_keeps_the_first_receipt_of_the_chain(office: Office) -> None:
    first = AcceptedFactory.urgent_in_time()
    second = revised(first)
    office.accept(first, second)
    report = office.report(first.report_id, OFFICER)
    assert (report.version, report.title, report.late) == (2, "更正", False)
    assert (report.number, report.received_at) == (first.receipt_number, second.received_at)
    assert report.receipt_numbers == [first.receipt_number, second.receipt_number]


def test_R04_a_new_version_that_came_first_waits_for_the_one_before(office: Office) -> None:
    first = AcceptedFactory.urgent_in_time()
    second = revised(first)
    office.accept(second)
    assert office.told(ReportRegistered) == []
    office.accept(first)
    assert [(told.version, told.late) for told in office.told(ReportRegistered)] == [(1, False), (2, False)]


@pytest.mark.parametrize(
    "accepted", [AcceptedFactory.development(), AcceptedFactory.feedback()], ids=lambda one: one.kind
)
def test_R11_a_report_follows_the_desk_also_feedback_that_is_laid_there(
    office: Office, accepted: ReportAccepted
) -> None:
    office.accept(accepted)
    steps = [
        (queued(accepted), ReportState.AT_DESK),
        (adopted(accepted), ReportState.ADOPTED),
        (desk_event(AdoptionWithdrawn, accepted, adoption_id=new_id(), reason="数据有误"), ReportState.AT_DESK),
        (desk_event(ReportKept, accepted), ReportState.KEPT),
        (returned(accepted), ReportState.RETURNED),
    ]
    for version, (event, state) in enumerate(steps, 1):
        office.harness.deliver(event, accepted.report_id, version)
        assert office.report(accepted.report_id, OFFICER).state is state
    assert office.report(accepted.report_id, OFFICER).remarks == "请核实。"


def test_R11_an_older_decision_of_the_desk_is_ignored(office: Office) -> None:
    office.accept(accepted := AcceptedFactory.development())
    office.harness.deliver(adopted(accepted), accepted.report_id, 2)
    office.harness.deliver(queued(accepted), accepted.report_id, 1)
    assert office.report(accepted.report_id, OFFICER).state is ReportState.ADOPTED


def test_R11_a_return_of_the_version_before_does_not_return_the_new_one(office: Office) -> None:
    office.accept(first := AcceptedFactory.urgent_in_time(), revised(first))
    office.harness.deliver(returned(first), first.report_id, 1)
    assert office.report(first.report_id, OFFICER).state is ReportState.REGISTERED


def test_R11_an_adoption_stands_when_a_new_version_arrives(office: Office) -> None:
    office.accept(first := AcceptedFactory.urgent_in_time())
    office.harness.deliver(adopted(first), first.report_id, 1)
    office.accept(revised(first))
    assert office.report(first.report_id, OFFICER).state is ReportState.ADOPTED


def test_R11_a_decision_on_a_report_not_yet_registered_waits(office: Office) -> None:
    accepted = AcceptedFactory.development()
    office.harness.deliver(queued(accepted), accepted.report_id, 1)
    office.accept(accepted)
    assert office.report(accepted.report_id, OFFICER).state is ReportState.AT_DESK


@pytest.mark.parametrize(
    "question",
    ["老旧小区", "區改", "老舊小區", "改", "造", "河西区", "我区 小区", "２０２６", "777", "2026-0000777", "造老"],
)
def test_R16_search_finds_by_title_unit_and_number_in_any_script_and_width(office: Office, question: str) -> None:
    office.accept(AcceptedFactory.development(title="我区老旧小区改造", receipt_number="2026-0000777"))
    office.accept(AcceptedFactory.development(title="春耕备耕进展", unit_id=JINNAN, receipt_number="2025-0000002"))
    expected = [] if question == "造老" else ["我区老旧小区改造"]
    assert find(office, q=question) == expected


def test_R16_a_question_of_signs_only_finds_nothing(office: Office) -> None:
    office.accept(AcceptedFactory.development())
    assert find(office, q="'!&|()*:%_\\") == []


def test_R16_search_finds_the_new_title_after_a_new_version(office: Office) -> None:
    first = AcceptedFactory.development(title="旧题")
    office.accept(first, AcceptedFactory.development(title="新名", report_id=first.report_id, version=2))
    assert (find(office, q="旧题"), find(office, q="新名")) == ([], ["新名"])


def test_R16_pages_show_every_report_once_newest_first(office: Office) -> None:
    titles = [f"小区信息{number}" for number in range(7)]
    for number, title in enumerate(titles):
        office.accept(AcceptedFactory.development(OCCURRED + timedelta(minutes=number // 2), title))
    seen: list[str] = []
    cursor = None
    while True:
        page = office.call("list_reports", rpc.ListReports(q="小区", limit=3, cursor=cursor), EDITOR)
        seen += [report.title for report in page.items]
        if (cursor := page.next_cursor) is None:
            break
    assert sorted(seen) == titles
    assert seen[0] == titles[-1]


def test_R16_filters_by_state_kind_and_unit(office: Office) -> None:
    office.accept(one := AcceptedFactory.development(title="甲"), AcceptedFactory.urgent_in_time(unit_id=JINNAN))
    office.harness.deliver(queued(one), one.report_id, 1)
    assert find(office, state="at_desk") == ["甲"]
    assert find(office, kind="development") == ["甲"]
    assert find(office, unit_id=HEXI) == ["甲"]


def test_R16_a_unit_sees_its_own_reports_only(office: Office) -> None:
    office.accept(accepted := AcceptedFactory.urgent_in_time())
    for who in (STRANGER, PersonFactory.leader(JINNAN), PersonFactory.api_client(JINNAN)):
        assert find(office, who) == find(office, who, q="火情", unit_id=HEXI) == []
        assert office.deadlines(who) == []
        assert office.call("urgent_timeliness", TimelinessQuery(), who).rows == []
        with pytest.raises(Refusal) as refused:
            office.report(accepted.report_id, who)
        assert refused.value.problem == "not-found"


def test_R16_a_higher_class_is_in_no_list_and_no_count(office: Office) -> None:
    office.accept(accepted := AcceptedFactory.urgent_in_time(secrecy="internal"))
    assert find(office, q="火情") == []
    assert office.deadlines(EDITOR) == []
    cleared = Principal(EDITOR.id, EDITOR.name, None, EDITOR.roles, clearance="internal")
    assert office.report(accepted.report_id, cleared).title == accepted.title


def test_R16_duty_officers_see_number_title_severity_state_times_and_unit_only(office: Office) -> None:
    office.accept(accepted := AcceptedFactory.urgent_in_time(topic="安全生产"))
    office.harness.deliver(returned(accepted), accepted.report_id, 1)
    shown = office.report(accepted.report_id, PersonFactory.of_the_city(Role.DUTY_OFFICER))
    hidden = (shown.body, shown.topic, shown.place, shown.author_name, shown.signer_name, shown.signer_post)
    assert (*hidden, shown.remarks) == ("", None, None, "", "", "", None)
    left = (shown.number, shown.title, shown.severity, shown.state, shown.occurred_at, shown.unit_name)
    whole = office.report(accepted.report_id, EDITOR)
    assert left == (whole.number, whole.title, whole.severity, whole.state, whole.occurred_at, whole.unit_name)


def test_R17_a_supervisor_reads_assignments_and_their_feedback_not_reports(office: Office) -> None:
    office.accept(accepted := AcceptedFactory.development())
    with pytest.raises(Forbidden):
        office.report(accepted.report_id, PersonFactory.of_the_city(Role.SUPERVISOR))


def test_R16_operators_see_no_titles(office: Office) -> None:
    office.accept(AcceptedFactory.urgent_in_time())
    (deadline,) = office.deadlines(PersonFactory.of_the_city(Role.OPERATOR))
    assert deadline.title == ""


def test_R07_every_signed_version_is_kept(office: Office) -> None:
    first = AcceptedFactory.development(title="第一版")
    office.accept(first, AcceptedFactory.development(title="第二版", report_id=first.report_id, version=2))
    with office.harness.database.reading() as session:
        versions = session.scalars(select(ReportVersion).order_by(ReportVersion.version))
        assert [version.content["title"] for version in versions] == ["第一版", "第二版"]


def test_R09_the_files_signed_with_a_report_go_with_it_but_not_to_who_reads_no_text(office: Office) -> None:
    told = {"digest": f"sha256:{0:064}", "size": 5, "media_type": "application/pdf", "name": "平面图.pdf"}
    office.accept(accepted := AcceptedFactory.development(attachments=[told]))
    shown = office.report(accepted.report_id, OFFICER)
    assert [file.model_dump(mode="json") for file in shown.attachments] == [told]
    assert office.report(accepted.report_id, PersonFactory.of_the_city(Role.DUTY_OFFICER)).attachments == []
    (registered,) = office.told(ReportRegistered)
    assert [file.name for file in registered.attachments] == ["平面图.pdf"]
