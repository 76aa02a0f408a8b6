"""R04, R26: the duty officer's pages: what waits for a tap, and the duty list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.rpc.directory import TreeUnit, UnitTree
from contracts.rpc.intake import DeadlinePage, ListReports, Report, ReportId, ReportPage
from contracts.rpc.notify import DutyOfficers, DutyPerson, DutyShift, DutyShiftPage, RecordDutyShift
from contracts.rpc.paging import Done
from contracts.vocabulary import Kind, ReportState, Role, Secrecy, Severity, UnitClass
from kernel.errors import Conflict
from tests.factories.gateway_office import Office, Signed
from tests.integration.gateway.test_console import drafted, refusing, send, unavailable

GUO = DutyPerson(person_id=UUID(int=7), name="郭涛")
DAY = timedelta(days=1)


@pytest.fixture
def duty(office: Office) -> Signed:
    """The duty officer, signed in; nothing waits and nobody is on the list."""
    office.calls.answers |= {
        "intake.list_reports": lambda _request: ReportPage(items=[]),
        "intake.list_deadlines": lambda _request: DeadlinePage(items=[]),
        "notify.list_duty_shifts": lambda _request: DutyShiftPage(items=[]),
        "notify.list_duty_officers": lambda _request: DutyOfficers(items=[GUO]),
        "notify.record_duty_shift": recorded,
        "notify.remove_duty_shift": lambda _request: Done(),
    }
    return office.sign_in(office.add_person("郭涛", Role.DUTY_OFFICER))


def urgent(office: Office, **changes: Any) -> Report:
    """As the duty officer gets it: without the text."""
    now = office.clock.now()
    values: dict[str, Any] = {
        "report_id": uuid4(), "number": "2026-0000007", "version": 1, "kind": Kind.URGENT_FIRST,
        "state": ReportState.AT_DESK, "unit_id": office.unit_id, "unit_name": "和平区",
        "unit_class": UnitClass.DISTRICT,
        "title": "一化工厂发生火情", "body": "", "topic": None, "secrecy": Secrecy.UNCLASSIFIED,
        "severity": Severity.LARGER, "occurred_at": now, "place": None, "author_name": "", "signer_name": "",
        "signer_post": "", "signed_at": now, "received_at": now, "receipt_numbers": ["2026-0000007"], "late": False,
        "deadline_id": None, "due_at": None, "due_explanation_zh": None, "due_explanation_en": None, "remarks": None,
        "follows_report_id": None, "assignment_id": None, "incident": None, "pre_report_id": None, "drill": False,
        "acknowledged_by": None, "acknowledged_at": None,
    }
    return Report(**(values | changes))


def shift(office: Office, starts: timedelta) -> DutyShift:
    starts_at = office.clock.now() + starts
    return DutyShift(shift_id=uuid4(), starts_at=starts_at, ends_at=starts_at + DAY, persons=[GUO], version=1)


def recorded(request: RecordDutyShift) -> DutyShift:
    return DutyShift(**request.model_dump(exclude={"persons", "version"}), persons=[GUO], version=1)


def asked(office: Office, method: str) -> list[Any]:
    return [one["request"] for one in office.calls.asked if one["method"] == method]


def waiting(*reports: Report) -> Callable[[ListReports], ReportPage]:
    def answer(request: ListReports) -> ReportPage:
        return ReportPage(items=list(reports) if request.acknowledged is False else [])

    return answer


@pytest.mark.parametrize("path", ["/", "/acknowledgements"])
def test_R04_what_waits_stands_on_home_and_page_with_one_tap_and_the_time_waited(
    office: Office, duty: Signed, path: str
) -> None:
    report = urgent(office)
    office.calls.answers["intake.list_reports"] = waiting(report)
    office.clock.advance(timedelta(minutes=16))
    page = duty.get(path).text
    assert "一化工厂发生火情" in page
    assert "已等 16分0秒" in page
    assert f"/reports/{report.report_id}/acknowledgement" in page


def test_R04_the_list_names_the_units_office_phone(office: Office, duty: Signed) -> None:
    report = urgent(office)
    unit = TreeUnit(
        unit_id=report.unit_id, name="和平区", unit_class=UnitClass.DISTRICT, valid_from=date(2020, 1, 1),
        named_since=date(2020, 1, 1), version=1, depth=0, phone="022-23001000",
    )
    office.calls.answers |= {
        "intake.list_reports": waiting(report), "intake.unit_tree": lambda _request: UnitTree(items=[unit]),
    }
    assert "办公电话 022-23001000" in duty.get("/acknowledgements").text


def test_R04_one_tap_acknowledges_and_names_who_was_first(office: Office, duty: Signed) -> None:
    at = office.clock.now()

    def first_was_another(request: ReportId) -> Report:
        return urgent(office, report_id=request.report_id, acknowledged_by="周静", acknowledged_at=at)

    office.calls.answers["intake.acknowledge_report"] = first_was_another
    answer = send(duty, f"/reports/{uuid4()}/acknowledgement", key=str(uuid4()))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/acknowledgements")
    assert "已由周静于 2026-11-24 09:00:00 签收" in duty.get("/acknowledgements").text


def test_R04_the_page_asks_for_its_rows_alone_and_marks_drills(office: Office, duty: Signed) -> None:
    office.calls.answers["intake.list_reports"] = waiting(urgent(office, drill=True))
    part = duty.get("/acknowledgements", HX_Target="waiting", HX_Request="true").text
    assert "<html" not in part
    assert "演练" in part
    assert 'hx-trigger="every 10s"' in duty.get("/acknowledgements").text


def test_R26_a_shift_is_recorded_with_ordered_names_in_beijing_time(office: Office, duty: Signed) -> None:
    first, second = str(uuid4()), str(uuid4())
    answer = duty.client.post(
        "/duty-shifts",
        data={
            "csrf_token": duty.headers["X-CSRFToken"], "key": str(uuid4()), "starts_at": "2026-11-24T17:00",
            "ends_at": "2026-11-25T08:30", "person": [second, first, "", ""],
        },
    )
    assert answer.status_code == 303
    (request,) = asked(office, "record_duty_shift")
    assert [str(person) for person in request.persons] == [second, first]
    assert request.starts_at.isoformat() == "2026-11-24T09:00:00+00:00"


def test_R24_a_shift_is_taken_off_by_the_version_the_list_shows(office: Office, duty: Signed) -> None:
    shown = shift(office, timedelta())
    office.calls.answers["notify.list_duty_shifts"] = lambda _request: DutyShiftPage(items=[shown])
    path = f"/duty-shifts/{shown.shift_id}/removal"
    form = duty.get("/duty-shifts").text.partition(f'action="{path}"')[2].partition("</form>")[0]
    assert 'name="version" value="1"' in form
    send(duty, path, version="1")
    assert [request.version for request in asked(office, "remove_duty_shift")] == [1]


def test_R26_yesterdays_shifts_are_copied_a_day_later_each_once(office: Office, duty: Signed) -> None:
    day, night, today = shift(office, -DAY), shift(office, -DAY / 2), shift(office, timedelta())
    office.calls.answers["notify.list_duty_shifts"] = lambda _request: DutyShiftPage(items=[day, night, today])
    key = str(uuid4())
    for _ in range(2):  # the form sent twice is one act for each shift
        send(duty, "/duty-shifts/copying", key=key)
    copies = asked(office, "record_duty_shift")
    commands = {one["command_id"] for one in office.calls.asked if one["method"] == "record_duty_shift"}
    assert {copy.starts_at for copy in copies} == {day.starts_at + DAY, night.starts_at + DAY}
    assert len(commands) == len({copy.shift_id for copy in copies}) == 2


def test_R26_a_copy_that_would_overlap_is_left_out_and_named(office: Office, duty: Signed) -> None:
    def overlapping(_request: RecordDutyShift) -> DutyShift:
        raise Conflict("与已排班次重叠。", "It overlaps another shift.")

    office.calls.answers["notify.list_duty_shifts"] = lambda _request: DutyShiftPage(items=[shift(office, -DAY)])
    office.calls.answers["notify.record_duty_shift"] = overlapping
    send(duty, "/duty-shifts/copying", key=str(uuid4()))
    assert "未照排（郭涛）：与已排班次重叠。" in duty.get("/duty-shifts").text


def test_R26_an_editor_reads_the_list_without_the_form(office: Office, duty: Signed) -> None:
    office.calls.answers["notify.list_duty_shifts"] = lambda _request: DutyShiftPage(items=[shift(office, timedelta())])
    editor = office.sign_in(office.add_person("陈静", Role.EDITOR))
    page = editor.get("/duty-shifts").text
    assert ("郭涛" in page, "当班" in page, "排一个班次" in page, "撤销" in page) == (True, True, False, False)
    assert "排一个班次" in duty.get("/duty-shifts").text


def test_R26_the_api_records_lists_and_takes_off_shifts(office: Office, duty: Signed) -> None:
    body = {
        "starts_at": "2026-11-24T08:30:00+08:00", "ends_at": "2026-11-25T08:30:00+08:00", "persons": [str(uuid4())],
    }
    made = duty.post("/v1/duty-shifts", body)
    assert made.status_code == 201
    shift_id = made.json["shift_id"]
    assert duty.send("PUT", f"/v1/duty-shifts/{shift_id}", body).status_code == 200
    assert duty.send("DELETE", f"/v1/duty-shifts/{shift_id}").status_code == 200
    assert duty.get("/v1/duty-shifts").json == {"items": [], "next_cursor": None}
    assert duty.get("/v1/duty-officers").json["items"][0]["name"] == "郭涛"
    nobody = duty.post("/v1/duty-shifts", body | {"persons": []})
    assert (nobody.status_code, nobody.json["pointer"]) == (422, "/persons")


@pytest.mark.parametrize(
    ("kind", "ticked", "drill"),
    [("urgent_first", True, True), ("urgent_first", False, False), ("development", True, False)],
)
def test_R04_the_form_marks_a_drill_for_urgent_kinds_only(office: Office, kind: str, ticked: bool, drill: bool) -> None:
    officer = office.officer()
    office.calls.answers["intake.save_draft"] = drafted(office, officer)
    fields = {"kind": kind, "title": "供水管网爆裂应急演练", "body": "演练开始。", "act": "save"}
    if kind == "urgent_first":
        fields |= {"severity": "general", "occurred_at": "2026-11-24T08:30"}
    send(officer, "/drafts", key=str(uuid4()), **fields, **({"drill": "true"} if ticked else {}))
    (request,) = asked(office, "save_draft")
    assert request.content.drill == drill


def test_R04_a_follow_up_begun_from_a_drill_is_ticked(office: Office) -> None:
    officer = office.officer()
    office.calls.answers["intake.list_reports"] = lambda _request: ReportPage(items=[])
    office.calls.answers["intake.get_report"] = refusing(unavailable)
    begun = [officer.get(f"/drafts/new?follows_report_id={uuid4()}{more}").text for more in ("", "&drill=True")]
    assert ['value="true" checked' in page for page in begun] == [False, True]
