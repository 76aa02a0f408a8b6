"""R07: receipts of a report whose class was raised keep number and time and nothing else; a page says what was done."""

from __future__ import annotations

from itertools import permutations
from typing import Any
from uuid import uuid4

import pytest

from contracts.events.intake import ReportReclassified
from contracts.receipts import Receipt
from contracts.rpc.secrecy import Reclassification, Told, ToldPeople
from contracts.vocabulary import Channel, DeliveryState, Role, Secrecy
from gateway.model.receipts import report_classes
from gateway.receipts.progress import note_reclassified
from kernel.errors import NotFound
from tests.factories.gateway_office import Office, report

WORD = "凤凰山军用机场"


def submitted(office: Office) -> Receipt:
    answer = office.signed_report(office.leader(), report() | {"title": f"{WORD}扩建", "body": f"{WORD}征地。"})
    return Receipt.model_validate_json(answer.data)


def hear(office: Office, receipt: Receipt, secrecy: Secrecy = Secrecy.SECRET) -> None:
    raised = ReportReclassified(
        report_id=receipt.report_id, number=receipt.number, unit_id=receipt.unit_id, secrecy=secrecy,
        known_as=[receipt.report_id], deadline_ids=[], raised_by="王芳", raised_at=office.clock.now(),
    )
    with office.work() as work:
        note_reclassified(work, office.event(raised, receipt.report_id, tuple(Secrecy).index(secrecy)))


@pytest.mark.parametrize("role", [Role.RESPONSIBLE_LEADER, Role.EDITOR, Role.DUTY_OFFICER])
def test_R07_receipts_show_nothing_of_it_to_whoever_is_not_cleared(office: Office, role: Role) -> None:
    receipt = submitted(office)
    who = office.sign_in(office.add_person("陈静", role))
    paths = [
        "/v1/receipts", f"/v1/receipts/{receipt.number}", "/receipts", f"/receipts/{receipt.number}",
        f"/receipts/{receipt.number}/file", f"/receipts/{receipt.number}/progress",
    ]  # fmt: skip
    assert any(WORD in who.get(path).text for path in paths)
    hear(office, receipt)
    answers = [who.get(path).text for path in paths]
    assert not any(WORD in answer for answer in answers)
    view = who.get(f"/v1/receipts/{receipt.number}").json
    assert (view["number"], view["withheld"], view["receipt"]) == (receipt.number, True, None)


def test_R07_of_several_raisings_in_any_order_the_highest_stands(office: Office) -> None:
    receipt = submitted(office)
    for order in permutations((Secrecy.INTERNAL, Secrecy.SECRET, Secrecy.CONFIDENTIAL)):
        for secrecy in (*order, *order):
            hear(office, receipt, secrecy)
        with office.work() as work:
            forgotten = report_classes.delete().returning(report_classes.c.secrecy)
            assert work.session.execute(forgotten).scalar_one() == "secret"


def test_R07_the_page_says_what_was_done_what_could_not_be_and_whom_to_call(office: Office) -> None:
    who, report_id = office.officer(), uuid4()
    raised = Reclassification(
        report_id=report_id, number="2026-0000001", receipt_numbers=["2026-0000001"], unit_id=office.unit_id,
        unit_name="和平区", secrecy=Secrecy.SECRET, raised_by="王芳", raised_at=office.clock.now(),
    )
    told = Told(
        person_name="李强", message="draft.offered", channel=Channel.EMAIL, state=DeliveryState.SENT,
        sent_at=office.clock.now(),
    )

    def unheard(_: Any) -> Any:
        raise NotFound("没有这条信息的密级调整记录。", "Not heard of yet.")

    office.calls.answers |= {"intake.raise_secrecy": lambda _: raised, "intake.get_reclassification": lambda _: raised}
    office.calls.answers["notify.list_told"] = unheard
    path = f"/reports/{report_id}/secrecy"
    token = who.headers["X-CSRFToken"]
    sent = who.client.post(path, data={"csrf_token": token, "secrecy": "secret", "secrecy_reason": "误报"})
    assert (sent.status_code, sent.headers["Location"]) == (303, path)
    assert "稍后刷新" in who.get(path).text
    office.calls.answers["notify.list_told"] = lambda _: ToldPeople(told=[told], cancelled=2)
    page = who.get(path).text
    assert all(word in page for word in ("取消 2 条", "李强", "送签提醒", "保密人员"))
