"""The gateway's figures, read from its database."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from gateway.receipts.durability import switched_off
from kernel.metrics import Figure, Rows

LOOKED_BACK = timedelta(days=30)
"""By an index on the receipt's time; what was not registered for so long was an alert all the while."""


def _accepted(session: Session, _now: datetime) -> Rows:
    rows = session.execute(text("SELECT kind, count(*) FROM receipts GROUP BY kind"))
    return [((str(kind),), float(count)) for kind, count in rows]


def _not_handed_on(session: Session, _now: datetime) -> Rows:
    count = session.scalar(text("SELECT count(*) FROM outbox WHERE NOT sent AND type = 'report.accepted'"))
    return [((), float(count or 0))]


def _watermark_age(session: Session, now: datetime) -> Rows:
    up_to = session.scalar(text("SELECT up_to FROM watermark"))
    return [((), (now - up_to).total_seconds())] if up_to else []


def _unseen(session: Session, now: datetime) -> Rows:
    count = session.scalar(
        text(
            "SELECT count(*) FROM receipts r LEFT JOIN receipt_progress p USING (number)"
            " WHERE p.registered_at IS NULL AND r.received_at BETWEEN :since AND :until"
        ),
        {"since": now - LOOKED_BACK, "until": now - timedelta(minutes=1)},
    )
    return [((), float(count or 0))]


def _durable(session: Session, _now: datetime) -> Rows:
    return [((), 0.0 if switched_off(session) else 1.0)]


def _attachment_bytes(session: Session, _now: datetime) -> Rows:
    stored = text("SELECT coalesce(sum(size), 0) FROM (SELECT DISTINCT digest, size FROM attachments) AS kept")
    return [((), float(session.scalar(stored) or 0))]


def _locked_accounts(session: Session, now: datetime) -> Rows:
    count = session.scalar(text("SELECT count(*) FROM accounts WHERE locked_until > :now"), {"now": now})
    return [((), float(count or 0))]


def _locked_addresses(session: Session, now: datetime) -> Rows:
    count = session.scalar(text("SELECT count(*) FROM address_failures WHERE locked_until > :now"), {"now": now})
    return [((), float(count or 0))]


def _webhook_deliveries(session: Session, _now: datetime) -> Rows:
    counted = dict.fromkeys(("waiting", "given_up"), 0)
    rows = session.execute(
        text(
            "SELECT CASE state WHEN 'sending' THEN 'waiting' ELSE state END AS stands, count(*)"
            " FROM webhook_deliveries WHERE state <> 'delivered' GROUP BY stands"
        )
    )
    counted.update({str(state): int(count) for state, count in rows})
    return [((state,), float(count)) for state, count in counted.items()]


FIGURES: tuple[Figure, ...] = (
    Figure(
        "chengbao_receipts_total", "Signed documents accepted durably since the beginning, by kind.", ("kind",),
        _accepted, "counter",
    ),
    Figure(
        "chengbao_receipts_not_handed_on", "Accepted documents that the bus has not confirmed yet.", (), _not_handed_on
    ),
    Figure(
        "chengbao_watermark_age_seconds",
        "How long ago the time lies up to which all receipts have been handed on; more than a minute means that late"
        " reports are not decided.",
        (), _watermark_age,
    ),
    Figure(
        "chengbao_receipts_unregistered",
        "Receipts of the last 30 days, older than a minute, that intake has not registered yet.",
        (), _unseen,
    ),
    Figure(
        "chengbao_receipts_durable",
        "1 while the gateway's database flushes what it commits (fsync, full_page_writes, synchronous_commit);"
        " at 0 nothing is accepted.",
        (),
        _durable,
    ),
    Figure(
        "chengbao_attachments_bytes", "Bytes of the attachments kept; equal files count once.", (), _attachment_bytes
    ),
    Figure(
        "chengbao_locked_accounts", "Accounts that may not sign in at present because of failed attempts.", (),
        _locked_accounts,
    ),
    Figure(
        "chengbao_locked_addresses",
        "Addresses from which nobody may sign in at present because of failed attempts.",
        (), _locked_addresses,
    ),
    Figure(
        "chengbao_webhook_deliveries",
        "News for units' systems that waits to be delivered, and that was given up within the last 90 days.",
        ("state",), _webhook_deliveries,
    ),
)
