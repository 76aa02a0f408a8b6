"""R14, R08: pages of trainings and of the balance: what a form keeps, and that every number leads to its reports."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.rpc import balance as balance_rpc
from contracts.rpc import directory as directory_rpc
from contracts.rpc import trainings as rpc
from contracts.vocabulary import Role, SourceChannel, UnitClass
from kernel.errors import Invalid
from tests.factories.gateway_office import Office, Signed
from tests.integration.gateway.test_console import refusing, send

WANG, SUN = UUID(int=1), UUID(int=2)
NAMES = {WANG: "王敏", SUN: "孙立"}


def person(office: Office, person_id: UUID) -> directory_rpc.Person:
    return directory_rpc.Person(
        person_id=person_id, name=NAMES[person_id], unit_id=office.unit_id, posts=[], version=1
    )


def training(office: Office, training_id: UUID) -> rpc.Training:
    attendee = rpc.Attendee(person_id=WANG, name="王敏", unit_id=office.unit_id, unit_name="和平区")
    return rpc.Training(
        training_id=training_id, version=3, subject="写作培训", kind=rpc.TrainingKind.TRAINING, day=date(2026, 5, 12),
        hours=Decimal("3.5"), organiser_id=office.unit_id, organiser_name="和平区", people=[attendee],
        recorded_by="周静", recorded_at=office.clock.now(),
    )


@pytest.fixture
def answered(office: Office) -> Office:
    office.calls.answers |= {
        "intake.list_people": lambda _: directory_rpc.PersonPage(items=[person(office, WANG)]),
        "intake.get_person": lambda request: person(office, request.person_id),
        "intake.get_training": lambda request: training(office, request.training_id),
        "intake.change_training": lambda request: training(office, request.training_id),
    }
    return office


def asked(office: Office, method: str) -> list[Any]:
    return [one["request"] for one in office.calls.asked if one["method"] == method]


def test_R14_an_officer_ticks_his_own_people_and_a_refused_form_keeps_what_was_typed(answered: Office) -> None:
    officer = answered.officer()
    assert "王敏" in officer.get("/trainings/new").text
    answered.calls.answers["intake.record_training"] = refusing(
        lambda: Invalid("还没有到。", "Has not come.", pointer="/day")
    )
    fields = {"key": str(uuid4()), "subject": "写作", "kind": "visit", "day": "2026-12-01", "hours": "2"}
    refused = send(officer, "/trainings", person=str(WANG), organiser_id=str(answered.unit_id), **fields)
    assert refused.status_code == 422
    for part in ("还没有到", 'value="写作"', 'value="2026-12-01"', f'value="{WANG}" checked'):
        assert part in refused.text
    assert asked(answered, "record_training")[0].person_ids == [WANG]


def test_R14_the_city_adds_another_units_people_and_keeps_those_ticked(answered: Office) -> None:
    editor = answered.sign_in(answered.add_person("陈静", Role.EDITOR))
    fields = {"subject": "跟班", "kind": "visit", "day": "2026-05-12", "hours": "8", "from_unit_id": str(uuid4())}
    page = send(editor, "/trainings/new", person=str(SUN), **fields).text
    assert (f'value="{SUN}" checked' in page, f'value="{WANG}">王敏' in page) == (True, True)
    assert asked(answered, "list_people")[0].unit_id == UUID(fields["from_unit_id"])


def test_R14_a_change_states_the_version_that_was_read(answered: Office) -> None:
    editor, place = answered.sign_in(answered.add_person("陈静", Role.EDITOR)), f"/trainings/{uuid4()}"
    assert 'name="version" value="3"' in editor.get(f"{place}/edit").text
    fields = {"key": str(uuid4()), "subject": "写作", "kind": "visit", "day": "2026-05-12", "hours": "2"}
    assert send(editor, place, person=str(WANG), version="3", **fields).status_code == 303
    assert asked(answered, "change_training")[0].version == 3


@pytest.mark.parametrize(("role", "changes"), [(Role.RESPONSIBLE_LEADER, False), (Role.EDITOR, True)])
def test_R14_only_those_who_may_are_shown_the_acts(answered: Office, role: Role, changes: bool) -> None:
    who: Signed = answered.sign_in(answered.add_person("某人", role))
    assert ("删除" in who.get(f"/trainings/{uuid4()}").text) == changes


def test_R08_every_number_of_the_balance_leads_to_its_reports(office: Office) -> None:
    unit = balance_rpc.UnitBalance(
        unit_id=office.unit_id, unit_name="和平区", unit_class=UnitClass.DISTRICT, good_news=6, bad_news=0, neutral=1,
        unstated=2, reports=9, adopted=4, one_sided=True,
    )
    channel = balance_rpc.ChannelBalance(channel=SourceChannel.HOTLINE, reports=3, adopted=1)
    office.calls.answers["intake.report_balance"] = lambda _: balance_rpc.ReportBalance(
        units=[unit], channels=[channel]
    )
    page = office.sign_in(office.add_person("陈静", Role.EDITOR)).get("/reports/balance?since=2026-11-01").text
    its = f"since=2026-11-01&amp;unit_id={office.unit_id}&amp;unit_class=district"
    for link in (f"{its}&amp;leaning=good_news", f"{its}&amp;leaning_said=unstated", f"{its}&amp;adopted=true",
                 "since=2026-11-01&amp;channel=hotline", "只报喜", "33.3%"):
        assert link in page
    assert "leaning=bad_news" not in page
