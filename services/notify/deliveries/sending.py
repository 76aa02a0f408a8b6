"""Handing over what is due: claim in one transaction, hand over outside of any, record in another.

A worker that dies between the two leaves the delivery in `sending`; when its lease has run out the next worker
takes it up again, marked as a possible double.
"""

from __future__ import annotations

from uuid import UUID

import structlog
from sqlalchemy import select

from contracts.events.notify import MessageUndelivered
from contracts.vocabulary import Channel, DeliveryState
from kernel.database import Database, Work
from kernel.principal import Principal
from services.notify.channels.handover import ChannelDriver, Handover, Parcel
from services.notify.model.messages import Delivery

log = structlog.get_logger(__name__)


def deliver_next(database: Database, channel: Channel, driver: ChannelDriver, principal: Principal) -> int:
    """Hand over what has been due longest on this channel; returns 1, or 0 when nothing is due.

    One at a time: a lease then covers one hand-over only, and a slow channel delays no other. Blocks as long as the
    channel does (some ten seconds at the most).
    """
    with database.work(principal) as work:
        parcel = claim_next(work, channel)
    if parcel is None:
        driver.close()
        return 0
    answer = _hand_over(driver, parcel)
    with database.work(principal) as work:
        record_answer(work, parcel.delivery_id, answer)
    return 1


def _hand_over(driver: ChannelDriver, parcel: Parcel) -> Handover:
    try:
        return driver.hand_over(parcel)
    except Exception as error:
        # A defect of a driver must not hold up everybody behind this delivery: it counts as one failed try.
        log.exception("handing over failed", delivery_id=str(parcel.delivery_id))
        driver.close()
        return Handover.lost(f"a defect of the channel's driver: {type(error).__name__}")


def claim_next(work: Work, channel: Channel) -> Parcel | None:
    """Take up the delivery that has been due longest; by one worker only."""
    delivery = work.session.scalar(
        select(Delivery)
        .where(
            Delivery.channel == channel,
            Delivery.state.in_([DeliveryState.WAITING, DeliveryState.SENDING]),
            Delivery.next_try_at <= work.now,
        )
        .order_by(Delivery.next_try_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if delivery is None:
        return None
    delivery.begin(work.now)
    return Parcel(delivery.delivery_id, delivery.address, delivery.message.subject, delivery.content)


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
