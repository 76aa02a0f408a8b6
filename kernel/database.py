"""The database session: one act, one transaction, with its events and its audit entry.

`.commit(` and sessions are made here and nowhere else (a house rule checks it).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar, Protocol
from uuid import UUID

import psycopg
from pydantic import BaseModel
from pydantic_core import from_json, to_json
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from kernel import outbox
from kernel.clock import Clock
from kernel.ids import new_id, new_id_as_text
from kernel.outbox import OutboxRow
from kernel.principal import Keyring, Principal
from kernel.sent_ahead import Send

STATEMENT_TIMEOUT = "15s"
LOCK_TIMEOUT = "5s"
TCP_USER_TIMEOUT_MS = 10_000
_TAKEN_BEFORE, _ENDED = "taken before", "ended"


class Emitted(Protocol):
    """Data of an event: a model with a type name."""

    TYPE: ClassVar[str]

    def model_dump(self, *, mode: str) -> dict[str, Any]: ...


@dataclass(frozen=True)
class AuditFact:
    """What happened, for the evidence chain: who did which act on which version of what."""

    act: str
    subject: str
    version: int | None
    detail: Mapping[str, Any]


@dataclass(frozen=True)
class EntryRef:
    """Where an audit entry stands in the evidence: lane, number in the lane, and its chained hash (hex)."""

    lane: int
    number: int
    hash: str


@dataclass
class Act:
    """Who acts, when and because of what: all that an event or an evidence entry tells of it."""

    now: datetime
    """The instant of this act; read once from the clock."""
    principal: Principal
    correlation_id: UUID
    causation_id: UUID | None
    _source: str = field(default="", kw_only=True)
    _token: str = field(default="", kw_only=True)

    def event(self, data: Emitted, *, subject: UUID | str, version: int) -> OutboxRow:
        """An event of this act, not yet written anywhere."""
        event_id = new_id_as_text()
        # By name, never by alias: a consumer reads the event by its model's names.
        told = to_json(data, by_alias=False, inf_nan_mode="constants")
        own = to_json({"id": event_id, "type": data.TYPE, "subject": subject, "subjectversion": version})
        return OutboxRow(event_id, data.TYPE, b'%s,%s,"data":%s}' % (self._common, own[1:-1], told))

    @cached_property
    def _common(self) -> bytes:
        """The part of the envelope that all events of this act share, as JSON that more follows."""
        common = to_json(
            {
                "specversion": "1.0",
                "source": self._source,
                "time": self.now.isoformat(),
                "datacontenttype": "application/json",
                "correlationid": self.correlation_id,
                "causationid": self.causation_id or None,
                "principal": self._token,
            }
        )
        return common[:-1]


@dataclass
class Work(Act):
    """One act: its transaction, its instant and who acts. Use cases take it, change state and say what happened."""

    session: Session = field(kw_only=True)
    _evidence: EvidenceWriter | None = None
    _rows: list[OutboxRow] = field(default_factory=list)
    _sent: bool = False
    """Whether `write_ahead` has sent some."""
    _facts: list[AuditFact] = field(default_factory=list)
    _after_commit: list[Callable[[], None]] = field(default_factory=list)

    def emit(self, data: Emitted, *, subject: UUID | str, version: int) -> None:
        """Record an event; it is written with this transaction and published after it."""
        self._rows.append(self.event(data, subject=subject, version=version))

    def write_ahead(self, send: Send) -> None:
        """Write the events recorded so far without waiting, for timed work that records hundreds."""
        if self._rows:
            outbox.write_ahead(send, self._rows)
            self._sent = True
        self._rows.clear()

    def audit(self, act: str, subject: UUID | str, version: int | None = None, **detail: Any) -> None:
        """Record an audit entry; it joins the evidence chain in this transaction."""
        self._facts.append(AuditFact(act, str(subject), version, detail))

    def audit_now(self, act: str, subject: UUID | str, version: int | None = None, **detail: Any) -> EntryRef:
        """Like `audit`, but appended at once, for a document that carries its own entry (receipt, issue, bulletin).

        Call it as late as possible: from here to the commit this transaction holds one evidence lane.
        """
        if self._evidence is None:
            raise RuntimeError("this database was assembled without evidence")
        return self._evidence.append(self, [AuditFact(act, str(subject), version, detail)])[0]

    def caused_by(self, event_id: UUID, correlation_id: UUID) -> Work:
        """The same transaction, for the effect of one event of a batch."""
        return replace(self, causation_id=event_id, correlation_id=correlation_id)

    def forget(self) -> None:
        """Drop the events and audit facts recorded so far: the kernel calls it when it takes an act back."""
        self._rows.clear()
        self._sent = False
        self._facts.clear()
        self._after_commit.clear()

    def after_commit(self, action: Callable[[], None]) -> None:
        """Run `action` once this transaction is committed; for wake-ups only, never for facts."""
        self._after_commit.append(action)


class EvidenceWriter(Protocol):
    """Appends audit facts to the evidence chain inside a transaction (`kernel.audit`)."""

    def append(self, work: Work, facts: list[AuditFact]) -> list[EntryRef]: ...


class Database:
    """The database of one service.

    `evidence` appends audit entries; `wake` is called after a commit that wrote events, so that the relay need not
    wait for its poll. Both are given by the process that assembles the service.
    """

    def __init__(
        self,
        url: str,
        *,
        service: str,
        clock: Clock,
        keyring: Keyring,
        evidence: EvidenceWriter | None = None,
        wake: Callable[[], None] | None = None,
        pool_size: int = 10,
    ) -> None:
        self.service = service
        self.clock = clock
        self.keyring = keyring
        self.evidence = evidence
        self.wake = wake
        self.url = url
        self.engine = make_engine(url, pool_size=pool_size, application_name=f"chengbao-{service}")

    @property
    def source(self) -> str:
        """What this service's events name as their source."""
        return f"/chengbao/{self.service}"

    @contextmanager
    def work(
        self,
        principal: Principal,
        *,
        token: str | None = None,
        correlation_id: UUID | None = None,
        causation_id: UUID | None = None,
        now: datetime | None = None,
    ) -> Iterator[Work]:
        """One transaction: state, events and audit entries are committed together or not at all.

        `token` is the principal's evidence for the events; a service acting on its own signs one itself.
        """
        instant = now or self.clock.now()
        with Session(self.engine, expire_on_commit=False) as session:
            work = Work(
                instant,
                principal,
                correlation_id or new_id(),
                causation_id,
                session=session,
                _evidence=self.evidence,
                _source=self.source,
                _token=token or self.keyring.sign(principal, instant, lifetime=None),
            )
            yield work
            session.flush()
            if work._rows:
                outbox.write(session, work._rows)
            if work._facts and self.evidence:
                self.evidence.append(work, work._facts)
            session.commit()
        if (work._rows or work._sent) and self.wake:
            self.wake()
        for action in work._after_commit:
            action()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A read-only transaction."""
        with Session(self.engine) as session:
            session.connection(execution_options={"postgresql_readonly": True})
            yield session
            session.rollback()

    @contextmanager
    def glancing(self) -> Iterator[Session]:
        """For one reading statement: it is its own snapshot, so the round trips of BEGIN and ROLLBACK are saved.

        Nothing may be written here; what reads twice takes `reading`.
        """
        with Session(self.engine) as session:
            session.connection(execution_options={"isolation_level": "AUTOCOMMIT"})
            yield session

    def close(self) -> None:
        self.engine.dispose()


def make_engine(url: str, *, pool_size: int = 10, application_name: str = "chengbao") -> Engine:
    """An engine with bounded waits: statements, locks, dead peers (architecture.md, outbox)."""
    if url.startswith("postgresql://"):
        url = "postgresql+psycopg://" + url.removeprefix("postgresql://")
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=10,
        json_deserializer=from_json,  # several times as quick as the standard library's, and pages read many documents
        hide_parameters=True,  # errors are logged and shown to operators, who see no content
        connect_args={
            "application_name": application_name,
            "connect_timeout": 5,
            "keepalives_idle": 5,
            "keepalives_interval": 2,
            "keepalives_count": 3,
            "tcp_user_timeout": TCP_USER_TIMEOUT_MS,
            "options": f"-c statement_timeout={STATEMENT_TIMEOUT} -c lock_timeout={LOCK_TIMEOUT} -c timezone=UTC"
            " -c idle_in_transaction_session_timeout=60s",
        },
    )

    @event.listens_for(engine, "handle_error")
    def _forget_dead(context: Any) -> None:
        # A restarted server answers every pooled connection with an error: drop the whole pool at once.
        if context.is_disconnect:
            context.invalidate_pool_on_disconnect = True

    event.listen(engine, "connect", _hear_farewell)
    event.listen(engine, "checkout", _notice_end)
    return engine


def _hear_farewell(connection: psycopg.Connection[Any], record: ConnectionPoolEntry) -> None:
    """Note what the server says before it ends a connection: the end itself comes a moment later."""

    def note(said: psycopg.errors.Diagnostic) -> None:
        if said.severity_nonlocalized in ("FATAL", "PANIC"):
            record.info[_ENDED] = True

    connection.add_notice_handler(note)


def _notice_end(connection: psycopg.Connection[Any], record: ConnectionPoolEntry, _proxy: Any) -> None:
    """Have the pool connect anew if the server has ended this connection, or TCP has given it up.

    A look at what has arrived, not a question: the round trip of a ping would be a tenth of accepting a report. A new
    connection is not looked at: the pool gives up after two.
    """
    if not record.info.get(_TAKEN_BEFORE):
        record.info[_TAKEN_BEFORE] = True
        return
    try:
        connection.pgconn.consume_input()
    except psycopg.OperationalError as error:
        raise InvalidatePoolError from error
    connection.pgconn.is_busy()  # reads what has come in; a farewell is heard then
    if _ENDED in record.info:
        raise InvalidatePoolError


def dump(model: BaseModel) -> dict[str, Any]:
    """A pydantic model as JSON-ready data."""
    return model.model_dump(mode="json")
