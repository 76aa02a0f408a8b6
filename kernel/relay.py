"""The relay: publishes what stands unsent in the outbox, and marks as sent only what the bus has acknowledged."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import psycopg
import structlog
from prometheus_client import Counter

from kernel.bus.publisher import BusUnavailable, Publisher
from kernel.connections import connect_database
from kernel.locks import lock_key
from kernel.pauses import Pauses
from kernel.waker import CHANNEL

log = structlog.get_logger(__name__)

BATCH = 500
POLL_SECONDS = 0.1
CONFIRM_SECONDS = 10.0
STANDBY_SECONDS = 1.0
KEEP_ALIVE_SECONDS = 2.0

SENT = Counter("chengbao_outbox_sent_events", "Events published and acknowledged by the bus.")

# Never "id > last": ids are taken before the commit, so a lower one may appear later.
_UNSENT = """
    SELECT type, id::text, envelope::text FROM outbox
    WHERE NOT sent AND id <> ALL(%s::uuid[]) ORDER BY id LIMIT %s
"""
_MARK = "UPDATE outbox SET sent = true WHERE id = ANY(%s::uuid[])"


class Relay:
    """The relay of one service. Of several replicas the one that holds the lock is active.

    The connection that holds the lock also selects and marks: who has lost the lock cannot mark any more.
    """

    def __init__(self, database_url: str, service: str, open_publisher: Callable[[], Publisher]) -> None:
        self.database_url = database_url
        self.service = service
        self.open_publisher = open_publisher

    def run(self, stopping: threading.Event) -> None:
        """Relay until `stopping`. Survives restarts of bus and database with pauses of 5 s at most; never raises."""
        pauses = Pauses()
        while not stopping.is_set():
            try:
                self._lead(stopping, pauses)
            except Exception as error:  # noqa: BLE001  # whatever it is, the relay goes on
                log.warning("the relay begins anew", error=repr(error))
                stopping.wait(pauses.next())

    def _lead(self, stopping: threading.Event, pauses: Pauses) -> None:
        with connect_database(self.database_url, f"chengbao-{self.service}-relay") as connection:
            if not _take_lock(connection, stopping):
                return
            log.info("this replica relays", service=self.service)
            connection.execute(f"LISTEN {CHANNEL}")
            publisher = self.open_publisher()
            try:
                self._relay(Round(connection, publisher), stopping, pauses)
            finally:
                publisher.close()

    def _relay(self, round_: Round, stopping: threading.Event, pauses: Pauses) -> None:
        kept_alive = monotonic()
        while not stopping.is_set():
            if round_.relay() < BATCH:
                round_.wait()
            pauses.reset()
            if monotonic() > kept_alive + KEEP_ALIVE_SECONDS:
                round_.publisher.keep_alive()
                kept_alive = monotonic()


def _take_lock(connection: psycopg.Connection[Any], stopping: threading.Event) -> bool:
    while not stopping.is_set():
        row = connection.execute("SELECT pg_try_advisory_lock(%s)", (lock_key("relay"),)).fetchone()
        if row is not None and row[0]:
            return True
        stopping.wait(STANDBY_SECONDS)
    return False


@dataclass
class Round:
    """Publishing batch after batch on one pair of connections."""

    connection: psycopg.Connection[Any]
    publisher: Publisher
    pauses: Pauses = field(default_factory=Pauses)
    _refused: list[str] = field(default_factory=list)
    _again_at: float = 0.0

    def relay(self) -> int:
        """Publish one batch and mark what was acknowledged. Returns how many events were chosen.

        Between the two statements nothing is held: if the process dies there, the events go out again with the same
        ids. Raises `BusUnavailable` and `psycopg.Error`.
        """
        if self._refused and monotonic() > self._again_at:
            self._refused = []
        rows = self.connection.execute(_UNSENT, (self._refused, BATCH), prepare=True).fetchall()
        if rows:
            self._publish([(row[0], row[1], row[2].encode()) for row in rows])
        return len(rows)

    def _publish(self, events: list[tuple[str, str, bytes]]) -> None:
        try:
            acknowledged = self.publisher.publish(events, CONFIRM_SECONDS)
        except BusUnavailable as error:
            self._mark(error.acknowledged)
            raise
        self._mark(acknowledged)
        self._put_back([event for event in events if event[1] not in acknowledged])

    def _mark(self, acknowledged: set[Any] | frozenset[Any]) -> None:
        if acknowledged:
            self.connection.execute(_MARK, (sorted(acknowledged),), prepare=True)
            SENT.inc(len(acknowledged))

    def _put_back(self, refused: list[tuple[str, str, bytes]]) -> None:
        """What the bus refused is sent again after a growing pause; meanwhile others go ahead."""
        if not refused:
            if not self._refused:
                self.pauses.reset()
            return
        self._refused += [event[1] for event in refused]
        self._again_at = monotonic() + self.pauses.next()
        log.warning("the bus refused events", count=len(refused), types=sorted({event[0] for event in refused}))

    def wait(self) -> None:
        """Until something was committed or the poll is due."""
        for _ in self.connection.notifies(timeout=POLL_SECONDS, stop_after=1):
            pass
