"""A secretary types two lines: the form knows the leaders and what a unit has to do (R17)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from contracts.rpc.directory import UnitPage
from contracts.rpc.instructions import AS_INSTRUCTED
from contracts.rpc.supervision import LeaderLateness, LeaderLatenessTable
from contracts.vocabulary import Role
from tests.factories.gateway_office import Office, away
from tests.integration.gateway.test_console import holder, send

UNIT = UUID(int=7)


def test_R17_leaders_are_offered_by_name_and_the_form_does_without_them(office: Office) -> None:
    row = LeaderLateness(leader="陈副市长", unfinished=0, late=0, late_units=[], oldest_due_at=None)
    office.calls.answers |= {
        "intake.list_units": lambda _: UnitPage(items=[]),
        "review.lateness_by_leader": lambda _: LeaderLatenessTable(rows=[row]),
    }  # fmt: skip
    secretary = holder(office, Role.SECRETARY)
    assert '<option value="陈副市长">' in secretary.get("/instructions/new").text
    office.calls.answers["review.lateness_by_leader"] = away
    assert secretary.get("/instructions/new").status_code == 200


def test_R17_a_unit_that_is_chosen_without_a_word_handles_it_as_instructed(office: Office) -> None:
    recorded: list[Any] = []
    office.calls.answers["review.record_instruction"] = recorded.append
    fields = {
        "issue_id": str(UUID(int=50)), "report_id": str(UUID(int=101)), "leader": "陈副市长", "text": "请研究。",
        "instruction_class": "for_action", "level": "city", "given_at": "2026-11-24T09:00", "unit_id1": str(UNIT),
    }  # fmt: skip
    send(holder(office, Role.SECRETARY), "/instructions", **fields)
    (request,) = recorded
    assert [(one.unit_id, one.requirement) for one in request.assignments] == [(UNIT, AS_INSTRUCTED)]
