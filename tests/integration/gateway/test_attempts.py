"""R04: attempts are evidence, the receipt decides."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from contracts.rpc.content import Content
from contracts.vocabulary import DraftState, Role
from tests.factories.gateway_office import Office, report
from tests.integration.gateway.test_console import field, offered, send

KEY = "one-act"


def attested(office: Office) -> dict[str, Any]:
    signer = office.add_person("李强", Role.RESPONSIBLE_LEADER)
    return {"content": report(), "author_name": "王芳", "signer_id": str(signer)}


def recorded(office: Office) -> Any:
    """The attempts in the audit entry that the one receipt names; evidence of other tests stays in the database."""
    statement = text(
        "SELECT e.detail FROM receipts r JOIN evidence_entries e ON e.lane = (r.document #>> '{audit,lane}')::int"
        " AND e.number = (r.document #>> '{audit,number}')::bigint"
    )
    with office.parts.database.reading() as session:
        return json.loads(session.execute(statement).scalar_one())["attempts"]


def test_R04_attempts_stand_in_the_evidence_and_the_receipts_time_is_the_gateways(office: Office) -> None:
    attempts = [(office.clock.now() - timedelta(minutes=minutes)).isoformat() for minutes in (9, 5)]
    answer = office.api_client().post("/v1/reports", attested(office) | {"attempts": attempts}, Idempotency_Key=KEY)
    assert answer.json["received_at"] == office.clock.now().isoformat().replace("+00:00", "Z")
    assert recorded(office) == attempts


def test_R04_a_repeat_that_tells_of_more_attempts_is_the_same_act(office: Office) -> None:
    client, body = office.api_client(), attested(office)
    now = office.clock.now().isoformat()
    answers = [
        client.post("/v1/reports", body | {"attempts": [now] * count}, Idempotency_Key=KEY) for count in (0, 1, 2)
    ]
    assert [answer.status_code for answer in answers] == [202] * 3
    assert {answer.data for answer in answers} == {answers[0].data}


def test_R04_attempts_change_neither_what_is_hashed_nor_what_is_told(office: Office) -> None:
    client, body = office.api_client(), attested(office)
    client.post("/v1/reports", body | {"attempts": [office.clock.now().isoformat()]}, Idempotency_Key=KEY)
    with office.parts.database.reading() as session:
        told = text("SELECT r.content, o.envelope FROM receipts r JOIN outbox o ON o.id = r.event_id")
        row = session.execute(told).one()
    assert "attempts" not in json.dumps([row.content, row.envelope])


def test_R04_an_attempt_said_to_lie_ahead_is_kept_as_said_and_decides_nothing(office: Office) -> None:
    """A sender's wrong clock is a fact about the sender; corrected it would be no evidence of it."""
    ahead = (office.clock.now() + timedelta(hours=3)).isoformat()
    answer = office.api_client().post("/v1/reports", attested(office) | {"attempts": [ahead]}, Idempotency_Key=KEY)
    assert answer.json["received_at"] < ahead
    assert recorded(office) == [ahead]


@pytest.mark.parametrize("attempts", [["yesterday"], ["2026-11-24T09:00:00"], ["2026-11-24T01:00:00Z"] * 51, "x"])
def test_R24_what_is_no_list_of_times_is_refused_with_its_pointer(office: Office, attempts: Any) -> None:
    answer = office.api_client().post("/v1/reports", attested(office) | {"attempts": attempts}, Idempotency_Key=KEY)
    assert answer.status_code == 422
    assert answer.json["pointer"].startswith("/attempts")


def test_R04_the_consoles_signature_tells_of_its_attempts_too(office: Office) -> None:
    leader, draft_id, content = office.leader(), uuid4(), Content.model_validate(report())
    office.calls.answers["intake.get_draft"] = lambda _: offered(office, draft_id, None, content, DraftState.OFFERED)
    page = leader.get(f"/drafts/{draft_id}")
    form = {name: field(page, name) for name in ("content", "offer_token")}
    attempts = [office.clock.now().isoformat()]
    answer = send(leader, f"/drafts/{draft_id}/signature", **form, attempts=json.dumps(attempts), key=str(uuid4()))
    assert answer.status_code == 303
    assert recorded(office) == attempts
