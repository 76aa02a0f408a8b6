"""What the messages page shows."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from contracts.rpc import notify as rpc
from contracts.vocabulary import Role
from kernel.errors import Invalid
from kernel.service import Reading
from services.notify.model.messages import Delivery, Message

SEES_ALL = frozenset({Role.OPERATOR, Role.DUTY_OFFICER})
"""They watch that messages arrive, but do not read what is said (access.md)."""


def list_messages(reading: Reading, request: rpc.ListMessages) -> rpc.MessagePage:
    """Newest first: one's own messages; all of them, without bodies, for operator and duty officer."""
    sees_all = reading.principal.holds(*SEES_ALL)
    statement = select(Message).options(selectinload(Message.deliveries)).order_by(Message.message_id.desc())
    if not sees_all:
        statement = statement.where(Message.person_id == UUID(reading.principal.id))
    if request.state:
        statement = statement.where(Message.deliveries.any(Delivery.state == request.state))
    if request.cursor:
        statement = statement.where(Message.message_id < _cursor(request.cursor))
    rows = list(reading.session.scalars(statement.limit(request.limit + 1)))
    page = rows[: request.limit]
    return rpc.MessagePage(
        items=[_as_message(row, hide=sees_all and not reading.principal.same_person(row.person_id)) for row in page],
        next_cursor=str(page[-1].message_id) if len(rows) > request.limit else None,
    )


def _cursor(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Invalid("翻页游标无效。", "The cursor is not one of ours.", pointer="/cursor") from error


def _as_message(message: Message, *, hide: bool) -> rpc.Message:
    return rpc.Message(
        message_id=message.message_id,
        message=message.message,
        person_id=message.person_id,
        person_name=message.person_name,
        subject=message.message if hide else message.subject,
        body="" if hide else message.body,
        created_at=message.created_at,
        page=None if hide else message.page,
        deliveries=[as_delivery(delivery) for delivery in message.deliveries],
    )


def as_delivery(delivery: Delivery) -> rpc.Delivery:
    """A delivery as the contract tells it."""
    return rpc.Delivery(
        delivery_id=delivery.delivery_id,
        channel=delivery.channel,
        address=delivery.address,
        state=delivery.state,
        attempts=delivery.attempts,
        sent_at=delivery.sent_at,
        possible_double=delivery.possible_double,
        error=delivery.error,
        captured=delivery.captured,
    )
