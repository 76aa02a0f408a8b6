"""R09: files are taken in, named by drafts and signed documents, and given out to whoever may read these."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import uuid4

from werkzeug.test import TestResponse

from contracts.vocabulary import Role
from tests.factories.gateway_office import Office, Signed, report

TEXT = "现场情况说明：已疏散群众三十人。\n".encode()


def uploaded(who: Signed, data: bytes = TEXT, name: str = "说明.txt") -> TestResponse:
    return who.client.post(
        "/v1/attachments", query_string={"name": name}, data=data, headers=who.headers,
        content_type="application/octet-stream",
    )


def named(answer: TestResponse) -> dict[str, Any]:
    """The file as a document names it."""
    assert answer.status_code == 201, answer.text
    return {name: value for name, value in answer.json.items() if name != "verdict"}


def test_R09_a_file_is_known_by_its_digest_and_the_same_again_answers_the_same(office: Office) -> None:
    client = office.api_client()
    first, again = uploaded(client), uploaded(client)
    assert first.json == again.json == {
        "digest": f"sha256:{hashlib.sha256(TEXT).hexdigest()}", "size": len(TEXT), "media_type": "text/plain",
        "name": "说明.txt", "verdict": "not_scanned",
    }


def saved(answer: TestResponse) -> bytes:
    """What a download brought."""
    assert answer.status_code == 200, answer.text
    data = answer.data
    answer.close()
    return data


def submitted(office: Office, client: Signed, *files: dict[str, Any]) -> TestResponse:
    signer = office.add_person("李强", Role.RESPONSIBLE_LEADER)
    act = {"content": report(attachments=list(files)), "author_name": "王敏", "signer_id": str(signer)}
    return client.post("/v1/reports", act, Idempotency_Key=str(uuid4()))


def test_R09_a_document_with_a_file_of_its_unit_is_accepted_and_the_receipt_gives_it_out(office: Office) -> None:
    client = office.api_client()
    file = named(uploaded(client))
    accepted = submitted(office, client, file)
    assert accepted.status_code == 202, accepted.text
    answer = client.get(f"/v1/receipts/{accepted.json['number']}/attachments/{file['digest']}")
    assert saved(answer) == TEXT
    assert answer.headers["Content-Disposition"].startswith("attachment; filename")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
