"""Notify's business figures, each read from the database."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contracts.vocabulary import DeliveryState
from kernel.metrics import Figure
from services.notify.model.messages import Delivery, Untold

Rows = Iterable[tuple[tuple[str, ...], float]]


def _deliveries(session: Session, now: datetime) -> Rows:
    statement = select(Delivery.channel, Delivery.state, func.count()).group_by(Delivery.channel, Delivery.state)
    return [((channel, state), count) for channel, state, count in session.execute(statement)]


def _oldest_waiting(session: Session, now: datetime) -> Rows:
    unfinished = Delivery.state.in_([DeliveryState.WAITING, DeliveryState.SENDING])
    statement = select(Delivery.channel, func.min(Delivery.next_try_at)).where(unfinished).group_by(Delivery.channel)
    return [
        ((channel,), max(0.0, (now - since).total_seconds())) for channel, since in session.execute(statement)
    ]


def _untold(session: Session, now: datetime) -> Rows:
    return [((message,), count) for message, count in session.execute(
        select(Untold.message, func.count()).group_by(Untold.message)
    )]


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
        "Events that should have told somebody although nobody holds the post, by message.",
        ("message",),
        _untold,
    ),
)
