"""What notify answers: contacts, messages and their deliveries."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.model import Instant, Method, Strict, Text, command, query
from contracts.rpc.paging import Done, ListQuery
from contracts.vocabulary import Channel, DeliveryState, Role

EMAIL = r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$"
"""ASCII only: mail servers that take other addresses (SMTPUTF8) are not to be counted on."""


class RecordContact(Strict):
    """A person's addresses; given whole. `mobile` in E.164, for example +8613900000000."""

    person_id: UUID
    email: Annotated[Text, Field(max_length=254, pattern=EMAIL)] | None = None
    mobile: Annotated[str, Field(pattern=r"^\+[1-9][0-9]{6,14}$")] | None = None
    version: int | None = None
    """What the change builds on; 0: that there are no addresses yet; absent: whatever there is."""


class Contact(RecordContact):
    version: int


class ContactOf(Strict):
    person_id: UUID


class Delivery(Strict):
    delivery_id: UUID
    channel: Channel
    address: str
    state: DeliveryState
    attempts: int
    sent_at: Instant | None
    possible_double: bool
    """The answer of the channel was lost once: the message may have arrived twice."""
    error: str | None
    captured: bool
    """The channel is not configured: the message was kept here instead of being sent."""


class Message(Strict):
    message_id: UUID
    message: str
    """Name of the message, which is also its template's folder."""
    person_id: UUID
    person_name: str
    subject: str
    body: str
    created_at: Instant
    page: str | None = None
    """Path of the console's page where its reader acts; told to the reader alone."""
    deliveries: list[Delivery]


class ListMessages(ListQuery):
    """Own messages; an operator and the duty officer see all (without bodies)."""

    state: DeliveryState | None = None


class MessagePage(Strict):
    items: list[Message]
    next_cursor: str | None = None


class RetryDelivery(Strict):
    delivery_id: UUID


# The duty list


class RecordDutyShift(Strict):
    """Create a shift, or change the one with this id; `persons` are given whole, in the order in which they are told.

    At most 48 hours; shifts do not overlap; everybody named holds the post duty officer on all its days.
    """

    shift_id: UUID
    starts_at: Instant
    ends_at: Instant
    persons: list[UUID] = Field(min_length=1, max_length=20)
    version: int | None = None
    """What the change builds on, 0 for a new shift; absent: whatever there is."""


class DutyPerson(Strict):
    person_id: UUID
    name: str


class DutyShift(Strict):
    shift_id: UUID
    starts_at: Instant
    ends_at: Instant
    persons: list[DutyPerson]
    version: int


class RemoveDutyShift(Strict):
    shift_id: UUID
    version: int | None = None


class ListDutyShifts(ListQuery):
    """Shifts that end after `since` (absent: the present moment), the earliest first."""

    since: Instant | None = None


class DutyShiftPage(Strict):
    items: list[DutyShift]
    next_cursor: str | None = None


class ListDutyOfficers(ListQuery):
    """Who holds the post duty officer on this day (absent: today), by name."""

    on: date | None = None


class DutyOfficers(Strict):
    items: list[DutyPerson]
    next_cursor: str | None = None


_PEOPLE = tuple(role for role in Role if role not in {Role.SYSTEM, Role.API_CLIENT})

_ROSTER = (Role.DUTY_OFFICER, Role.CHIEF_EDITOR)

METHODS: dict[str, Method] = {
    "record_contact": command(RecordContact, Contact, Role.SYSTEM_ADMINISTRATOR),
    "get_contact": query(
        ContactOf, Contact, Role.INFORMATION_OFFICER, Role.RESPONSIBLE_LEADER, Role.DUTY_OFFICER,
        Role.SYSTEM_ADMINISTRATOR,
    ),
    "list_messages": query(ListMessages, MessagePage, *_PEOPLE),
    "record_duty_shift": command(RecordDutyShift, DutyShift, *_ROSTER),
    "remove_duty_shift": command(RemoveDutyShift, Done, *_ROSTER),
    "list_duty_shifts": query(ListDutyShifts, DutyShiftPage, *_ROSTER, Role.EDITOR),
    "list_duty_officers": query(ListDutyOfficers, DutyOfficers, *_ROSTER, Role.EDITOR),
    "retry_delivery": command(RetryDelivery, Delivery, Role.OPERATOR, Role.DUTY_OFFICER),
}
