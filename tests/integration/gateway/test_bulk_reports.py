"""Several reports in one request: each its own durable act, key and answer (R24, 0093)."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from sqlalchemy import text

from contracts.vocabulary import Role
from gateway import rates
from gateway.api.bulk_reports import MOST
from gateway.receipts.durability import Durability, DurabilityOff
from kernel.database import Database
from tests.factories.gateway_office import Office, Signed, report


def _item(office: Office, signer: str, key: str | None = None, **content: Any) -> dict[str, Any]:
    act = {"content": report(**content), "author_name": "王芳", "signer_id": signer}
    return {"idempotency_key": key or str(uuid4()), "report": act}


def _signer(office: Office) -> str:
    return str(office.add_person("李强", Role.RESPONSIBLE_LEADER))


def _submit(client: Signed, items: list[Any]) -> Any:
    return client.post("/v1/reports/bulk", {"items": items})


def test_R24_each_item_has_its_own_receipt_or_problem_and_a_refused_one_stops_no_other(office: Office) -> None:
    client, signer = office.api_client(), _signer(office)
    wrong = _item(office, signer, title="")
    foreign = _item(office, str(uuid4()))
    nothing = {**_item(office, signer), "report": 7}
    answer = _submit(client, [_item(office, signer), wrong, foreign, nothing, _item(office, signer)])
    items = answer.json["items"]
    assert (answer.status_code, [item["status"] for item in items]) == (200, [202, 422, 422, 422, 202])
    assert items[1]["problem"]["pointer"] == "/items/1/report/content/title"
    assert items[2]["problem"]["pointer"] == "/signer_id"
    assert [item["receipt"] is not None for item in items] == [True, False, False, False, True]
    with office.parts.database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM outbox WHERE type = 'report.accepted'")) == 2


def test_R24_a_repeat_in_bulk_or_alone_is_the_same_act(office: Office) -> None:
    client, item = office.api_client(), _item(office, _signer(office), key="k1")
    first = _submit(client, [item, item]).json["items"]
    alone = client.post("/v1/reports", item["report"], Idempotency_Key="k1")
    assert [one["repeated"] for one in first] == [False, True]
    assert (alone.json, alone.headers["Idempotency-Replayed"]) == (first[0]["receipt"], "true")


def test_R24_more_than_the_most_or_none_or_keys_that_are_none_are_refused_whole(office: Office) -> None:
    client, signer = office.api_client(), _signer(office)
    item = _item(office, signer)
    answers = [_submit(client, items) for items in ([], [item] * (MOST + 1), [item, item | {"idempotency_key": "\n"}])]
    assert [(answer.status_code, answer.json["pointer"]) for answer in answers] == [
        (422, "/items"), (422, "/items"), (422, "/items/1/idempotency_key"),
    ]
    with office.parts.database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM receipts")) == 0


def test_R24_in_bulk_too_plain_reports_are_limited_and_urgent_ones_are_not(office: Office) -> None:
    client, signer = office.api_client(), _signer(office)
    security = office.administrator(Role.SECURITY_ADMINISTRATOR)
    security.send("PUT", f"/v1/clients/{client.id}/rights", {"scopes": ["submit"], "per_minute": 1})
    office.app.extensions[rates.EXTENSION] = rates.Counters()
    urgent = {"kind": "urgent_first", "severity": "major", "occurred_at": office.clock.now().isoformat()}
    items = [_item(office, signer), _item(office, signer), _item(office, signer, **urgent)]
    results = _submit(client, items).json["items"]
    assert [item["status"] for item in results] == [202, 429, 202]
    assert results[1]["problem"]["retry_after"] > 0


def test_R24_while_nothing_can_be_kept_the_rest_is_answered_alike_without_trying(office: Office) -> None:
    client, signer, asked = office.api_client(), _signer(office), []

    class Off(Durability):
        def require(self, database: Database) -> None:
            asked.append(1)
            raise DurabilityOff("数据库参数已关闭。", "A setting of the database is off.")

    before, office.parts.durability = office.parts.durability, Off()
    results = _submit(client, [_item(office, signer), _item(office, signer)]).json["items"]
    office.parts.durability = before
    assert ([item["status"] for item in results], len(asked)) == ([503, 503], 1)


def test_R24_a_trial_key_rehearses_in_bulk(office: Office) -> None:
    results = _submit(office.api_client(trial=True), [_item(office, _signer(office))]).json["items"]
    assert results[0]["receipt"]["trial"] is True
