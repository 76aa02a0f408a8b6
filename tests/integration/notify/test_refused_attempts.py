"""Issue 4, bad input: another unit's addresses and raised reports, and methods that are not one's to call."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from contracts.vocabulary import Role
from kernel.ids import new_id
from kernel.principal import Principal
from tests.factories.attempts import ask_for_all, left_without_role
from tests.factories.duty import DISTRICT, DutyOffice
from tests.integration.notify.test_secrecy import hear, registered

STRANGER = Principal(str(new_id()), "郑", DISTRICT, frozenset({Role.INFORMATION_OFFICER}))


@pytest.fixture
def office(migrated_database: Callable[[str], str]) -> Iterator[DutyOffice]:
    made = DutyOffice(migrated_database("notify"))
    yield made
    made.close()


def test_issue4_every_call_for_what_is_anothers_leaves_one_entry(office: DutyOffice) -> None:
    report = registered()
    hear(office, report.model_copy(update={"unit_id": new_id()}))
    things = {"person_id": office.person("丁", Role.EDITOR), "report_id": report.report_id}
    walked = ask_for_all(office.harness, things, STRANGER)
    assert walked.unasked == []
    assert walked.left == {
        "get_contact.person_id": [str(things["person_id"])], "list_told.report_id": [str(report.report_id)]
    }
    assert walked.told_apart == []


def test_issue4_whoever_holds_no_role_of_a_method_tried_to(office: DutyOffice) -> None:
    left = left_without_role(office.harness)
    assert {method: entries for method, entries in left.items() if [reason for reason, _ in entries] != ["role"]} == {}
