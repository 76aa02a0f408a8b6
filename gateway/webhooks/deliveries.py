"""What is told to units' systems: written with the event's effect, sent by the courier, tried again, given up (0095).

Claimed in one transaction, sent outside of any, recorded in another: a courier that dies in between sends it again
with the same `webhook-id`, by which a receiver knows the double.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import delete, exists, select, update
from sqlalchemy.dialects.postgresql import insert

from gateway.model.webhooks import webhook_deliveries, webhooks
from gateway.secret import unseal
from gateway.webhooks.calling import Answer, post
from gateway.webhooks.signing import headers
from gateway.webhooks.targets import WrongTarget, permitted
from kernel.database import Database, Work
from kernel.ids import new_id
from kernel.principal import Keyring, system_principal
from kernel.service import Event
from kernel.settings import Settings

PAUSES = tuple(timedelta(seconds=seconds) for seconds in (10, 30, 120, 600, 1800, 7200, 21_600))
"""Between tries; the last one again and again until it is given up."""
GIVEN_UP_AFTER = timedelta(hours=72)
LEASE = timedelta(seconds=60)
KEPT = timedelta(days=90)
MOST_ERROR = 300
TEST = "webhook.tested"
"""Type of what is sent to see whether news arrives; no event bears it."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class News:
    """What one event means to one unit: numbers, states and where to look; never the report's text."""

    event_id: UUID
    type: str
    at: datetime
    unit_id: UUID
    facts: dict[str, Any]
    path: str


def news_of(event: Event[Any], path: str, **facts: Any) -> News:
    return News(event.id, event.type, event.time, event.data.unit_id, facts, path)


def tell(work: Work, public_url: str, news: Iterable[News]) -> None:
    """Write a delivery for each webhook of the unit that asks for this type of event; a double writes nothing."""
    told = list(news)
    units = {item.unit_id for item in told}
    hooks = work.session.execute(
        select(webhooks.c.webhook_id, webhooks.c.unit_id, webhooks.c.events).where(
            webhooks.c.unit_id.in_(units), ~webhooks.c.disabled
        )
    ).all()
    rows = [
        _row(work, public_url, item, hook.webhook_id)
        for item in told
        for hook in hooks
        if hook.unit_id == item.unit_id and item.type in hook.events
    ]
    if rows:
        work.session.execute(
            insert(webhook_deliveries)
            .values(rows)
            .on_conflict_do_nothing(index_elements=["webhook_id", "event_id"])
        )


def write_test(work: Work, public_url: str, webhook_id: UUID, unit_id: UUID) -> UUID:
    """A delivery that tells nothing but that news arrives. Returns its id."""
    row = _row(work, public_url, News(new_id(), TEST, work.now, unit_id, {"state": "test"}, "/docs"), webhook_id)
    work.session.execute(insert(webhook_deliveries).values(row))
    delivery_id: UUID = row["delivery_id"]
    return delivery_id


def _row(work: Work, public_url: str, news: News, webhook_id: UUID) -> dict[str, Any]:
    document = {
        "type": news.type, "timestamp": news.at.isoformat(),
        "data": news.facts | {"link": public_url.rstrip("/") + news.path},
    }
    return {
        "delivery_id": new_id(), "webhook_id": webhook_id, "event_id": news.event_id, "type": news.type,
        "body": json.dumps(document, ensure_ascii=False, default=str), "state": "waiting", "created_at": work.now,
        "give_up_at": work.now + GIVEN_UP_AFTER, "next_try_at": work.now,
    }


@dataclass(frozen=True)
class Claimed:
    """A delivery in hand: everything that sending it needs."""

    delivery_id: UUID
    url: str
    body: str
    secrets: tuple[str, ...]


def deliver_next(database: Database, settings: Settings) -> int:
    """Send what has been due longest; returns 1, or 0 when nothing is due. Blocks some ten seconds at the most."""
    principal = system_principal("gateway")
    with database.work(principal) as work:
        claimed = _claim(work, database.keyring)
        now = work.now
    if claimed is None:
        return 0
    answer = _send(claimed, settings, now)
    with database.work(principal) as work:
        _record(work, claimed.delivery_id, answer)
    return 1


def _claim(work: Work, keyring: Keyring) -> Claimed | None:
    """By one worker only, and one of each webhook at a time: a slow system holds up nobody else's news."""
    due, other = webhook_deliveries, webhook_deliveries.alias()
    busy = exists().where(
        other.c.webhook_id == due.c.webhook_id, other.c.state == "sending", other.c.next_try_at > work.now
    )
    row = work.session.execute(
        select(due, webhooks.c.url, webhooks.c.secret, webhooks.c.earlier_secret, webhooks.c.earlier_until)
        .join(webhooks, webhooks.c.webhook_id == due.c.webhook_id)
        .where(due.c.state.in_(("waiting", "sending")), due.c.next_try_at <= work.now, ~webhooks.c.disabled, ~busy)
        .order_by(due.c.next_try_at, due.c.delivery_id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).one_or_none()
    if row is None:
        return None
    work.session.execute(
        update(due)
        .where(due.c.delivery_id == row.delivery_id)
        .values(state="sending", attempts=due.c.attempts + 1, tried_at=work.now, next_try_at=work.now + LEASE)
    )
    sealed = [row.secret]
    if row.earlier_secret is not None and row.earlier_until > work.now:
        sealed.append(row.earlier_secret)
    return Claimed(row.delivery_id, row.url, row.body, tuple(filter(None, (unseal(keyring, one) for one in sealed))))


def _send(claimed: Claimed, settings: Settings, now: datetime) -> Answer:
    if not claimed.secrets:
        return Answer(None, "签名密钥无法解封，请更换密钥 the secret cannot be unsealed; renew it")
    try:
        allowed = permitted(settings.webhook_hosts)
        target = allowed.target(claimed.url)
        address = allowed.address(target)
    except WrongTarget as wrong:
        return Answer(None, str(wrong))
    body = claimed.body.encode()
    signed = headers(str(claimed.delivery_id), int(now.timestamp()), body, claimed.secrets)
    return post(target, address, signed, body)


def _record(work: Work, delivery_id: UUID, answer: Answer) -> None:
    known = webhook_deliveries.c.delivery_id == delivery_id
    row = work.session.execute(select(webhook_deliveries).where(known).with_for_update()).one()
    if row.state != "sending":
        return  # asked for anew in the meantime, or taken by another courier after this one's lease
    pause = PAUSES[min(row.attempts, len(PAUSES)) - 1]
    given_up = work.now + pause > row.give_up_at
    state = "delivered" if answer.taken else "given_up" if given_up else "waiting"
    values = {
        "state": state, "status": answer.status, "error": answer.error and answer.error[:MOST_ERROR],
        "next_try_at": work.now + pause,
    }
    work.session.execute(update(webhook_deliveries).where(known).values(values))
    if state == "given_up":
        work.audit("webhook.give_up", delivery_id, row.attempts, error=values["error"])
        log.warning("a webhook was given up", delivery_id=str(delivery_id), error=values["error"])


def forget_old_deliveries(work: Work) -> None:
    """Delete what was delivered or given up KEPT ago."""
    over = webhook_deliveries.c.state.in_(("delivered", "given_up"))
    work.session.execute(
        delete(webhook_deliveries).where(over, webhook_deliveries.c.created_at < work.now - KEPT)
    )
