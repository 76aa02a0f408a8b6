"""Issue 4, bad input: another unit's ledger, and methods that are not one's to call."""

from __future__ import annotations

from dataclasses import replace

from contracts.vocabulary import UNIT_ROLES, Role
from tests.factories.attempts import ask_for_all, left_without_role
from tests.factories.scoring import person
from tests.factories.scoring_office import ScoringOffice


def test_issue4_every_call_for_what_is_anothers_leaves_one_entry(office: ScoringOffice) -> None:
    stranger = replace(person(Role.INFORMATION_OFFICER), unit_id=office.police)
    walked = ask_for_all(office.harness, {"unit_id": office.water}, stranger, UNIT_ROLES)
    assert walked.unasked == []
    assert walked.left == {"list_ledger.unit_id": [str(office.water)]}
    assert walked.told_apart == []


def test_issue4_whoever_holds_no_role_of_a_method_tried_to(office: ScoringOffice) -> None:
    left = left_without_role(office.harness)
    assert {method: entries for method, entries in left.items() if [reason for reason, _ in entries] != ["role"]} == {}
