"""How a person is reached: the administrator's form for the addresses that notify keeps."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, render_template

from contracts.problems import PROBLEMS
from contracts.rpc.directory import Person
from contracts.rpc.notify import Contact
from gateway.console.forms import asked, key_after, line
from gateway.console.page import Answer, Page, go_to
from kernel.errors import NotFound, Refusal

FIELDS = {"email": "电子邮件", "mobile": "手机"}


def edit_contact(person_id: UUID) -> Answer:
    try:
        contact = asked("notify", "get_contact", Contact, person_id=person_id)
    except NotFound:
        return _form(person_id, {"version": 0})
    return _form(person_id, contact.model_dump(mode="json"))


def record_contact(person_id: UUID) -> Answer:
    """A refusal shows the form again with everything that was typed, and the fault at its field."""
    said = {name: line(name) for name in (*FIELDS, "version")}
    try:
        asked("notify", "record_contact", Contact, person_id=person_id, **said)
    except Refusal as refusal:
        return _form(person_id, said, refusal), PROBLEMS[refusal.problem].status
    flash("联系方式已登记。")
    return go_to("show_person", person_id=person_id)


def _form(person_id: UUID, said: dict[str, Any], refusal: Refusal | None = None) -> str:
    return render_template(
        "console/contact_form.html", person=asked("intake", "get_person", Person, person_id=person_id), said=said,
        refusal=refusal, field=(refusal.pointer or "").removeprefix("/") if refusal else None, words=FIELDS,
        key=key_after(refusal.problem) if refusal else None,
    )


ONE = "/directory/people/<uuid:person_id>/contact"

PAGES = (Page("GET", ONE, edit_contact), Page("POST", ONE, record_contact))
