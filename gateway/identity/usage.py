"""How much an API client used the gateway: counted in each worker's memory, written in batches (0093).

A request costs a count in a dictionary; every FLUSHED_EVERY_S seconds at the most one statement adds the counts to the
client's row of the day. A worker that is killed loses the counts of these seconds.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from threading import Lock
from typing import Annotated, Any
from uuid import UUID

import structlog
from pydantic import Field
from sqlalchemy import and_, bindparam, delete, func, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from contracts.model import Strict
from contracts.rpc.paging import ListQuery
from gateway.model.accounts import clients
from gateway.model.callers import client_usage
from kernel.clock import china_day
from kernel.cursors import cursor_after, cut, read_cursor
from kernel.database import Database, Work
from kernel.principal import system_principal

FLUSHED_EVERY_S = 10.0
KEPT = timedelta(days=400)
"""A whole year can be compared with the one before."""
MOST_DAYS = 92
Counted = tuple[UUID, date, str, int]

log = structlog.get_logger(__name__)


class UsageQuery(ListQuery):
    """The last so many days, today included."""

    days: Annotated[int, Field(ge=1, le=MOST_DAYS)] = 31


class UsageLine(Strict):
    """Requests of one day to one address with one status; 4xx and 5xx were refused."""

    day: date
    route: str
    status: int
    requests: int


class Usage(Strict):
    """Newest day first. `requests` and `refused` are the sums of all days, whatever page is shown."""

    client_id: UUID
    since: date
    requests: int
    refused: int
    items: list[UsageLine]
    next_cursor: str | None = None


class UsageCounter:
    """What one worker counted since it wrote the last time."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lock = Lock()
        self._counts: Counter[Counted] = Counter()
        self._used: dict[tuple[UUID, bool], datetime] = {}
        self._due = monotonic() + FLUSHED_EVERY_S

    def count(self, client_id: UUID, now: datetime, route: str, status: int, *, earlier_token: bool) -> None:
        with self._lock:
            self._counts[client_id, china_day(now), route, status] += 1
            self._used[client_id, earlier_token] = now

    def flush_when_due(self, database: Database) -> None:
        """Write if something was counted and it is time; a failure is logged and tried again later."""
        if self._counts and self._monotonic() >= self._due:
            self.flush(database)

    def flush(self, database: Database) -> None:
        """Write what was counted. Never raises: no request fails because of its own count."""
        with self._lock:
            counts, used = self._counts, self._used
            self._counts, self._used, self._due = Counter(), {}, self._monotonic() + FLUSHED_EVERY_S
        if not counts:
            return
        try:
            with database.work(system_principal("gateway")) as work:
                _add(work.session, counts)
                _note_used(work.session, used)
        except SQLAlchemyError as error:
            log.warning("usage of clients could not be written", error=type(error).__name__)
            with self._lock:
                self._counts.update(counts)
                self._used = used | self._used


def _add(session: Session, counts: Counter[Counted]) -> None:
    names = ("client_id", "day", "route", "status")
    # In one order, so that two workers never wait for each other in a circle.
    rows = [dict(zip(names, key, strict=True), requests=number) for key, number in sorted(counts.items())]
    statement = insert(client_usage).values(rows)
    added = client_usage.c.requests + statement.excluded.requests
    session.execute(statement.on_conflict_do_update(index_elements=list(names), set_={"requests": added}))


def _note_used(session: Session, used: dict[tuple[UUID, bool], datetime]) -> None:
    for (client_id, earlier), at in sorted(used.items()):
        column = "earlier_used_at" if earlier else "token_used_at"
        later = func.greatest(clients.c[column], bindparam("at", at, clients.c[column].type))
        session.execute(update(clients).where(clients.c.client_id == client_id).values({column: later}))


def usage_of(session: Session, client_id: UUID, today: date, query: UsageQuery) -> Usage:
    """What the client asked for, day by day."""
    since = today - timedelta(days=query.days - 1)
    known = (client_usage.c.client_id == client_id, client_usage.c.day >= since)
    statement = select(client_usage).where(*known)
    if query.cursor:
        statement = statement.where(_behind(*read_cursor(query.cursor, date, str, int)))
    ordered = statement.order_by(client_usage.c.day.desc(), client_usage.c.route, client_usage.c.status)
    page, last = cut(session.execute(ordered.limit(query.limit + 1)).all(), query.limit)
    total = func.sum(client_usage.c.requests)
    refused = total.filter(client_usage.c.status >= 400)
    sums = session.execute(
        select(func.coalesce(total, 0).label("requests"), func.coalesce(refused, 0).label("refused")).where(*known)
    ).one()
    return Usage(
        client_id=client_id, since=since, requests=sums.requests, refused=sums.refused,
        items=[UsageLine(day=row.day, route=row.route, status=row.status, requests=row.requests) for row in page],
        next_cursor=cursor_after(last.day, last.route, last.status) if last else None,
    )


def _behind(day: date, route: str, status: int) -> Any:
    """Later lines of that day, and the days before it."""
    later = tuple_(client_usage.c.route, client_usage.c.status) > (route, status)
    return or_(client_usage.c.day < day, and_(client_usage.c.day == day, later))


def forget_old_usage(work: Work) -> None:
    """Delete what is older than KEPT."""
    work.session.execute(delete(client_usage).where(client_usage.c.day < china_day(work.now) - KEPT))
