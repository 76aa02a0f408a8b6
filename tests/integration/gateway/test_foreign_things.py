"""Issue 4, bad input: what the gateway keeps of another unit, client or person is absent, and asking for it is kept."""

from __future__ import annotations

import json
import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert

from contracts.rpc.drafts import DraftPage
from contracts.rpc.intake import ReportPage
from contracts.vocabulary import Role
from gateway.console.access import ROWS
from gateway.identity.scopes import TRIAL_ADDRESSES
from gateway.model.webhooks import webhooks
from gateway.nouns import NOUNS
from gateway.webhooks.deliveries import write_test
from kernel.ids import new_id
from tests.factories.attempts import forget, rows
from tests.factories.gateway_office import Office, Signed, report
from tests.integration.gateway.test_attachments import named, uploaded
from tests.integration.gateway.test_console import send

Pairs = dict[str, list[tuple[str, str]]]
"""By the part of an address: a thing of somebody else, and one of nobody."""

OF_THE_CITY = frozenset(
    f"{verb} {address}/webhooks/<uuid:webhook_id>{act}"
    for verb, address, act in (("GET", "", ""), *(("POST", "", act) for act in ("", "/secret", "/test")))
) | {
    "POST /webhook-deliveries/<uuid:delivery_id>/redelivery",
    *(rule for rule in ROWS if "<uuid:client_id>" in rule),
    "DELETE /v1/accounts/<uuid:account_id>/sessions/<uuid:session_id>",
}
"""Administrators' addresses: whoever may ask for one may ask for all; who may not is refused by his role."""


def attested(signer: UUID, **changes: Any) -> dict[str, Any]:
    return {"content": report(**changes), "author_name": "刘洋", "signer_id": str(signer)}


def theirs(office: Office) -> Pairs:
    unit = office.add_unit("河东区")
    client, trial = office.api_client(unit_id=unit), office.api_client(unit_id=unit, trial=True)
    act = attested(office.add_person("张伟", Role.RESPONSIBLE_LEADER, unit_id=unit))
    real, tried = (who.post("/v1/reports", act, Idempotency_Key="k").json for who in (client, trial))
    officer = office.sign_in(office.add_person("刘洋", Role.INFORMATION_OFFICER, unit_id=unit))
    (session,) = officer.get("/v1/sessions").json["items"]
    webhook_id = new_id()
    row = {
        "webhook_id": webhook_id, "client_id": client.id, "unit_id": unit, "url": "https://hook.example/", "events": [],
        "secret": b"", "created_at": office.clock.now(),
    }  # fmt: skip
    with office.work() as work:
        work.session.execute(insert(webhooks).values(row))
        delivery_id = write_test(work, "https://city.example/", webhook_id, unit)
    return {
        "number": [(real["number"], "2026-9999999"), (tried["number"], "TRIAL-9999999")],
        "digest": [(named(uploaded(client))["digest"], f"sha256:{'0' * 64}")],
        "webhook_id": [(str(webhook_id), str(uuid4()))],
        "delivery_id": [(str(delivery_id), str(uuid4()))],
        "session_id": [(session["session_id"], str(uuid4()))],
    }


def askers(office: Office, rule: str) -> list[Signed]:
    """Strangers whom the address admits by their roles."""
    access = ROWS[rule]
    found = []
    if access.people or Role.INFORMATION_OFFICER in access.roles:
        found.append(office.officer())
    if "/v1/" in rule and Role.API_CLIENT in access.roles:
        found.append(office.api_client())
    if rule in TRIAL_ADDRESSES:
        found.append(office.api_client(trial=True))
    return found


def own_rules() -> list[str]:
    """Addresses that no service answers, with a thing in them that the gateway keeps."""
    return [
        rule
        for rule, access in ROWS.items()
        if access.rpc is None and rule not in OF_THE_CITY and set(parts(rule)) & NOUNS.keys()
    ]


def parts(rule: str) -> list[str]:
    return re.findall(r"<(?:\w+:)?(\w+)>", rule)


BODIES = {"PUT /v1/webhooks/<uuid:webhook_id>": {"url": "https://hook.example/", "events": ["report.returned"]}}


def asked(who: Signed, rule: str, ids: dict[str, str]) -> tuple[int, str]:
    verb, path = rule.split(" ")
    for part, value in ids.items():
        path = re.sub(rf"<(\w+:)?{part}>", value, path)
    answer = who.send(verb, path, BODIES.get(rule, {}) if verb in {"POST", "PUT"} and "/v1/" in rule else None)
    if not answer.is_json and "problem" not in answer.content_type:
        return answer.status_code, ""
    told = json.loads(answer.text) | {"request_id": ""}
    return answer.status_code, re.sub("|".join(map(re.escape, ids.values())), "-", json.dumps(told))


def test_issue4_what_another_has_is_absent_at_every_address_and_leaves_one_entry(office: Office) -> None:
    settings = office.parts.settings
    office.parts.settings = settings.model_copy(update={"webhook_hosts": "hook.example"})
    things, wrong = theirs(office), []
    for rule in own_rules():
        for who in askers(office, rule):
            for place in range(2 if "number" in parts(rule) else 1):
                pairs = {part: things[part][min(place, len(things[part]) - 1)] for part in parts(rule)}
                forget(office.parts.database)
                answers = [asked(who, rule, {part: pair[one] for part, pair in pairs.items()}) for one in (1, 0)]
                kept = [(row.method, row.subject, row.reason) for row in rows(office.parts.database)]
                first = next(iter(pairs.values()))[0]
                if (answers[0], answers[0][0], kept) != (answers[1], 404, [(rule, first, "foreign")]):
                    wrong.append((rule, [status for status, _ in answers], kept))
    office.parts.settings = settings
    assert wrong == []
    assert len(own_rules()) >= 12


