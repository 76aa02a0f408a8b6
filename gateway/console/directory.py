"""The directory: the tree with search, a unit, a person, who is missing where, and the administrator's forms."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid5

from flask import flash, g, render_template, request

from contracts.problems import PROBLEMS
from contracts.rpc.directory import (
    GetUnit,
    Person,
    PersonPage,
    Staffing,
    Unit,
    UnitPage,
    UnitRecord,
    UnitTree,
)
from contracts.rpc.notify import Contact
from contracts.rpc.trainings import TrainingPage
from contracts.vocabulary import Role, UnitClass
from gateway.assembly import gateway
from gateway.bodies import checked
from gateway.console.forms import asked, asked_query, form_key, key_after, line, may_ask
from gateway.console.menu import may
from gateway.console.page import Answer, Page, go_to
from kernel.clock import china_day
from kernel.errors import Refusal

POST_ROLES = tuple(role for role in Role if role not in {Role.API_CLIENT, Role.SYSTEM})
POST_ROWS = 6
"""Posts that the form has room for, at the least; there is always an empty one."""
UNIT_FIELDS = (
    "name", "unit_class", "parent_id", "valid_from", "valid_to", "code", "position", "name_since", "phone", "fax",
    "duty_address",
)
POST_FIELDS = ("unit_id", "role", "title", "valid_from", "valid_to")
WORDS = {
    "name": "名称", "unit_class": "类别", "parent_id": "上级单位", "valid_from": "有效期起", "valid_to": "有效期止",
    "code": "代码", "position": "排序", "name_since": "更名日期", "unit_id": "单位", "role": "岗位", "title": "职务",
    "full_time": "专兼职", "deputy": "代理", "posts": "岗位", "version": "版本",
    "phone": "办公电话", "fax": "传真", "duty_address": "值班地址",
}  # fmt: skip


def show_directory() -> Answer:
    """The tree of today's units, or what a search finds, former names included."""
    query = asked_query("q", "cursor", "at")
    if "q" in query or "cursor" in query:
        page: UnitPage | UnitTree = asked("intake", "list_units", UnitPage, **query)
    else:
        page = asked("intake", "unit_tree", UnitTree, **({"at": today()} | query))
    return render_template("console/directory.html", page=page, query=query, today=today())


def show_unit(unit_id: UUID) -> Answer:
    query = asked_query("at")
    unit = asked("intake", "get_unit", UnitRecord, unit_id=unit_id, **query)
    day = checked(GetUnit, {"unit_id": unit_id, **query}).at or today()
    return render_template("console/unit.html", unit=unit, day=day, today=today(), query=query)


def show_person(person_id: UUID) -> Answer:
    person = asked("intake", "get_person", Person, person_id=person_id)
    return render_template(
        "console/person.html", person=person, unit_names=unit_names(), today=today(), contact=_contact(person_id),
        trainings=_trainings(person_id),
    )


def _trainings(person_id: UUID) -> TrainingPage | None:
    """The newest trainings of the person, for those who may read them."""
    if not may("list_trainings"):
        return None
    return asked("intake", "list_trainings", TrainingPage, person_id=person_id, limit=20)


def _contact(person_id: UUID) -> Contact | None:
    """The addresses, for those who may read them; the page does without while notify is away."""
    if not may_ask("notify", "get_contact"):
        return None
    try:
        return asked("notify", "get_contact", Contact, person_id=person_id)
    except Refusal:
        return None


def show_staffing() -> Answer:
    return render_template("console/staffing.html", staffing=asked("intake", "list_staffing", Staffing), today=today())


def show_staff() -> Answer:
    """People by unit, role and day."""
    query = asked_query("q", "unit_id", "role", "at", "cursor")
    page = asked("intake", "list_people", PersonPage, **query)
    return render_template(
        "console/staff.html", page=page, query=query, units=tree(), unit_names=unit_names(), roles=POST_ROLES,
        today=today(),
    )


def new_unit() -> Answer:
    query = asked_query("parent_id")
    return _unit_form({"valid_from": today().isoformat()} | query)


def edit_unit(unit_id: UUID) -> Answer:
    unit = asked("intake", "get_unit", UnitRecord, unit_id=unit_id)
    return _unit_form(unit.model_dump(mode="json") | {"name_since": None}, unit_id=unit_id)


def record_new_unit() -> Answer:
    return _record_unit(uuid5(form_key(), "unit_id"), None)


def record_unit(unit_id: UUID) -> Answer:
    return _record_unit(unit_id, unit_id)


