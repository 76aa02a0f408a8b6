"""Use cases: a person's addresses, and the projection of the directory."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from contracts.rpc import notify as rpc
from kernel.database import Work
from kernel.errors import refuse_stale
from services.notify.model.contacts import Contact, Person


def record_contact(work: Work, request: rpc.RecordContact) -> rpc.Contact:
    """Set a person's addresses, given whole; the audit entry names the person, not the addresses.

    Raises `StaleVersion` when they changed since they were read.
    """
    new = insert(Contact).values(person_id=request.person_id, version=0)
    work.session.execute(new.on_conflict_do_nothing())  # two who record the first addresses at once take turns
    contact = work.session.get_one(Contact, request.person_id, with_for_update=True)
    refuse_stale(contact.version, request.version, "该联系方式", "The contact")
    contact.email, contact.mobile = request.email, request.mobile
    contact.version += 1
    work.audit("record_contact", request.person_id, contact.version)
    return rpc.Contact(
        person_id=contact.person_id, email=contact.email, mobile=contact.mobile, version=contact.version
    )


def project_person(work: Work, person_id: UUID, version: int, data: dict[str, Any]) -> None:
    """Keep the newest version of a person; an older one arriving late changes nothing."""
    person = work.session.get(Person, person_id, with_for_update=True)
    if person is None:
        person = Person(person_id=person_id, version=0)
        work.session.add(person)
    if version <= (person.version or 0):
        return
    person.version, person.name = version, data["name"]
    person.unit_id, person.posts = UUID(data["unit_id"]), data["posts"]
