"""Who sees what of a receipt and of what became of it (R16, access.md)."""

from __future__ import annotations

import pytest
from werkzeug.test import TestResponse

from contracts.receipts import Receipt
from contracts.vocabulary import Role
from tests.factories.gateway_office import Office


def receipt_of(answer: TestResponse) -> Receipt:
    assert answer.status_code == 202, answer.text
    return Receipt.model_validate_json(answer.data)


@pytest.mark.parametrize(
    ("role", "shown"),
    [
        (Role.EDITOR, {"title", "content_hash", "receipt"}),
        (Role.DUTY_OFFICER, {"title"}),
        (Role.AUDIT_ADMINISTRATOR, {"content_hash"}),
    ],
)
def test_R16_each_role_sees_of_a_receipt_what_the_matrix_says(office: Office, role: Role, shown: set[str]) -> None:
    receipt = receipt_of(office.signed_report(office.leader()))
    reader = (
        office.administrator(role)
        if role is Role.AUDIT_ADMINISTRATOR
        else office.sign_in(office.add_person("陈静", role, unit_id=office.add_unit("市政府办公厅")))
    )
    view = reader.get(f"/v1/receipts/{receipt.number}").json
    assert {name for name in ("title", "content_hash", "receipt") if view[name] is not None} == shown


@pytest.mark.parametrize(
    ("roles", "times"), [((Role.DUTY_OFFICER,), True), ((Role.AUDIT_ADMINISTRATOR,), False)]
)
def test_R16_reader_decision_and_remarks_are_for_those_who_read_the_document(
    office: Office, roles: tuple[Role, ...], times: bool
) -> None:
    receipt = receipt_of(office.signed_report(office.leader()))
    office.return_report(receipt)
    reader = (
        office.administrator(roles[0])
        if roles == (Role.AUDIT_ADMINISTRATOR,)
        else office.sign_in(office.add_person("陈静", *roles, unit_id=office.add_unit("市政府办公厅")))
    )
    for view in (reader.get(f"/v1/receipts/{receipt.number}").json, reader.get("/v1/receipts").json["items"][0]):
        progress = view["progress"]
        assert [progress[name] for name in ("seen_by", "decision", "decided_at", "remarks")] == [None] * 4
        assert (progress["state"], progress["seen_zh"]) == ("seen", "市里已阅")
        assert (progress["seen_at"] is not None) == times


@pytest.mark.parametrize("city_role", [Role.EDITOR, Role.DUTY_OFFICER])
def test_R16_who_holds_a_units_role_sees_his_unit_only_whatever_else_he_holds(office: Office, city_role: Role) -> None:
    foreign = receipt_of(office.signed_report(office.leader()))
    unit_id = office.add_unit("河西区")
    leader = office.sign_in(office.add_person("李明", Role.RESPONSIBLE_LEADER, unit_id=unit_id))
    own = receipt_of(office.signed_report(leader, unit_id=str(unit_id)))
    both = office.sign_in(office.add_person("周涛", Role.INFORMATION_OFFICER, city_role, unit_id=unit_id))
    assert [item["number"] for item in both.get("/v1/receipts").json["items"]] == [own.number]
    assert both.get(f"/v1/receipts/{foreign.number}").status_code == 404
    assert both.get(f"/v1/receipts/{own.number}").json["receipt"]["number"] == own.number


def test_R24_receipts_are_read_in_pages(office: Office) -> None:
    leader = office.leader()
    numbers = [receipt_of(office.signed_report(leader)).number for _ in range(3)]
    first = leader.get("/v1/receipts?limit=2").json
    rest = leader.get(f"/v1/receipts?limit=2&cursor={first['next_cursor']}").json
    assert [item["number"] for item in first["items"] + rest["items"]] == numbers[::-1]
    assert rest["next_cursor"] is None
