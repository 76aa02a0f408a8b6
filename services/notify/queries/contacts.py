"""A person's addresses, for the few who may read them."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from contracts.rpc import notify as rpc
from contracts.vocabulary import UNIT_ROLES
from kernel.errors import NotFound
from kernel.principal import Principal
from kernel.service import Reading
from services.notify.model.contacts import Contact, Person


def get_contact(reading: Reading, request: rpc.ContactOf) -> rpc.Contact:
    """The addresses; a unit reads those of its own people. Raises `NotFound` for others as for absent ones."""
    contact = visible_contact(reading.session, reading.principal, request.person_id)
    return rpc.Contact(
        person_id=contact.person_id, email=contact.email, mobile=contact.mobile, version=contact.version
    )


def visible_contact(session: Session, reader: Principal, person_id: UUID) -> Contact:
    """The addresses, if the reader may see them. Raises `NotFound`."""
    person, contact = session.get(Person, person_id), session.get(Contact, person_id)
    stranger = person is None or person.unit_id != reader.unit_id
    if contact is None or (stranger and reader.holds(*UNIT_ROLES)):
        raise NotFound(f"没有人员 {person_id} 的联系方式。", f"There are no addresses of a person {person_id}.")
    return contact
