"""Publications: their list, and one with everything that belongs to it."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request

from contracts.problems import PROBLEMS
from contracts.rpc.directory import PersonPage, UnitPage
from contracts.rpc.publications import (
    Numbering,
    Publication,
    PublicationKind,
    PublicationPage,
    Recipient,
    RecipientKind,
    SignerRole,
)
from contracts.vocabulary import Level, Role
from gateway.console.forms import asked, key_after, line, paragraphs
from gateway.console.page import Answer, Page, go_to
from kernel.errors import Invalid, Refusal

STEPS, MOST_STEPS = 4, 6
"""Steps of a chain that the form offers, unless the publication has more; the most there may be."""
EMPTY_LINES = 3
POSTS = {Role.LEADER, Role.SECRETARY, Role.SUPERVISOR, Role.CHIEF_EDITOR, Role.EDITOR}
"""Posts a distribution list can name."""


def list_publications() -> Answer:
    page = asked("review", "list_publications", PublicationPage)
    return render_template("console/publications.html", page=page)


def new_publication() -> Answer:
    return _form(None)


def show_publication(code: str) -> Answer:
    return _form(asked("review", "get_publication", Publication, code=code))


def _form(publication: Publication | None, refusal: Refusal | None = None) -> str:
    """The form, as it is stored or as it was typed."""
    typed = request.form if refusal else None
    lines = _typed_lines() if refusal else [_as_typed(one) for one in (publication.distribution if publication else [])]
    return render_template(
        "console/publication_form.html", publication=publication, typed=typed, refusal=refusal,
        key=key_after(refusal.problem) if refusal else None, kinds=PublicationKind, numberings=Numbering,
        levels=Level, recipient_kinds=RecipientKind, signers=SignerRole,
        steps=range(max(STEPS, len(publication.sign_off_chain) if publication else 0)),
        lines=[*lines, *[{}] * EMPTY_LINES], posts=sorted(POSTS),
        units=asked("intake", "list_units", UnitPage, limit=200).items,
    )


def record_publication() -> Answer:
    try:
        publication = _record()
    except Refusal as refusal:
        code = line("code")
        known = asked("review", "get_publication", Publication, code=code) if line("version") else None
        return _form(known, refusal), PROBLEMS[refusal.problem].status
    flash(f"刊物《{publication.name}》已保存。")
    return go_to("show_publication", code=publication.code)


def _record() -> Publication:
    numbers = {name: line(name) for name in ("item_limit", "total_before", "version", "numbering_from")}
    return asked(
        "review", "record_publication", Publication, code=line("code"), name=line("name"), level=line("level"),
        kind=line("kind"), numbering=line("numbering"), head_text=line("head_text"), issuing_body=line("issuing_body"),
        columns=[name.strip() for name in paragraphs("columns").split("\n") if name.strip()],
        sign_off_chain=[role for step in range(MOST_STEPS) if (role := line(f"step{step}"))],
        distribution=[_recipient(number, typed) for number, typed in enumerate(_typed_lines())],
        **{name: value for name, value in numbers.items() if value is not None},
    )


def _typed_lines() -> list[dict[str, Any]]:
    """Lines of the distribution list in which a name was typed."""
    rows = zip(
        *(request.form.getlist(name) for name in ("to_kind", "to_name", "to_copies", "to_email")), strict=False
    )
    return [
        {"kind": kind, "name": name.strip(), "copies": copies.strip() or "0", "email": email == "yes"}
        for kind, name, copies, email in rows
        if name.strip()
    ]


def _as_typed(recipient: Recipient) -> dict[str, Any]:
    name = recipient.role.label if recipient.role else recipient.name
    return {"kind": recipient.kind.value, "name": name, "copies": recipient.copies, "email": recipient.email}


def _recipient(number: int, typed: dict[str, Any]) -> dict[str, Any]:
    """With the id of whoever is named. Raises `Invalid` for a name nobody bears."""
    name, pointer = typed["name"], f"/distribution/{number}/name"
    if typed["kind"] == RecipientKind.UNIT:
        units = asked("intake", "list_units", UnitPage, q=name, limit=50).items
        return typed | {"unit_id": _one([unit.unit_id for unit in units if unit.name == name], name, pointer)}
    if typed["kind"] == RecipientKind.POST:
        return typed | {"role": _one([role for role in POSTS if role.label == name], name, pointer)}
    if typed["kind"] == RecipientKind.LEADER:
        people = asked("intake", "list_people", PersonPage, role=Role.LEADER, limit=200).items
        return typed | {"person_id": _one([who.person_id for who in people if who.name == name], name, pointer)}
    return typed


def _one(found: list[Any], name: str, pointer: str) -> Any:
    if len(found) != 1:
        zh, en = f"名录中没有或不止一个“{name}”。", f"The directory holds none or several of {name}."
        raise Invalid(zh, en, pointer=pointer)
    return found[0]


PAGES = (
    Page("GET", "/publications", list_publications),
    Page("GET", "/publications/new", new_publication),
    Page("GET", "/publications/<code>", show_publication),
    Page("POST", "/publications", record_publication),
)
