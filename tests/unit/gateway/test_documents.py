"""The committed documents are those the code makes, and they are sound (issue 3, section 3)."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from contracts.topology import CONSUMES, event_types
from deploy.documents import build_asyncapi, documents
from gateway.access import MATRIX
from gateway.api import document

OPENAPI: dict[str, Any] = document.build()


@pytest.mark.parametrize("path", sorted(documents()), ids=lambda path: path.name)
def test_committed_document_is_what_the_code_makes(path: Any) -> None:
    assert path.read_text(encoding="utf-8") == documents()[path], "run: python -m deploy.documents"


def _references(value: Any) -> set[str]:
    return set(re.findall(r'"\$ref": "([^"]+)"', json.dumps(value)))


@pytest.mark.parametrize("built", [OPENAPI, build_asyncapi()], ids=["openapi", "asyncapi"])
def test_every_reference_leads_somewhere(built: dict[str, Any]) -> None:
    for reference in _references(built):
        found: Any = built
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]


def test_every_route_is_described() -> None:
    described = {f"{verb.upper()} {path}" for path, verbs in OPENAPI["paths"].items() for verb in verbs}
    assert described == {
        f"{key.split(' ')[0]} {document.openapi_path(key.split(' ')[1])}" for key in MATRIX
    }


def test_every_operation_is_named_once_and_answers_problems_as_problems() -> None:
    operations = [operation for verbs in OPENAPI["paths"].values() for operation in verbs.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names))
    for operation in operations:
        for status, answer in operation["responses"].items():
            if int(status) >= 400:
                assert answer == {"$ref": f"#/components/responses/{status}"}
    for answer in OPENAPI["components"]["responses"].values():
        assert list(answer["content"]) == ["application/problem+json"]


def test_what_the_address_states_is_not_asked_for_in_the_body() -> None:
    body = OPENAPI["paths"]["/v1/queue/{report_id}/return"]["post"]["requestBody"]
    schema = body["content"]["application/json"]["schema"]
    assert (set(schema["properties"]), schema["required"]) == ({"remarks"}, ["remarks"])
    assert "requestBody" not in OPENAPI["paths"]["/v1/queue/{report_id}/release"]["post"]


def test_asyncapi_knows_every_event_and_every_consumer() -> None:
    built = build_asyncapi()
    assert {channel["address"] for channel in built["channels"].values()} == set(event_types())
    receiving = [name for name in built["operations"] if "_receives_" in name]
    assert len(receiving) == sum(len(names) for names in CONSUMES.values())
