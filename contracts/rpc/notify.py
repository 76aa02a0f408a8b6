"""What notify answers: contacts, messages and their deliveries."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.model import Instant, Method, Strict, Text, command, query
from contracts.rpc.paging import ListQuery
from contracts.vocabulary import Channel, DeliveryState, Role

EMAIL = r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$"
"""ASCII only: mail servers that take other addresses (SMTPUTF8) are not to be counted on."""


class RecordContact(Strict):
    """A person's addresses; given whole. `mobile` in E.164, for example +8613900000000."""

    person_id: UUID
    email: Annotated[Text, Field(max_length=254, pattern=EMAIL)] | None = None
    mobile: Annotated[str, Field(pattern=r"^\+[1-9][0-9]{6,14}$")] | None = None


class Contact(RecordContact):
    version: int


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
    deliveries: list[Delivery]


class ListMessages(ListQuery):
    """Own messages; an operator and the duty officer see all (without bodies)."""

    state: DeliveryState | None = None


class MessagePage(Strict):
    items: list[Message]
    next_cursor: str | None = None


class RetryDelivery(Strict):
    delivery_id: UUID


_PEOPLE = tuple(role for role in Role if role not in {Role.SYSTEM, Role.API_CLIENT})

METHODS: dict[str, Method] = {
    "record_contact": command(RecordContact, Contact, Role.SYSTEM_ADMINISTRATOR),
    "list_messages": query(ListMessages, MessagePage, *_PEOPLE),
    "retry_delivery": command(RetryDelivery, Delivery, Role.OPERATOR, Role.DUTY_OFFICER),
}
