"""How an import's plan is answered: each changed thing, field by field, in the words of the table's heads."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from contracts.rpc.directory import Post, RecordPerson, RecordUnit
from contracts.rpc.directory_files import SHOWN_FAULTS, DirectoryImport, FieldChange, ImportChange, ImportedThing
from contracts.vocabulary import Labelled
from services.intake.model.directory_import import Plan
from services.intake.model.directory_rows import OFFICE, PEOPLE, PEOPLE_COLUMNS, UNIT_COLUMNS, UNITS

UNIT_FIELDS = ("name", "code", "unit_class", "parent_id", "position", "valid_from", "valid_to", *OFFICE)


def import_reply(plan: Plan, source: str, token: str, *, dry_run: bool) -> DirectoryImport:
    """Every change, and the first faults."""
    changes = [] if len(plan.faults) else [*_units(plan), *_people(plan)]
    kinds = [change.change for change in changes]
    in_file = sum(change.row is not None for change in changes)
    return DirectoryImport(
        source=source,
        dry_run=dry_run,
        token=token,
        created=kinds.count(ImportChange.CREATED),
        changed=kinds.count(ImportChange.CHANGED),
        ended=kinds.count(ImportChange.ENDED),
        unchanged=0 if len(plan.faults) else plan.named - in_file,
        changes=changes,
        fault_count=len(plan.faults),
        faults=plan.faults.first(SHOWN_FAULTS),
    )


def _units(plan: Plan) -> Iterator[ImportedThing]:
    for unit in plan.taken.units:
        held = plan.before.units.get(unit.unit_id)
        ended = held is not None and held.valid_to is None and unit.valid_to is not None
        yield ImportedThing(
            thing="unit", name=unit.name, table=UNITS, row=_row(plan, unit.unit_id), change=_kind(held, ended=ended),
            fields=list(_unit_fields(held, unit, plan)),
        )


def _people(plan: Plan) -> Iterator[ImportedThing]:
    for person in plan.taken.people:
        held = plan.before.people.get(person.person_id)
        ended = held is not None and _open(held) and not _open(person)
        yield ImportedThing(
            thing="person", name=person.name, table=PEOPLE, row=_row(plan, person.person_id),
            change=_kind(held, ended=ended), fields=list(_person_fields(held, person, plan)),
        )


def _row(plan: Plan, thing_id: UUID) -> int | None:
    number = plan.rows.get(thing_id)
    return None if number is None else number + 1


def _kind(held: RecordUnit | RecordPerson | None, *, ended: bool) -> ImportChange:
    if held is None:
        return ImportChange.CREATED
    return ImportChange.ENDED if ended else ImportChange.CHANGED


def _open(person: RecordPerson) -> bool:
    return any(post.valid_to is None for post in person.posts)


def _unit_fields(held: RecordUnit | None, unit: RecordUnit, plan: Plan) -> Iterator[FieldChange]:
    for name in UNIT_FIELDS:
        old, new = (_word(getattr(each, name, None), plan) for each in (held, unit))
        if old != new:
            yield FieldChange(field=UNIT_COLUMNS["parent" if name == "parent_id" else name], old=old, new=new)


def _person_fields(held: RecordPerson | None, person: RecordPerson, plan: Plan) -> Iterator[FieldChange]:
    for name in ("name", "code", "unit_id"):
        old, new = (_word(getattr(each, name, None), plan) for each in (held, person))
        if old != new:
            yield FieldChange(field=PEOPLE_COLUMNS["unit" if name == "unit_id" else name], old=old, new=new)
    before, after = (held.posts if held else []), person.posts
    gone = [post for post in before if post not in after]
    come = [post for post in after if post not in before]
    if gone or come:
        old, new = ("\n".join(_post(post, plan) for post in posts) for posts in (gone, come))
        yield FieldChange(field=PEOPLE_COLUMNS["role"], old=old, new=new)


def _post(post: Post, plan: Plan) -> str:
    marks = ["代理"] if post.deputy else []
    marks += [] if post.full_time is None else ["专职" if post.full_time else "兼职"]
    role = "，".join([post.role.label, *marks])
    return f"{_word(post.unit_id, plan)} {post.title}（{role}）{post.valid_from} 至 {post.valid_to or '今'}"


def _word(value: object, plan: Plan) -> str:
    if isinstance(value, UUID):
        created = {unit.unit_id: unit for unit in plan.taken.units}
        unit = created.get(value) or plan.before.units.get(value)
        return unit.name if unit else str(value)
    if isinstance(value, Labelled):
        return value.label
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)
