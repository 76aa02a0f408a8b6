"""The page of pre-reports: what was typed during a call is never lost, and one form is one call."""

from __future__ import annotations

import re
from uuid import UUID, uuid4

from contracts.rpc.urgent import PreReport, PreReportPage, RecordPreReport
from contracts.vocabulary import CallSide, DeadlineOutcome, Role
from kernel.errors import Invalid
from tests.factories.gateway_office import Office, Signed
from tests.integration.gateway.test_console import refusing, unavailable

SAID = {
    "title": "化工厂火情 <b>", "occurred_at": "2026-11-24T08:00", "severity": "larger", "caller_name": "李明",
    "caller_number": "022-28380000", "called_at": "2026-11-24T08:05", "reason": "道路中断", "read_back": "1",
}  # fmt: skip


def send(who: Signed, **fields: str) -> tuple[int, str]:
    answer = who.client.post("/pre-reports", data={"csrf_token": who.headers["X-CSRFToken"], **SAID, **fields})
    return answer.status_code, answer.text


def noted(office: Office, request: RecordPreReport) -> PreReport:
    now = office.clock.now()
    return PreReport(
        **request.model_dump(exclude={"unit_id"}), unit_id=office.unit_id, unit_name="和平区", side=CallSide.UNIT,
        recorded_by=uuid4(), recorded_by_name="王芳", recorded_at=now, draft_id=None, report_id=None,
        phone_due_at=now, phone_in_time=True, due_at=now, outcome=DeadlineOutcome.OPEN, due_explanation_zh="依据。",
        due_explanation_en="Why.",
    )


def test_R04_a_form_sent_twice_is_one_call_in_beijing_time(office: Office) -> None:
    officer = office.sign_in(office.add_person("王芳", Role.INFORMATION_OFFICER))
    office.calls.answers["intake.record_pre_report"] = lambda request: noted(office, request)
    key = str(uuid4())
    assert [send(officer, key=key)[0] for _ in range(2)] == [303, 303]
    asked = [call for call in office.calls.asked if call["method"] == "record_pre_report"]
    assert len({call["command_id"] for call in asked}) == len({call["request"].pre_report_id for call in asked}) == 1
    assert asked[0]["request"].occurred_at.isoformat() == "2026-11-24T00:00:00+00:00"
    assert (asked[0]["request"].read_back, asked[0]["request"].unit_id) == (True, None)


def test_R04_what_was_typed_stays_while_intake_is_away_and_the_key_with_it(office: Office) -> None:
    duty = office.sign_in(office.add_person("郑浩", Role.DUTY_OFFICER))
    away = refusing(unavailable)
    office.calls.answers |= dict.fromkeys(
        ("intake.record_pre_report", "intake.list_pre_reports", "intake.list_units"), away
    )
    key, unit_id = str(uuid4()), str(uuid4())
    status, page = send(duty, key=key, unit_id=unit_id)
    assert status == 503
    for kept in ("化工厂火情 &lt;b&gt;", "2026-11-24T08:00", "022-28380000", "道路中断", unit_id, key):
        assert kept in page


def test_R04_a_refused_field_is_marked_and_the_next_try_is_another_act(office: Office) -> None:
    officer = office.sign_in(office.add_person("王芳", Role.INFORMATION_OFFICER))
    wrong = Invalid("来电时间不能晚于当前时间。", "The future.", pointer="/called_at")
    office.calls.answers["intake.record_pre_report"] = refusing(lambda: wrong)
    office.calls.answers["intake.list_pre_reports"] = lambda _request: PreReportPage(items=[])
    key = str(uuid4())
    status, page = send(officer, key=key)
    assert (status, 'id="called_at-fault"' in page, key in page) == (422, True, False)


def test_R04_a_call_that_waits_leads_to_its_first_report(office: Office) -> None:
    officer = office.sign_in(office.add_person("王芳", Role.INFORMATION_OFFICER))
    said = {name: value for name, value in SAID.items() if name != "read_back"}
    times = {name: f"{said[name]}:00+08:00" for name in ("occurred_at", "called_at")}
    called = noted(office, RecordPreReport.model_validate(said | times | {"pre_report_id": uuid4()}))
    office.calls.answers["intake.list_pre_reports"] = lambda _request: PreReportPage(items=[called])
    page = officer.client.get("/pre-reports").text
    (link,) = re.findall(r'href="(/drafts/new[?][^"]*pre_report_id[^"]*)"', page)
    assert link == f"/drafts/new?kind=urgent_first&amp;pre_report_id={UUID(str(called.pre_report_id))}"
    assert "电话报告按时" in page
    assert "化工厂火情 &lt;b&gt;" in page
