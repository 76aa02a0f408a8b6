"""A signed document is accepted durably and answered with a receipt (notice 二(一), 二(四), 五(一))."""

from __future__ import annotations

from contracts.receipts import Receipt, receipt_is_genuine
from tests.factories.gateway_office import Office


def test_R04_signed_report_gets_a_receipt_that_verifies_offline(office: Office) -> None:
    leader = office.leader()
    answer = office.signed_report(leader)
    assert answer.status_code == 202, answer.text
    receipt = Receipt.model_validate_json(answer.data)
    keys = {key["key_id"]: key["pem"] for key in leader.get("/v1/keys").json["items"]}
    assert receipt_is_genuine(receipt, keys[receipt.key_id].encode())
