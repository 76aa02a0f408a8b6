"""The projection of units, people and posts: later versions replace earlier ones, in whatever order they come."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import Table, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from contracts.events.intake import PersonRecorded, UnitRecorded
from contracts.vocabulary import Role
from gateway.model.directory import HeldPost, people, posts_on, units
from kernel.database import Work, dump
from kernel.service import Event


def keep_unit(work: Work, event: Event[UnitRecorded]) -> None:
    """The unit as the directory holds it."""
    _keep(work, units, "unit_id", event.data.model_dump() | {"version": event.version})


def keep_person(work: Work, event: Event[PersonRecorded]) -> None:
    """The person with all posts."""
    person = event.data
    row = {
        "person_id": person.person_id,
        "name": person.name,
        "unit_id": person.unit_id,
        "posts": dump(person)["posts"],
        "version": event.version,
    }
    _keep(work, people, "person_id", row)


def held_posts(session: Session, person_id: UUID, day: date) -> list[HeldPost]:
    """The posts of a person that are valid on a day, as far as they are known here."""
    return posts_on(session.scalar(select(people.c.posts).where(people.c.person_id == person_id)), day)


def holders(session: Session, day: date, *roles: Role) -> list[tuple[UUID, str]]:
    """Who holds one of these posts on a day: id and name, by name."""
    wanted = or_(*(people.c.posts.contains([{"role": str(role)}]) for role in roles))
    rows = session.execute(select(people.c.person_id, people.c.name, people.c.posts).where(wanted)).all()
    found = [(row.name, row.person_id) for row in rows if any(p.role in roles for p in posts_on(row.posts, day))]
    return [(person_id, name) for name, person_id in sorted(found)]


def _keep(work: Work, table: Table, key: str, row: dict[str, object]) -> None:
    names = [column.name for column in table.columns]
    statement = insert(table).values({name: row[name] for name in names})
    changes = {name: statement.excluded[name] for name in names if name != key}
    work.session.execute(
        statement.on_conflict_do_update(
            index_elements=[key], set_=changes, where=table.c.version < statement.excluded.version
        )
    )
