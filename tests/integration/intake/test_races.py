"""Two requests that create the same thing at the same time: once made, the other told, never a defect."""

from __future__ import annotations

from typing import Any

from contracts.rpc import directory as directory_rpc
from contracts.rpc import drafts as drafts_rpc
from kernel.errors import Conflict, StaleVersion
from kernel.ids import new_id
from tests.factories.intake import ContentFactory, PersonFactory, UnitFactory
from tests.factories.review import at_once
from tests.integration.intake.conftest import Office

ADMINISTRATOR, OFFICER = PersonFactory.administrator(), PersonFactory.officer()
ROUNDS, MANY = 4, 4
"""Several rounds, because a single one may pass without the two meeting."""


def race(office: Office, method: str, request: Any, who: Any) -> list[Any]:
    return at_once(*(lambda: office.call(method, request, who) for _ in range(MANY)))


def told_or_made(results: list[Any]) -> bool:
    """Every answer is the thing or a refusal that says how to go on, and at least one is the thing."""
    things = directory_rpc.Unit | directory_rpc.Person | drafts_rpc.Draft
    made = [result for result in results if isinstance(result, things)]
    return bool(made) and all(one in made or isinstance(one, Conflict | StaleVersion) for one in results)


def test_R14_a_unit_recorded_by_two_at_once_is_one_unit(office: Office) -> None:
    for _ in range(ROUNDS):
        unit_id = new_id()
        assert told_or_made(race(office, "record_unit", UnitFactory.district(unit_id, "宁河区"), ADMINISTRATOR))
        units = office.call("list_units", directory_rpc.ListUnits(limit=200), ADMINISTRATOR).items
        assert [unit.version for unit in units if unit.unit_id == unit_id] == [1]


def test_R14_a_person_recorded_by_two_at_once_is_one_person(office: Office) -> None:
    for _ in range(ROUNDS):
        person = PersonFactory.recorded()
        assert told_or_made(race(office, "record_person", person, ADMINISTRATOR))
        people = office.call("list_people", directory_rpc.ListPeople(limit=200), ADMINISTRATOR).items
        assert [one.version for one in people if one.person_id == person.person_id] == [1]


def test_R01_a_draft_saved_by_two_tabs_at_once_is_one_draft(office: Office) -> None:
    for _ in range(ROUNDS):
        draft = drafts_rpc.SaveDraft(draft_id=new_id(), content=ContentFactory.urgent())
        assert told_or_made(race(office, "save_draft", draft, OFFICER))
        assert office.draft(draft.draft_id, OFFICER).version == 1
