"""Trainings: the year's list with the hours of units, one record, and the form whose list of people grows by units."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid5

from flask import flash, render_template, request

from contracts.problems import PROBLEMS
from contracts.rpc.directory import Person, PersonPage
from contracts.rpc.paging import Done
from contracts.rpc.scoring import File
from contracts.rpc.trainings import Training, TrainingHours, TrainingKind, TrainingPage
from contracts.vocabulary import UNIT_ROLES
from gateway.api.bulletins import send_file
from gateway.console.directory import today, tree, unit_names
from gateway.console.forms import asked, asked_query, form_key, key_after, line
from gateway.console.page import Answer, Page, go_to
from gateway.entrance import present
from kernel.errors import Refusal

FIELDS = ("subject", "kind", "day", "hours", "organiser_id")
MOST_PAGES = 5
"""Of people of one unit: a thousand."""


def list_trainings() -> Answer:
    query = asked_query("year", "kind", "unit_id", "person_id", "cursor")
    year = query.get("year") or str(today().year)
    query = query if "person_id" in query else query | {"year": year}
    page = asked("intake", "list_trainings", TrainingPage, **query)
    hours = asked("intake", "training_hours", TrainingHours, year=year)
    return render_template(
        "console/trainings.html", page=page, hours=hours, query=query, kinds=TrainingKind, units=tree(), own=_own(),
    )


def show_training(training_id: UUID) -> Answer:
    return render_template("console/training.html", training=_training(training_id), unit=_own_unit())


def _training(training_id: UUID) -> Training:
    return asked("intake", "get_training", Training, training_id=training_id)


def new_training() -> Answer:
    said = {"day": today().isoformat(), "organiser_id": _own_unit(), "person_ids": []}
    return _form(said)


def add_people() -> Answer:
    """The form once more, with the people of the unit that was chosen."""
    return _form(_typed())


def edit_training(training_id: UUID) -> Answer:
    training = _training(training_id)
    said = training.model_dump(mode="json") | {"person_ids": [str(each.person_id) for each in training.people]}
    return _form(said, training)


def add_people_to(training_id: UUID) -> Answer:
    return _form(_typed(), _training(training_id))


def record_training() -> Answer:
    training_id = uuid5(form_key(), "training_id")
    try:
        asked("intake", "record_training", Training, training_id=training_id, **_typed())
    except Refusal as refusal:
        return _form(_typed(), refusal=refusal), PROBLEMS[refusal.problem].status
    flash("已登记。")
    return go_to("show_training", training_id=training_id)


def change_training(training_id: UUID) -> Answer:
    typed = _typed() | {"version": line("version")}
    try:
        asked("intake", "change_training", Training, training_id=training_id, **typed)
    except Refusal as refusal:
        return _form(typed, _training(training_id), refusal), PROBLEMS[refusal.problem].status
    flash("已变更。")
    return go_to("show_training", training_id=training_id)


def remove_training(training_id: UUID) -> Answer:
    asked("intake", "remove_training", Done, training_id=training_id)
    flash("已删除，审计中保留原记录。")
    return go_to("list_trainings")


def download_trainings() -> Answer:
    year = asked_query("year").get("year") or str(today().year)
    return send_file(asked("intake", "export_trainings", File, year=year))


def _typed() -> dict[str, Any]:
    return {name: line(name) for name in FIELDS} | {"person_ids": request.form.getlist("person")}


def _form(said: dict[str, Any], training: Training | None = None, refusal: Refusal | None = None) -> str:
    """People to tick: those of one's own unit, or of the unit chosen, and whoever is ticked already."""
    unit_id = _own_unit() or line("from_unit_id")
    known = {str(each.person_id): (each.name, each.unit_name) for each in training.people} if training else {}
    names = unit_names()
    for person in _people_of(unit_id) if unit_id else []:
        known.setdefault(str(person.person_id), (person.name, names.get(person.unit_id, "")))
    for person_id in said["person_ids"]:
        if person_id not in known:
            known[person_id] = _named(person_id, names)
    return render_template(
        "console/training_form.html", said=said, training=training, known=known, units=tree(), kinds=TrainingKind,
        own=_own(), from_unit_id=unit_id, refusal=refusal, key=key_after(refusal.problem) if refusal else None,
    )


def _people_of(unit_id: Any) -> list[Person]:
    found: list[Person] = []
    cursor = None
    for _ in range(MOST_PAGES):
        page = asked("intake", "list_people", PersonPage, unit_id=unit_id, limit=200, cursor=cursor)
        found += page.items
        cursor = page.next_cursor
        if cursor is None:
            break
    return found


def _named(person_id: str, names: dict[UUID, str]) -> tuple[str, str]:
    """Somebody ticked before, of another unit; whoever cannot be found is left to the service's refusal."""
    try:
        person = asked("intake", "get_person", Person, person_id=person_id)
    except Refusal:
        return "查无此人", ""
    return person.name, names.get(person.unit_id, "")


def _own() -> bool:
    return present().principal.holds(*UNIT_ROLES)


def _own_unit() -> UUID | None:
    return present().principal.unit_id if _own() else None


ONE = "/trainings/<uuid:training_id>"
PAGES = (
    Page("GET", "/trainings", list_trainings),
    Page("GET", "/trainings/new", new_training),
    Page("POST", "/trainings/new", add_people),
    Page("POST", "/trainings", record_training),
    Page("GET", "/trainings/file", download_trainings),
    Page("GET", ONE, show_training),
    Page("GET", f"{ONE}/edit", edit_training),
    Page("POST", f"{ONE}/edit", add_people_to),
    Page("POST", ONE, change_training),
    Page("POST", f"{ONE}/removal", remove_training),
)
