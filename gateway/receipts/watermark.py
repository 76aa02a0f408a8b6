"""The watermark: "all receipts up to this time have been handed on" (lifecycles.md, the urgent clock)."""

from __future__ import annotations

from datetime import datetime, timedelta

import psycopg
import structlog
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from contracts.events.gateway import WatermarkAdvanced
from kernel.database import Work

WATERMARK_LOCK = 0x6368_6277  # "chbw": shared by every accept from reading its time to its commit
WAIT = "500ms"
GONE_AFTER = "2s"
"""The longest pause between two statements of a round. Less than the acceptance waits for a lock (5 s): a courier that
froze holding the lock is thrown out by the database, and no report is refused for its sake."""
TICK = timedelta(microseconds=1)

log = structlog.get_logger(__name__)

_EXCLUDE = text("SELECT pg_advisory_xact_lock(CAST(:lock AS bigint))")
_UNSENT = text(
    "SELECT min(r.received_at) FROM outbox o JOIN receipts r ON r.event_id = o.id"
    " WHERE NOT o.sent AND o.type = 'report.accepted'"
)
_ADVANCE = text(
    """
    INSERT INTO watermark AS w (one, up_to, accepted_total, version)
    VALUES (1, :up_to, (SELECT count(*) FROM receipts WHERE received_at <= :up_to), 1)
    ON CONFLICT (one) DO UPDATE SET up_to = excluded.up_to, version = w.version + 1,
      accepted_total = w.accepted_total
        + (SELECT count(*) FROM receipts WHERE received_at > w.up_to AND received_at <= excluded.up_to)
    WHERE excluded.up_to > w.up_to
    RETURNING up_to, accepted_total, version
    """
)


def advance_watermark(work: Work) -> datetime | None:
    """Announce how far receipts have been handed to the bus; returns the time announced, None when it stays.

    Holding the lock alone, no act of acceptance is between reading its time and its commit, so every receipt with a
    time up to now can be seen here; later ones read what is announced and take a later time. Every 2 s; an act that
    holds the lock longer than WAIT makes this round pass, never the acceptance wait.
    """
    if not _exclude_accepting(work):
        return None
    unsent = work.session.scalar(_UNSENT)
    up_to = min(work.now, unsent - TICK) if unsent else work.now
    row = work.session.execute(_ADVANCE, {"up_to": up_to}).one_or_none()
    if row is None:
        return None
    work.emit(
        WatermarkAdvanced(up_to=row.up_to, accepted_total=row.accepted_total), subject="gateway", version=row.version
    )
    return up_to


def _exclude_accepting(work: Work) -> bool:
    try:
        with work.session.begin_nested():
            work.session.execute(text(f"SET LOCAL lock_timeout = '{WAIT}'"))
            work.session.execute(text(f"SET LOCAL idle_in_transaction_session_timeout = '{GONE_AFTER}'"))
            work.session.execute(_EXCLUDE, {"lock": WATERMARK_LOCK})
    except DBAPIError as error:
        if not isinstance(error.orig, psycopg.errors.LockNotAvailable):
            raise
        log.info("the watermark stays: an acceptance is under way")
        return False
    return True
