"""Timed work: declared in a service's `schedule.py`, done by one replica at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from uuid import UUID

import structlog
from prometheus_client import Counter, Gauge
from sqlalchemy import text

from kernel.database import Database, Work
from kernel.ids import new_id
from kernel.locks import Leadership, lock_key
from kernel.logging import act
from kernel.principal import system_principal

log = structlog.get_logger(__name__)

RUNS = Counter("chengbao_job_runs", "Runs of timed work.", ("name", "outcome"))
INTERVAL = Gauge("chengbao_job_interval_seconds", "Time from one run of timed work to the next.", ("name",))


@dataclass(frozen=True)
class Every:
    """Do `action` every `seconds` in one replica: a row of a service's SCHEDULE.

    The action gets a transaction of its own. If it raises, the error is logged and counted and the action tried again
    next time; it may therefore run more than once for the same moment and must say what is due by its own state.
    """

    seconds: float
    name: str
    action: Callable[[Work], None]


class Job:
    """One row of a schedule in one process: runs only while this process leads the job among the replicas."""

    def __init__(self, database: Database, every: Every, leadership: Leadership) -> None:
        self.database = database
        self.every = every
        self.lock = f"job {every.name}"
        self.leadership = leadership
        INTERVAL.labels(every.name).set(every.seconds)

    def run(self, stopping: threading.Event) -> None:
        """Run every so often until `stopping`, by the monotonic clock; never raises."""
        due = monotonic()
        while not stopping.is_set():
            if self.leadership.holds(self.lock):
                self.do()
            due = max(due + self.every.seconds, monotonic())
            stopping.wait(due - monotonic())

    def do(self) -> None:
        """Do it once; an error is logged and counted."""
        correlation_id = new_id()
        with act(correlation_id, None):
            try:
                self._transact(correlation_id)
                RUNS.labels(self.every.name, "done").inc()
            except Exception:
                RUNS.labels(self.every.name, "failed").inc()
                log.exception("timed work failed", job=self.every.name)

    def _transact(self, correlation_id: UUID) -> None:
        principal = system_principal(self.database.service)
        with self.database.work(principal, correlation_id=correlation_id) as work:
            # A leader whose connection was cut may not know yet that another leads: never both at once.
            alone = work.session.scalar(
                text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": lock_key(f"{self.lock} running")}
            )
            if alone:
                self.every.action(work)
