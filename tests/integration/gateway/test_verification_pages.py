"""R07: a line typed during a call is enough, the desk is warned of what contradicts, the unit sees only the end."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.rpc.desk import DeskItem
from contracts.rpc.issues import Issue, IssuePage
from contracts.rpc.verifications import (
    Conclusion,
    RecordVerification,
    Verification,
    VerificationMeans,
    Verifications,
    VerifiedConclusion,
    VerifiedConclusions,
)
from contracts.vocabulary import DeskState, Kind, Role, UnitClass
from tests.factories.gateway_office import Office, Signed
from tests.integration.gateway.test_console import holder, refusing, send, unavailable
from tests.integration.gateway.test_incident_form import WHOLE, registered


def entry(office: Office, **changes: Any) -> Verification:
    now = office.clock.now()
    values: dict[str, Any] = {
        "verification_id": uuid4(), "report_id": uuid4(), "report_version": 1, "asked_name": "吴主任",
        "asked_post": None, "asked_unit": "市应急局", "asked_phone": None, "asked_at": now, "means": "phone",
        "question": "是否属实？", "answer": "没有<此>事。", "documents": [], "attachments": [],
        "conclusion": Conclusion.CONTRADICTED, "corrects_id": None, "corrected_by_id": None, "recorded_by": "王编辑",
        "recorded_at": now,
    } | changes  # fmt: skip
    return Verification(**values)


def item(office: Office) -> DeskItem:
    values: dict[str, Any] = {name: None for name, field in DeskItem.model_fields.items() if field.is_required()}
    values |= {
        "report_id": uuid4(), "receipt_number": "2026-0000001", "number": "2026-0000001", "version": 1,
        "kind": Kind.DEVELOPMENT, "unit_id": office.unit_id, "unit_name": "和平区", "unit_class": UnitClass.DISTRICT,
        "title": "供热检查", "body": "已检查。", "received_at": office.clock.now(), "signer_name": "李强",
        "state": DeskState.WAITING,
    }  # fmt: skip
    return DeskItem(**values)


def desk_page(office: Office, record: Verifications) -> str:
    issue = Issue.model_construct(issue_id=uuid4(), publication_name="每日要情", items=[])
    office.calls.answers |= {
        "review.open_desk_item": lambda _: item(office), "intake.get_report": refusing(unavailable),
        "review.list_issues": lambda _: IssuePage.model_construct(items=[issue]),
        "review.list_verifications": lambda _: record,
    }  # fmt: skip
    return holder(office, Role.EDITOR).get(f"/queue/{uuid4()}").text


def test_R07_the_adoption_form_warns_only_while_the_newest_verification_contradicts(office: Office) -> None:
    contradicted = Verifications(items=[entry(office)], conclusion=Conclusion.CONTRADICTED)
    page = desk_page(office, contradicted)
    assert ["采用前请先看" in page, "没有&lt;此&gt;事。" in page, "更正这一条" in page] == [True, True, True]
    answered = Verifications(items=[entry(office)], conclusion=Conclusion.CONFIRMED)
    assert "采用前请先看" not in desk_page(office, answered)


def recorded(office: Office, who: Signed, **typed: str) -> tuple[str, RecordVerification]:
    """Where the form leads, and what it sent."""
    asked: list[RecordVerification] = []
    office.calls.answers["review.record_verification"] = lambda request: asked.append(request) or entry(office)
    answer = send(who, f"/reports/{REPORT}/verifications", key=str(uuid4()), **typed)
    return answer.headers["Location"], asked[0]


REPORT = UUID(int=7)
LINE = {
    "asked_name": "吴主任", "question": "是否属实？", "answer": "属实。", "conclusion": "confirmed", "means": "phone",
}  # fmt: skip


@pytest.mark.parametrize(("role", "page"), [(Role.EDITOR, "queue"), (Role.DUTY_OFFICER, "reports")])
def test_R07_one_line_is_enough_and_leads_back_to_where_it_was_typed(office: Office, role: Role, page: str) -> None:
    where, sent = recorded(office, holder(office, role), **LINE)
    assert where == f"/{page}/{REPORT}"
    assert (sent.asked_name, sent.means, sent.asked_at, sent.documents) == ("吴主任", VerificationMeans.PHONE, None, [])


def test_R07_a_line_typed_on_the_page_of_a_report_leads_back_into_the_same_view(office: Office) -> None:
    editor, here = holder(office, Role.EDITOR), f"/queue/{REPORT}?view=kind%3Ddevelopment"
    editor.client.environ_base["HTTP_REFERER"] = f"http://localhost{here}"
    where, _ = recorded(office, editor, **LINE)
    assert where == here


def test_R07_documents_are_typed_one_a_line(office: Office) -> None:
    _, sent = recorded(office, holder(office, Role.EDITOR), **LINE, documents="台账\r\n\r\n 通报〔2026〕3号 ")
    assert sent.documents == ["台账", "通报〔2026〕3号"]


def test_R07_the_units_page_shows_conclusion_and_time_and_survives_a_desk_that_is_away(office: Office) -> None:
    officer, report = office.officer(), registered(office, WHOLE)
    told = VerifiedConclusion(conclusion=Conclusion.PARTLY_CONFIRMED, asked_at=office.clock.now())
    office.calls.answers |= {
        "intake.get_report": lambda _: report, "intake.get_occurrence": refusing(unavailable),
        "review.list_conclusions": lambda _: VerifiedConclusions(items=[told]),
    }  # fmt: skip
    page = officer.get(f"/reports/{report.report_id}").text
    assert ["市里核实" in page, "部分属实" in page, "登记核实" in page] == [True, True, False]
    office.calls.answers["review.list_conclusions"] = refusing(unavailable)
    assert officer.get(f"/reports/{report.report_id}").status_code == 200
