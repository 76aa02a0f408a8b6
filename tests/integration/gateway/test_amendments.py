"""R07: a signed correction or withdrawal is accepted whatever was decided, once the report is not withdrawn."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import TestResponse

from contracts.events.review import ReportAdopted
from contracts.receipts import Receipt
from contracts.vocabulary import AmendmentAct, Kind, Role
from gateway.receipts.progress import note_decision
from kernel.ids import new_id
from tests.factories.gateway_office import Office, Signed, report


def submitted(office: Office, leader: Signed, **changes: Any) -> Receipt:
    return Receipt.model_validate_json(office.signed_report(leader, report(**changes)).data)


def amend(office: Office, leader: Signed, receipt: Receipt, act: AmendmentAct, **changes: Any) -> TestResponse:
    amendment = {"act": act, "reason": "数字有误"}
    content = report(report_id=str(receipt.report_id), amendment=amendment, body="更正。") | changes
    return office.signed_report(leader, content)


def decide(office: Office, receipt: Receipt) -> None:
    adopted = ReportAdopted(
        report_id=receipt.report_id, receipt_number=receipt.number, unit_id=receipt.unit_id, title=receipt.title,
        adoption_id=new_id(), publication_code="daily", issue_id=new_id(), adopted_by="陈静",
    )
    with office.work() as work:
        note_decision(work, office.event(adopted, receipt.report_id, 2), "adopted")


@pytest.mark.parametrize("act", list(AmendmentAct))
@pytest.mark.parametrize("decided", [True, False])
def test_R07_an_amendment_gets_through_whatever_was_decided(office: Office, act: AmendmentAct, decided: bool) -> None:
    leader = office.leader()
    receipt = submitted(office, leader)
    if decided:
        decide(office, receipt)
    answer = amend(office, leader, receipt, act)
    assert (answer.status_code, answer.json["version"]) == (202, 2)
    shown = leader.get(f"/v1/receipts/{receipt.number}").json
    assert (shown["amended_act"], shown["amended_by"]) == (act, answer.json["number"])
    assert f"单位已{act.label}" in leader.get(f"/receipts/{receipt.number}").text


def test_R07_after_a_withdrawal_nothing_more_is_accepted(office: Office) -> None:
    leader = office.leader()
    receipt = submitted(office, leader)
    assert amend(office, leader, receipt, AmendmentAct.WITHDRAWAL).status_code == 202
    assert amend(office, leader, receipt, AmendmentAct.CORRECTION).status_code == 409
    answer = office.signed_report(leader, report(report_id=str(receipt.report_id)))
    assert (answer.status_code, "withdrawn" in answer.text) == (409, True)


def test_R07_an_amendment_names_a_report_of_the_own_unit_and_of_its_kind(office: Office) -> None:
    leader, unit_id = office.leader(), office.add_unit("河西区")
    receipt = submitted(office, leader)
    stranger = office.sign_in(office.add_person("赵刚", Role.RESPONSIBLE_LEADER, unit_id=unit_id))
    content = report(report_id=str(receipt.report_id), amendment={"act": "correction", "reason": "数字有误"})
    foreign = office.signed_report(stranger, content, unit_id=str(unit_id))
    nothing = office.signed_report(leader, report(amendment={"act": "correction", "reason": "数字有误"}))
    blank = leader.post("/v1/reports", {"content": content | {"amendment": {"act": "correction", "reason": " "}}})
    other = amend(office, leader, receipt, AmendmentAct.CORRECTION, kind=Kind.RESEARCH)
    assert [answer.status_code for answer in (foreign, nothing, other)] == [422, 422, 422]
    assert blank.status_code in (400, 422)
