"""A person's addresses, for the few who may read them."""

from __future__ import annotations

from contracts.rpc import notify as rpc
from contracts.vocabulary import UNIT_ROLES
from kernel.errors import NotFound
from kernel.service import Reading
from services.notify.model.contacts import Contact, Person


def get_contact(reading: Reading, request: rpc.ContactOf) -> rpc.Contact:
    """The addresses; a unit reads those of its own people. Raises `NotFound` for others as for absent ones."""
    person = reading.session.get(Person, request.person_id)
    contact = reading.session.get(Contact, request.person_id)
    stranger = person is None or person.unit_id != reading.principal.unit_id
    if contact is None or (stranger and reading.principal.holds(*UNIT_ROLES)):
        raise NotFound(
            f"没有人员 {request.person_id} 的联系方式。", f"There are no addresses of a person {request.person_id}."
        )
    return rpc.Contact(
        person_id=contact.person_id, email=contact.email, mobile=contact.mobile, version=contact.version
    )