def test_issue4_every_address_that_names_a_thing_of_the_gateway_has_somebody_to_try_it(office: Office) -> None:
    assert [rule for rule in own_rules() if not askers(office, rule)] == []


def foreign_offer(office: Office, content: dict[str, Any]) -> tuple[str, str]:
    """A seal of intake under another unit's draft, and the draft's id."""
    draft_id = str(uuid4())
    return office.offer(content, draft_id=draft_id, unit_id=str(uuid4())), draft_id


@pytest.mark.parametrize("changes", [{}, {"title": "另一个标题"}, {"kind": "urgent_first"}])
@pytest.mark.parametrize("way", ["person", "client", "trial", "bulk", "dry", "page", "pages"])
def test_issue4_another_units_offer_is_absent_however_it_is_signed(
    office: Office, way: str, changes: dict[str, Any]
) -> None:
    token, draft_id = foreign_offer(office, report())
    content, headers = report(**changes), {"Idempotency_Key": str(uuid4())}
    act = {"content": content, "offer_token": token}
    if way in {"page", "pages"}:
        office.calls.answers["intake.list_drafts"] = lambda _: DraftPage(items=[])
        leader, mark = office.leader(), "_0" if way == "pages" else ""
        form = {f"content{mark}": json.dumps(content), f"offer_token{mark}": token, f"key{mark}": str(uuid4())}
        address = f"/drafts/{uuid4()}/signature" if way == "page" else "/signing"
        answer = send(leader, address, draft="0", **form)
        assert "未找到该稿件" in answer.text
    elif way == "bulk":
        items = [{"idempotency_key": "k", "report": act}]
        (result,) = office.leader().post("/v1/reports/bulk", {"items": items}).json["items"]
        assert (result["status"], result["problem"]["pointer"]) == (404, "/offer_token")
    else:
        who = {
            "person": office.leader, "dry": office.leader, "client": office.api_client,
            "trial": lambda: office.api_client(trial=True),
        }[way]()  # fmt: skip
        answer = who.post(f"/v1/reports{'?dry_run=true' if way == 'dry' else ''}", act, **headers)
        assert (answer.status_code, answer.json["pointer"]) == (404, "/offer_token")
    kept = [(row.kind, row.subject, row.reason) for row in rows(office.parts.database)]
    assert kept == [("draft", draft_id, "foreign")]


def test_issue4_what_a_document_names_of_another_unit_is_an_attempt(office: Office) -> None:
    things = theirs(office)
    unit = office.add_unit("河北区")
    leader = office.add_person("赵磊", Role.RESPONSIBLE_LEADER, unit_id=unit)
    own = office.add_person("李强", Role.RESPONSIBLE_LEADER)
    first = office.api_client(unit_id=unit, trial=True).post(
        "/v1/reports", attested(leader, kind="urgent_first", severity="larger", place="某路",
                                occurred_at=office.clock.now().isoformat()), Idempotency_Key="k",
    ).json["report_id"]  # fmt: skip
    file = {"digest": things["digest"][0][0], "size": 1, "media_type": "text/plain", "name": "说明.txt"}
    client = office.api_client()
    for kind, subject, act in (
        ("person", str(leader), attested(leader)),
        ("attachment", file["digest"], attested(own, attachments=[file])),
        ("report", first, attested(own, kind="urgent_follow_up", follows_report_id=first)),
    ):
        forget(office.parts.database)
        assert client.post("/v1/reports", act, Idempotency_Key=str(uuid4())).status_code == 422
        assert [(row.kind, row.subject) for row in rows(office.parts.database)] == [(kind, subject)]
    forget(office.parts.database)
    for signer in (uuid4(), office.add_person("周敏", Role.INFORMATION_OFFICER)):
        assert client.post("/v1/reports", attested(signer), Idempotency_Key=str(uuid4())).status_code == 422
    assert rows(office.parts.database) == []


def test_issue4_a_client_that_registers_a_webhook_for_another_tried_to(office: Office) -> None:
    settings = office.parts.settings
    office.parts.settings = settings.model_copy(update={"webhook_hosts": "hook.example"})
    client, other = office.api_client(), office.api_client(unit_id=office.add_unit("河东区"))
    for named_id in (client.id, uuid4(), other.id):
        answer = client.post("/v1/webhooks", {"url": "https://hook.example/", "client_id": str(named_id)})
        assert (answer.status_code, answer.json["pointer"]) == (422, "/client_id")
    office.parts.settings = settings
    assert [(row.kind, row.subject) for row in rows(office.parts.database)] == [("client", str(other.id))]


def test_issue4_a_draft_in_the_console_that_names_another_units_file_is_an_attempt(office: Office) -> None:
    digest = theirs(office)["digest"][0][0]
    forget(office.parts.database)
    file = {"digest": digest, "size": 1, "media_type": "text/plain", "name": "说明.txt"}
    carried = json.dumps(report(attachments=[file]))
    office.calls.answers["intake.list_reports"] = lambda _: ReportPage(items=[])
    answer = send(office.officer(), "/drafts", kind="development", title="标题", body="正文。", carried=carried)
    assert answer.status_code == 422
    assert [(row.kind, row.subject) for row in rows(office.parts.database)] == [("attachment", digest)]