def _record_unit(unit_id: UUID, known: UUID | None) -> Answer:
    said: dict[str, Any] = {name: line(name) for name in UNIT_FIELDS}
    said["unit_class"] = _class_below(said["parent_id"]) or said["unit_class"]
    try:
        asked("intake", "record_unit", Unit, unit_id=unit_id, version=line("version"), **said)
    except Refusal as refusal:
        return _unit_form(said | {"version": line("version")}, known, refusal), PROBLEMS[refusal.problem].status
    flash("单位已登记。")
    return go_to("show_unit", unit_id=unit_id)


def _class_below(parent_id: str | None) -> UnitClass | None:
    """The class that a subunit has from the unit it belongs to; None directly under the city."""
    parent = next((unit for unit in tree() if str(unit.unit_id) == parent_id), None)
    return None if parent is None or parent.unit_class is UnitClass.CITY_OFFICE else parent.unit_class


def _unit_form(said: dict[str, Any], unit_id: UUID | None = None, refusal: Refusal | None = None) -> str:
    return render_template(
        "console/unit_form.html", said=said, unit_id=unit_id, units=tree(), classes=UnitClass, **_told(refusal)
    )


def new_person() -> Answer:
    query = asked_query("unit_id")
    first = {"unit_id": query.get("unit_id"), "valid_from": today().isoformat()}
    return _person_form({**query, "posts": [first]})


def edit_person(person_id: UUID) -> Answer:
    person = asked("intake", "get_person", Person, person_id=person_id)
    return _person_form(person.model_dump(mode="json"), person_id)


def record_new_person() -> Answer:
    return _record_person(uuid5(form_key(), "person_id"), None)


def record_person(person_id: UUID) -> Answer:
    return _record_person(person_id, person_id)


def _record_person(person_id: UUID, known: UUID | None) -> Answer:
    said: dict[str, Any] = {name: line(name) for name in ("name", "unit_id", "code", "version")}
    said["posts"] = _typed_posts()
    try:
        asked("intake", "record_person", Person, person_id=person_id, **said)
    except Refusal as refusal:
        return _person_form(said, known, refusal), PROBLEMS[refusal.problem].status
    flash("人员已登记。")
    return go_to("show_person", person_id=person_id)


def _typed_posts() -> list[dict[str, Any]]:
    """The rows of posts in which a role was chosen."""
    rows = [name.removeprefix("role") for name in request.form if name.startswith("role")]
    return [
        {name: line(f"{name}{row}") for name in POST_FIELDS}
        | {"deputy": bool(line(f"deputy{row}")), "full_time": _full_time(line(f"full_time{row}"))}
        for row in rows
        if line(f"role{row}")
    ]


def _full_time(word: str | None) -> bool | None:
    return None if word is None else word == "true"


def _person_form(said: dict[str, Any], person_id: UUID | None = None, refusal: Refusal | None = None) -> str:
    posts = said["posts"]
    return render_template(
        "console/person_form.html", said=said, person_id=person_id, units=tree(), roles=POST_ROLES,
        posts=[*posts, *({} for _ in range(max(1, POST_ROWS - len(posts))))], today=today(), **_told(refusal),
    )


def _told(refusal: Refusal | None) -> dict[str, Any]:
    """What a form says of its refusal; the pointer's last word names the field."""
    if refusal is None:
        return {"refusal": None, "field": None, "at": None, "key": None, "words": WORDS}
    parts = (refusal.pointer or "").split("/")[1:]
    place = f"第 {int(parts[1]) + 1} 个岗位" if len(parts) > 1 and parts[1].isdigit() else ""
    return {
        "refusal": refusal, "field": f"{place}{WORDS.get(parts[-1], '')}" if parts else None,
        "at": parts[-1] if parts else None, "key": key_after(refusal.problem), "words": WORDS,
    }


def today() -> Any:
    return china_day(gateway().clock.now())


def tree() -> list[Any]:
    """All units, with their depth, for lists to choose from."""
    if "unit_tree" not in g:
        g.unit_tree = asked("intake", "unit_tree", UnitTree).items
    return list(g.unit_tree)


def unit_names() -> dict[UUID, str]:
    return {unit.unit_id: unit.name for unit in tree()}


PAGES = (
    Page("GET", "/directory", show_directory),
    Page("GET", "/directory/staff", show_staff),
    Page("GET", "/directory/staffing", show_staffing),
    Page("GET", "/directory/units/new", new_unit),
    Page("POST", "/directory/units", record_new_unit),
    Page("GET", "/directory/units/<uuid:unit_id>", show_unit),
    Page("GET", "/directory/units/<uuid:unit_id>/edit", edit_unit),
    Page("POST", "/directory/units/<uuid:unit_id>", record_unit),
    Page("GET", "/directory/people/new", new_person),
    Page("POST", "/directory/people", record_new_person),
    Page("GET", "/directory/people/<uuid:person_id>", show_person),
    Page("GET", "/directory/people/<uuid:person_id>/edit", edit_person),
    Page("POST", "/directory/people/<uuid:person_id>", record_person),
)
