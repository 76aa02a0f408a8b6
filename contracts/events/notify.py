"""Events notify publishes."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from contracts.model import EventData
from contracts.vocabulary import Channel


class MessageUndelivered(EventData):
    """Every attempt to hand a message to its channel failed; a person must be told another way."""

    TYPE: ClassVar[str] = "message.undelivered"
    message_id: UUID
    message: str
    channel: Channel
    person_id: UUID
    reason: str


EVENTS: tuple[type[EventData], ...] = (MessageUndelivered,)
