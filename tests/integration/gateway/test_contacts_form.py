"""R14: the administrator's forms for how people and units are reached; a fault stands at its field."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from contracts.rpc.directory import Person, UnitTree
from contracts.rpc.notify import Contact
from contracts.vocabulary import Role
from kernel.errors import NotFound, StaleVersion
from tests.factories.gateway_office import Office, Signed
from tests.integration.gateway.test_console import refusing, send

PERSON = UUID(int=0x_7001)
PAGE = f"/directory/people/{PERSON}/contact"


def administrator(office: Office, contact: Any) -> Signed:
    person = Person(person_id=PERSON, name="王敏", unit_id=office.unit_id, posts=[], version=1)
    office.calls.answers |= {
        "intake.get_person": lambda _: person, "notify.get_contact": contact, "notify.record_contact": contact,
        "intake.unit_tree": lambda _: UnitTree(items=[]),
    }
    return office.sign_in(office.add_person("系统管理员", Role.SYSTEM_ADMINISTRATOR))


def recorded(office: Office) -> list[Any]:
    return [call["request"] for call in office.calls.asked if call["method"] == "record_contact"]


def test_R14_addresses_are_recorded_in_the_version_that_was_read(office: Office) -> None:
    held = Contact(person_id=PERSON, email="wang@example.com", mobile=None, version=3)
    editor = administrator(office, lambda _: held)
    page = editor.get(PAGE).text
    assert [part for part in ('value="wang@example.com"', 'name="version" value="3"') if part not in page] == []
    sent = send(editor, PAGE, email="wang@example.com", mobile="+8613900000000", version="3")
    assert sent.status_code == 303
    assert [(one.mobile, one.version) for one in recorded(office)] == [("+8613900000000", 3)]


def test_R14_first_addresses_build_on_none_and_a_fault_stands_at_its_field(office: Office) -> None:
    editor = administrator(office, refusing(lambda: NotFound("没有。", "None.")))
    assert 'name="version" value="0"' in editor.get(PAGE).text
    page = send(editor, PAGE, email="wang@", mobile="+8613900000000", version="0")
    assert (page.status_code, recorded(office)) == (422, [])
    shown = ('aria-describedby="email-fault"', 'id="email-fault"', 'value="+8613900000000"', 'value="wang@"')
    assert [part for part in shown if part not in page.text] == []


def test_R14_addresses_changed_meanwhile_are_not_overwritten(office: Office) -> None:
    editor = administrator(office, refusing(lambda: StaleVersion("已是第 4 版。", "Version 4.", pointer="/version")))
    page = send(editor, PAGE, email="a@example.com", mobile="", version="3")
    assert (page.status_code, "已是第 4 版" in page.text, 'value="a@example.com"' in page.text) == (412, True, True)


def test_R14_a_wrong_phone_of_a_unit_is_told_at_the_field(office: Office) -> None:
    editor = administrator(office, refusing(lambda: NotFound("没有。", "None.")))
    fields = {"name": "河西区", "unit_class": "district", "valid_from": "2026-01-01", "phone": "请拨总机"}
    page = send(editor, "/directory/units", **fields)
    assert (page.status_code, 'id="phone-fault"' in page.text) == (422, True)
