"""Closed lists: whatever a request or an address can name by an id is a thing whose refusal can be told from an
attempt, or says why it is none (issue 4, bad input; decision 0122)."""

from __future__ import annotations

import importlib
import re

import pytest

from contracts.services import RPC
from gateway.console.access import ROWS
from gateway.nouns import NOUNS
from tests.factories.attempts import id_paths

DIRECTORY = "units stand in the directory, which everybody who is signed in reads"
FILTER = "narrows a list, which leaves others' things out and refuses nobody"
PART = "part of a thing that is named beside it, and looked for within that one alone"
CITY = "named by the city, which may name any"
FRESH = "id of the new thing, made by who asks"
LATER = "no call refuses it: the desk decides when the signed document arrives"

NO_OTHERS: dict[str, str] = {
    "list_refused_attempts.principal_id": FILTER,
    # intake
    "list_reports.unit_id": FILTER,
    "list_deadlines.unit_id": FILTER,
    "unit_timeliness.unit_id": FILTER,
    "list_people.unit_id": FILTER,
    "list_pre_reports.unit_id": FILTER,
    "list_trainings.unit_id": FILTER,
    "list_trainings.organiser_id": FILTER,
    "report_balance.unit_id": FILTER,
    "list_balanced.unit_id": FILTER,
    "get_unit.unit_id": DIRECTORY,
    "list_units.parent_id": DIRECTORY,
    "record_unit.unit_id": DIRECTORY,
    "record_unit.parent_id": DIRECTORY,
    "record_person.unit_id": CITY,
    "record_person.posts.unit_id": CITY,
    "record_plan.targets.unit_id": CITY,
    "rule_occurrence.statement_id": PART,
    "save_draft.content.assignment_id": LATER,
    "save_draft.content.reference.commission_id": LATER,
    "save_draft.content.reference.point_ids": LATER,
    # review
    "list_queue.unit_id": FILTER,
    "list_findings.unit_id": FILTER,
    "list_assignments.unit_id": FILTER,
    "list_supervision_ledger.unit_id": FILTER,
    "export_supervision_ledger.unit_id": FILTER,
    "print_supervision_ledger.unit_id": FILTER,
    "list_commission_tasks.unit_id": FILTER,
    "save_queue_view.filters.unit_id": FILTER,
    "hand_over_report.to_id": CITY,
    "send_for_reading.readers.person_id": CITY,
    "propose_finding.unit_id": CITY,
    "propose_finding.verification_id": PART,
    "record_verification.verification_id": FRESH,
    "record_verification.corrects_id": PART,
    "record_publication.distribution.person_id": CITY,
    "record_publication.distribution.unit_id": CITY,
    "arrange_issue.places.adoption_ids": PART,
    "comment_on_issue.comment_id": FRESH,
    "resolve_comment.comment_id": PART,
    "get_item_picture.picture_id": PART,
    "add_picture.picture_id": FRESH,
    "place_pictures.pictures.picture_id": PART,
    "record_instruction.assignments.unit_id": CITY,
    "record_instruction.follows": CITY,
    "ask_extension.extension_id": FRESH,
    "grant_extension.extension_id": PART,
    "refuse_extension.extension_id": PART,
    "issue_notice.notice_id": FRESH,
    "get_assignment_notice.notice_id": PART,
    "get_chasing_notice.notice_id": PART,
    "issue_commission.unit_ids": CITY,
    "save_guidance.unit_ids": CITY,
    "save_guidance.points.carried_from": CITY,
    "start_project.lead_unit_id": CITY,
    "start_project.partner_unit_ids": CITY,
    "list_point_answers.point_id": PART,
    "list_point_answers.unit_id": FILTER,
    "complete_milestone.milestone_id": PART,
    "move_milestone.milestone_id": PART,
    "drop_milestone.milestone_id": PART,
    # notify
    "record_duty_shift.shift_id": CITY,
    "record_duty_shift.persons": CITY,
    "remove_duty_shift.shift_id": CITY,
    "retry_delivery.delivery_id": CITY,
}
"""By method and place, each with its reason; a new place for an id fails here until it is a noun of its service
(`services/*/nouns.py`, and walked by its `test_refused_attempts.py`) or stands here."""


@pytest.mark.parametrize("service", sorted(RPC))
def test_whatever_a_request_names_is_a_noun_or_says_why_not(service: str) -> None:
    nouns = importlib.import_module(f"services.{service}.nouns").NOUNS
    silent = {
        ".".join((method, *path))
        for method, contract in RPC[service].items()
        for path in id_paths(contract.request)
        if path[-1] not in nouns and f"{method}.{path[-1]}" not in nouns
    }
    known = {name for name in NO_OTHERS if name.partition(".")[0] in RPC[service]}
    assert silent == known


def test_every_reason_is_of_a_method_that_exists() -> None:
    methods = {method for methods in RPC.values() for method in methods}
    assert {name for name in NO_OTHERS if name.partition(".")[0] not in methods} == set()


ADMINISTRATORS = "of administrators, who may ask for every one; who is none is refused by his role, which is kept"
WORD = "a word or a number of a closed set that everybody with the role may ask for"
ASKS = "asks its service by this id before anything else"
ADDRESSES: dict[str, str] = {
    "key": WORD, "which": WORD, "year": WORD, "version": WORD, "rule_id": WORD, "code": WORD, "period": WORD,
    "format": WORD, "account_id": ADMINISTRATORS, "grant_id": ADMINISTRATORS,
    "POST /v1/people/<uuid:person_id>/account": ADMINISTRATORS, "POST /people/<uuid:person_id>/account": ADMINISTRATORS,
    "GET /incidents/<uuid:incident_id>": ASKS,
    "GET /reports/<uuid:report_id>/similar/<uuid:other_id>": ASKS,
    "POST /drafts/<uuid:draft_id>/signature": "what is signed is named by the offer's seal; a foreign one is kept",
}  # fmt: skip
"""By the part of the address, or by the whole of it."""


def test_whatever_an_address_names_is_a_noun_or_says_why_not() -> None:
    """Of the gateway and of the services; a new address with a part of its own fails here."""
    silent = {(rule, part) for rule in ROWS for part in re.findall(r"<(?:\w+:)?(\w+)>", rule) if not kept(rule, part)}
    assert {pair for pair in silent if not ADDRESSES.keys() & set(pair)} == set()
    assert {name for name in ADDRESSES if not any(name in pair for pair in silent)} == set()


def kept(rule: str, part: str) -> bool:
    """Whether the gateway, or the service that answers, knows the thing by this name."""
    if part in NOUNS or ROWS[rule].rpc is None:
        return part in NOUNS
    service, method = ROWS[rule].rpc or ("", "")
    nouns = importlib.import_module(f"services.{service}.nouns").NOUNS
    return bool({part, f"{method}.{part}"} & nouns.keys() or f"{method}.{part}" in NO_OTHERS)
