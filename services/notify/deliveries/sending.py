"""Handing over what is due: claim in one transaction, hand over outside of any, record in another.

A worker that dies between the two leaves the delivery in `sending`; when its lease has run out the next worker
takes it up again, marked as a possible double.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select

from contracts.events.notify import MessageUndelivered
from contracts.vocabulary import Channel, DeliveryState
from kernel.database import Database, Work
from kernel.principal import Principal
from services.notify.channels.handover import ChannelDriver, Handover, Parcel
from services.notify.model.messages import Delivery

BATCH = 20


def deliver_due(database: Database, drivers: Mapping[Channel, ChannelDriver], principal: Principal) -> int:
    """Hand over what is due now, one by one; returns how many were taken up. Blocks as long as the channels do."""
    with database.work(principal) as work:
        parcels = claim_due(work)
    for channel, parcel in parcels:
        answer = drivers[channel].hand_over(parcel)
        with database.work(principal) as work:
            record_answer(work, parcel.delivery_id, answer)
    for driver in drivers.values():
        driver.close()
    return len(parcels)


def claim_due(work: Work) -> list[tuple[Channel, Parcel]]:
    """Take up what is due, each by one worker only."""
    due = list(
        work.session.scalars(
            select(Delivery)
            .where(Delivery.state.in_([DeliveryState.WAITING, DeliveryState.SENDING]), Delivery.next_try_at <= work.now)
            .order_by(Delivery.next_try_at)
            .limit(BATCH)
            .with_for_update(skip_locked=True, of=Delivery)
        )
    )
    for delivery in due:
        delivery.begin(work.now)
    return [
        (
            Channel(delivery.channel),
            Parcel(delivery.delivery_id, delivery.address, delivery.message.subject, delivery.content),
        )
        for delivery in due
    ]


def record_answer(work: Work, delivery_id: UUID, answer: Handover) -> None:
    """Write down what became of it; one that failed for good is told as an event."""
    delivery = work.session.get_one(Delivery, delivery_id, with_for_update=True)
    if answer.sent:
        delivery.succeed(work.now, captured=answer.captured)
        return
    delivery.fail(work.now, answer.error or "", final=answer.final, unknown=answer.unknown)
    if delivery.state == DeliveryState.FAILED:
        _tell_undelivered(work, delivery)


def _tell_undelivered(work: Work, delivery: Delivery) -> None:
    message = delivery.message
    data = MessageUndelivered(
        message_id=message.message_id,
        message=message.message,
        channel=delivery.channel,
        person_id=message.person_id,
        reason=delivery.error or "",
    )
    work.emit(data, subject=delivery.delivery_id, version=delivery.version)
    work.audit("give_up_delivery", delivery.delivery_id, delivery.version, reason=delivery.error or "")
