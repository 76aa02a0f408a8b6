"""What a service process is made of: its parts, put together once, and the loops that run in it."""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import structlog
from prometheus_client import Gauge

from kernel.audit.checkpoints import checkpoint
from kernel.audit.evidence import Evidence
from kernel.bus.publisher import open_publisher
from kernel.bus.topology import BusUnreachable, TopologyMismatch, check
from kernel.clock import clock_from
from kernel.consumer import BatchConsumer
from kernel.database import Database, Work
from kernel.inbox import Inbox
from kernel.locks import Leadership
from kernel.migrate import upgrade
from kernel.pauses import Pauses
from kernel.principal import Keyring
from kernel.relay import Relay
from kernel.retries import Retries
from kernel.rpc.responder import Responder, Spawn
from kernel.schedule import Every, Job
from kernel.service import Service
from kernel.settings import Settings
from kernel.waker import Waker

log = structlog.get_logger(__name__)

CHECKPOINT_SECONDS = 1.0
BUS_READY = Gauge("chengbao_bus_ready", "1 once the bus was found set up as the contracts say.")

Run = Callable[[threading.Event], None]


class Topology(Protocol):
    """The tables of `contracts.topology`, given to every process so that it can check the bus at start."""

    @property
    def PUBLISHES(self) -> Any: ...  # noqa: N802  # the module's own names
    @property
    def CONSUMES(self) -> Any: ...  # noqa: N802
    @property
    def VERSION(self) -> int: ...  # noqa: N802


@dataclass(frozen=True)
class Loop:
    """Something that goes on in a process until it is asked to stop."""

    name: str
    run: Run


class Assembly:
    """The parts of one service process; nothing is connected before `prepare`."""

    def __init__(self, service: type[Service], settings: Settings, topology: Topology) -> None:
        self.settings = settings
        self.topology = topology
        self.folder = Path(inspect.getfile(service)).parent
        self.database = open_database(service.name, settings)
        self.service = service(settings, self.database)
        self.inbox = Inbox(self.service, topology.PUBLISHES)
        self.retries = Retries(self.inbox)
        self._bus_ready = threading.Event()

    def prepare(self, stopping: threading.Event) -> bool:
        """Bring the database to the newest schema, waiting until it is there. False if asked to stop meanwhile."""
        return until_done("the database is not ready", lambda: upgrade(self.database.url, self.folder), stopping)

    def loops(self) -> list[Loop]:
        """Everything but RPC: relay, consumer, retries, timed and continuous work."""
        relay = Relay(self.settings.database_url, self.service.name, lambda: open_publisher(self.settings.broker_url))
        leadership = Leadership(self.database.url, f"chengbao-{self.service.name}-jobs")
        found = [Loop("topology", self.check_topology), Loop("relay", self._on_ready_bus(relay.run))]
        if self.service.consumes_types:
            consumer = BatchConsumer(self.settings.broker_url, self.inbox)
            found += [Loop("consumer", self._on_ready_bus(consumer.run)), Loop("retries", self.retries.run)]
        found += [Loop(f"job_{every.name}", Job(self.database, every, leadership).run) for every in self._schedule()]
        found += [Loop(f"worker_{worker.name}", worker.run) for worker in self.service.workers]
        return found

    def responder(self, spawn: Spawn) -> Responder:
        return Responder(self.settings.broker_url, self.service, spawn)

    def is_ready(self) -> bool:
        """Whether the database is migrated and the bus found well; then everything goes on by itself."""
        return self._bus_ready.is_set()

    def check_topology(self, stopping: threading.Event) -> None:
        """Check the bus until it is as the contracts say; then relay, consumer and responder may begin."""
        tables = self.topology
        if until_done(
            "the bus is not ready",
            lambda: check(self.settings.broker_url, tables.PUBLISHES, tables.CONSUMES, tables.VERSION),
            stopping,
            (BusUnreachable, TopologyMismatch),
        ):
            BUS_READY.set(1)
            self._bus_ready.set()

    def _on_ready_bus(self, run: Run) -> Run:
        def run_on_ready_bus(stopping: threading.Event) -> None:
            if self.wait_for_bus(stopping):
                run(stopping)

        return run_on_ready_bus

    def wait_for_bus(self, stopping: threading.Event) -> bool:
        while not stopping.is_set():
            if self._bus_ready.wait(0.1):
                return True
        return False

    def _schedule(self) -> tuple[Every, ...]:
        return (*self.service.schedule, Every(CHECKPOINT_SECONDS, "checkpoint", self._checkpoint))

    def _checkpoint(self, work: Work) -> None:
        checkpoint(work, self.database.clock, self.database.keyring)


def open_database(service: str, settings: Settings) -> Database:
    """The service's database with evidence, and a waker for its relay. Raises when its keys cannot be read."""
    keyring = Keyring.load(service, settings.keys_dir)
    return Database(
        settings.database_url,
        service=service,
        clock=clock_from(settings.clock_file),
        keyring=keyring,
        evidence=Evidence(keyring),
        wake=Waker(settings.database_url),
        pool_size=settings.pool_size,
    )


def until_done(
    trouble: str,
    action: Callable[[], None],
    stopping: threading.Event,
    expected: tuple[type[Exception], ...] = (Exception,),
) -> bool:
    """Try until it succeeds, with growing pauses of 5 s at most. False if asked to stop meanwhile."""
    pauses = Pauses()
    while not stopping.is_set():
        try:
            action()
        except expected as error:
            log.error(trouble, error=str(error))
            stopping.wait(pauses.next())
        else:
            return True
    return False
