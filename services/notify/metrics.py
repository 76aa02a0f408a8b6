"""Notify's business figures, each read from the database; 0 is written too, so that an alert can see a figure rise."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contracts.vocabulary import Channel, DeliveryState
from kernel.metrics import Figure
from services.notify.model.messages import Delivery, Untold
from services.notify.recipients.audience import AUDIENCES, DUTY_CALL

Rows = Iterable[tuple[tuple[str, ...], float]]


def _deliveries(session: Session, now: datetime) -> Rows:
    statement = select(Delivery.channel, Delivery.state, func.count()).group_by(Delivery.channel, Delivery.state)
    counted = {(channel, state): count for channel, state, count in session.execute(statement)}
    return [
        ((channel.value, state.value), counted.get((channel, state), 0))
        for channel in Channel
        for state in DeliveryState
    ]


def _oldest_waiting(session: Session, now: datetime) -> Rows:
    unfinished = Delivery.state.in_([DeliveryState.WAITING, DeliveryState.SENDING])
    statement = select(Delivery.channel, func.min(Delivery.next_try_at)).where(unfinished).group_by(Delivery.channel)
    oldest = dict(session.execute(statement).tuples().all())
    for channel in Channel:
        since = oldest.get(channel)
        yield (channel.value,), max(0.0, (now - since).total_seconds()) if since else 0.0


def _untold(session: Session, now: datetime) -> Rows:
    counted = dict(session.execute(select(Untold.message, func.count()).group_by(Untold.message)).tuples().all())
    return [((message,), counted.get(message, 0)) for message in sorted({*AUDIENCES, DUTY_CALL, *counted})]


FIGURES = (
    Figure("chengbao_deliveries", "Deliveries of messages by channel and state.", ("channel", "state"), _deliveries),
    Figure(
        "chengbao_delivery_overdue_seconds",
        "How long the oldest unfinished delivery has been due.",
        ("channel",),
        _oldest_waiting,
    ),
    Figure(
        "chengbao_untold_events",
        "Events of which somebody was not told: nobody holds the post, or who holds it has no address; by message.",
        ("message",),
        _untold,
    ),
)
