"""What every caller may count on at every address: lists come in pages, changes build on what was read (R24)."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.api.document import build

DOCUMENT = build()
UNPAGED = {
    "/v1/drafts/{draft_id}/findings": "findings of one text, at most so many as its rules and sentences",
    "/v1/keys": "signing keys of one installation",
    "/v1/plans": "one row for each year",
    "/v1/queue/{report_id}/adoptions": "the last 50 adoptions of one report, each made by a person",
    "/v1/queue-views": "views one editor has saved for himself",
    "/v1/report-structures": "one row for each kind",
    "/v1/reports/{report_id}/amendments": "signed versions of one report",
    "/v1/reports/{report_id}/verification-conclusions": "calls about one report, each written down by a person",
    "/v1/reports/{report_id}/verifications": "calls about one report, each written down by a person",
    "/v1/reports/{report_id}/similar": "the few most similar ones, chosen by their likeness",
    "/v1/rising-topics": "the topics of one week that rise, the most risen first",
    "/v1/staffing": "one row for each unit with a gap: a table to be printed and worked off whole",
    "/v1/instructions/{instruction_id}/turns": "stretches of one instruction's handling",
    "/v1/supervision-ledger/leaders": "one line for each leader, printed whole",
    "/v1/supervision-ledger/office-time": "one row for each step of the office",
    "/v1/timeliness/feedback": "one row for each period and group, shown as one table",
    "/v1/timeliness/heaping": "one row for each group, shown as one table",
    "/v1/timeliness/units": "one row for each unit, ranked: the rank needs all of them",
    "/v1/timeliness/urgent": "one row for each group, shown as one table",
    "/v1/unit-tree": "the tree is one thing",
    "/v1/waiting": "groups of a page; each shows its first rows and leads to its own list",
    "/v1/writing-rules": "one row for each rule of a file",
}
"""Lists without pages: what bounds them."""

MOVES_ONCE = "moves once from each state: whoever comes second is told the state by 409"
BLIND = {
    "DELETE /v1/sessions/current": "ends; there is nothing to overwrite",
    "DELETE /v1/sessions": "ends; there is nothing to overwrite",
    "DELETE /v1/sessions/{session_id}": "ends; there is nothing to overwrite",
    "DELETE /v1/accounts/{account_id}/sessions": "ends; there is nothing to overwrite",
    "DELETE /v1/accounts/{account_id}/sessions/{session_id}": "ends; there is nothing to overwrite",
    "PUT /v1/sessions/current/password": "states the old password, which is what it builds on",
    "PUT /v1/sessions/current/second-factor": "states a code of the secret offered last",
    "POST /v1/grants/{grant_id}/approval": MOVES_ONCE,
    "POST /v1/grants/{grant_id}/refusal": MOVES_ONCE,
    "POST /v1/grants/{grant_id}/revocation": MOVES_ONCE,
    "POST /v1/webhooks/{webhook_id}/test": "changes nothing of the webhook",
    "POST /v1/webhook-deliveries/{delivery_id}/redelivery": "sends what was written once more, whatever became of it",
    "PUT /v1/issues/{issue_id}/items/{adoption_id}": "states the item's version beside the new words",
    "PUT /v1/issues/{issue_id}/items/{adoption_id}/shares": "states the share of every adoption of the item",
    "DELETE /v1/queue-views/{view_id}": "an editor's own",
    "PUT /v1/queue/{report_id}/due": "a single time; whoever sets it sees the old one beside it",
    "DELETE /v1/trainings/{training_id}": "records are added and taken away, never changed",
    "DELETE /v1/writing-rules/{rule_id}/mute": "there is one muting of a rule, or none",
}
"""Changes of a thing that take no `If-Match`: why nobody's change is overwritten unseen."""
GATEWAYS_OWN = ("accounts", "clients", "grants", "webhooks", "webhook-deliveries", "duty-shifts", "contacts")


def _schema(schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = DOCUMENT["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    return schema


def _reply(operation: dict[str, Any]) -> dict[str, Any]:
    """Properties of what an address answers with when all goes well."""
    good = next(answer for status, answer in operation["responses"].items() if status.startswith("2"))
    json_content = good.get("content", {}).get("application/json", {})
    found: dict[str, Any] = _schema(json_content.get("schema", {})).get("properties", {})
    return found


def _parameters(operation: dict[str, Any]) -> set[str]:
    return {parameter["name"] for parameter in operation["parameters"]}


def _lists() -> list[str]:
    """Addresses that answer with rows: under `items`, `rows` or `groups`, and not as parts of a thing with an id."""
    return [
        path
        for path, operations in DOCUMENT["paths"].items()
        if "get" in operations
        and {"items", "rows", "groups"} & _reply(operations["get"]).keys()
        and "version" not in _reply(operations["get"])
    ]


@pytest.mark.parametrize("path", _lists())
def test_R24_every_list_comes_in_pages_or_says_what_bounds_it(path: str) -> None:
    operation = DOCUMENT["paths"][path]["get"]
    paged = {"cursor", "limit"} <= _parameters(operation) and "next_cursor" in _reply(operation)
    assert paged != (path in UNPAGED)


def test_R24_no_exception_from_pages_is_for_an_address_that_is_gone() -> None:
    assert set(UNPAGED) <= set(_lists())


def _changes() -> list[str]:
    """Whatever puts or deletes a thing, and every act on a thing that the gateway keeps."""
    return [
        f"{verb.upper()} {path}"
        for path, operations in DOCUMENT["paths"].items()
        for verb in operations
        if verb in {"put", "delete"}
        or (verb == "post" and path.split("/")[2] in GATEWAYS_OWN and path.count("/") > 2)
    ]


@pytest.mark.parametrize("address", _changes())
def test_R24_every_change_builds_on_what_was_read_or_says_why_it_need_not(address: str) -> None:
    verb, _, path = address.partition(" ")
    assert ("If-Match" in _parameters(DOCUMENT["paths"][path][verb.lower()])) != (address in BLIND)


def test_R24_no_exception_from_versions_is_for_an_address_that_is_gone() -> None:
    assert set(BLIND) <= set(_changes())
