"""Refused attempts: somebody who is signed in asked for what is not his. Counted by the hour, and kept as evidence.

A caller cannot fill the disk with them: one object refused by one method for one reason is one row an hour, which gets
an entry when it is made and at each tenfold (10, 100, ...). A caller has `ROWS_AN_HOUR` such rows; whatever else he is
refused in that hour is counted in one more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol, TypeVar
from uuid import UUID

import structlog
from prometheus_client import Counter
from pydantic import BaseModel
from sqlalchemy import BigInteger, Column, DateTime, Table, Text, UniqueConstraint, Uuid, and_, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from kernel.cursors import cursor_after, cut, read_cursor
from kernel.database import Database, Work
from kernel.ids import new_id
from kernel.outbox import kernel_metadata
from kernel.principal import Principal
from kernel.service import Reading

log = structlog.get_logger(__name__)

ACT = "attempt.refuse"
"""The act of every such entry in the evidence."""
ROWS_AN_HOUR = 100
"""Rows of one caller in one hour; exceeded by as many as are refused him at the same instant, at the most."""

KEPT = Counter("chengbao_refused_attempts", "Calls that asked for what is not the caller's.", ("kind", "reason"))
UNWRITTEN = Counter(
    "chengbao_refused_attempts_unwritten", "Refused attempts that could not be written down; the log names them."
)

attempts = Table(
    "refused_attempts",
    kernel_metadata,
    Column("id", Uuid, primary_key=True),
    Column("principal_id", Text, nullable=False),
    Column("hour", DateTime(timezone=True), nullable=False),
    Column("method", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("principal_name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("problem", Text, nullable=False),
    Column("first_at", DateTime(timezone=True), nullable=False),
    Column("last_at", DateTime(timezone=True), nullable=False),
    Column("count", BigInteger, nullable=False),
    UniqueConstraint("principal_id", "hour", "method", "subject", "reason", name="refused_attempts_once_an_hour"),
)
"""What the audit administrator reads; the proof of it is the entries in the evidence."""


class Reason(StrEnum):
    """Why it was an attempt."""

    ROLE = "role"
    """The caller holds no role, scope or post for this method."""
    FOREIGN = "foreign"
    """The object exists outside the caller's unit or clearance; he was told that there is none."""
    ACT = "act"
    """The object is visible, the act on it not his: his own signature, a second step by the same person."""
    MORE = "more"
    """Beyond the rows of this hour."""


for _reason in Reason:
    KEPT.labels("other", _reason)  # from 0 on: an alert can only see a figure rise that was there before


@dataclass(frozen=True)
class Attempt:
    """What was refused: `subject` is the object's id, empty where none was named; `kind` a word of a closed list."""

    method: str
    kind: str
    subject: str
    reason: Reason
    problem: str


_THE_REST = Attempt("*", "other", "", Reason.MORE, "")


def keep(
    database: Database, principal: Principal, attempt: Attempt, *, token: str | None = None, correlation_id: UUID
) -> None:
    """Count it and write it down in a transaction of its own; never raises, for the refusal stands without it."""
    KEPT.labels(attempt.kind, attempt.reason).inc()
    try:
        with database.work(principal, token=token, correlation_id=correlation_id) as work:
            _write(work, attempt)
    except Exception as error:  # noqa: BLE001  # whatever it is, the caller has his refusal
        not_written(attempt.method, error)


def not_written(method: str, error: Exception) -> None:
    """An attempt that leaves no entry: loud, and in a metric."""
    UNWRITTEN.inc()
    log.error("a refused attempt could not be written down", method=method, error=repr(error))


def _write(work: Work, attempt: Attempt) -> None:
    hour = work.now.replace(minute=0, second=0, microsecond=0)
    row = attempt if _has_room(work.session, work.principal.id, hour, attempt) else _THE_REST
    count = _counted(work, hour, row)
    if _tenfold(count):
        work.audit(
            ACT, attempt.subject or attempt.method, method=attempt.method, kind=attempt.kind, reason=row.reason,
            problem=attempt.problem, hour=hour, count=count,
        )  # fmt: skip


def _has_room(session: Session, principal_id: str, hour: datetime, attempt: Attempt) -> bool:
    """Whether this one has its row already, or may have one more."""
    this = and_(
        attempts.c.method == attempt.method, attempts.c.subject == attempt.subject,
        attempts.c.reason == attempt.reason,
    )
    held = select(func.count(), func.count().filter(this)).where(
        attempts.c.principal_id == principal_id, attempts.c.hour == hour
    )
    rows, known = session.execute(held).one()
    return bool(known) or rows < ROWS_AN_HOUR


def _counted(work: Work, hour: datetime, row: Attempt) -> int:
    fresh = insert(attempts).values(
        id=new_id(), principal_id=work.principal.id, principal_name=work.principal.name, hour=hour, method=row.method,
        subject=row.subject, reason=row.reason, kind=row.kind, problem=row.problem, first_at=work.now,
        last_at=work.now, count=1,
    )  # fmt: skip
    once_more = fresh.on_conflict_do_update(
        constraint="refused_attempts_once_an_hour",
        set_={"count": attempts.c.count + 1, "last_at": func.greatest(attempts.c.last_at, fresh.excluded.last_at)},
    )
    count: int = work.session.scalars(once_more.returning(attempts.c.count)).one()
    return count


def _tenfold(count: int) -> bool:
    """Whether it is 1, 10, 100, ..."""
    return count > 0 and str(count).strip("0") == "1"


Page = TypeVar("Page", bound=BaseModel)


class AskedAttempts(Protocol):
    """What a list of them is asked for; the contract's request has more behind it."""

    @property
    def cursor(self) -> str | None: ...
    @property
    def limit(self) -> int: ...
    @property
    def principal_id(self) -> UUID | None: ...
    @property
    def reason(self) -> Any: ...


def newest(session: Session, asked: AskedAttempts, page: type[Page]) -> Page:
    """Newest first, as the contract's page, which the kernel does not know: it fills `items` and `next_cursor`."""
    statement = select(attempts).order_by(attempts.c.id.desc()).limit(asked.limit + 1)
    if asked.cursor:
        statement = statement.where(attempts.c.id < read_cursor(asked.cursor, UUID)[0])
    if asked.principal_id:
        statement = statement.where(attempts.c.principal_id == str(asked.principal_id))
    if asked.reason:
        statement = statement.where(attempts.c.reason == str(asked.reason))
    rows, last = cut(session.execute(statement).all(), asked.limit)
    items = [{name: value for name, value in row._mapping.items() if name != "hour"} for row in rows]
    return page.model_validate({"items": items, "next_cursor": cursor_after(last.id) if last else None})


def told_as(page: type[Page]) -> Callable[[Reading, Any], Page]:
    """The query that every service answers about its own."""
    return lambda reading, asked: newest(reading.session, asked, page)
