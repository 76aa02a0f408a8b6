"""A toy service running as a process of its own, with what stands around it: database, bus, keys, callers."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.request import urlopen
from uuid import UUID

import psycopg
import pytest
from pydantic import BaseModel

from deploy.processes import free_port
from kernel.bus.publisher import open_publisher
from kernel.bus.topology import apply
from kernel.clock import SystemClock
from kernel.consumer import BatchConsumer
from kernel.database import Database
from kernel.ids import new_id
from kernel.inbox import Inbox
from kernel.migrate import upgrade
from kernel.principal import Keyring, Principal
from kernel.retries import Retries
from kernel.rpc import Caller
from kernel.rpc.responder import Responder
from kernel.testing import ServiceHarness, keyring_for, test_settings
from tests.support import toy

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 40.0


@dataclass
class ToyCity:
    """The toy service's surroundings; `start` makes a process of it, several times for replicas."""

    database_url: str
    broker_url: str
    folder: Path
    metrics_port: int = field(default_factory=free_port)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def prepare(self) -> None:
        keys = self.folder / "keys"
        for name in ("toy", "gateway"):
            Keyring.create(name, keys)
        self.gateway_keys = Keyring.load("gateway", keys)
        apply(self.broker_url, toy.PUBLISHES, toy.CONSUMES, toy.VERSION)
        upgrade(self.database_url, self.folder)
        with psycopg.connect(self.database_url) as connection:
            connection.execute("CREATE TABLE things (id uuid PRIMARY KEY, name text NOT NULL, version int NOT NULL)")
            connection.execute("CREATE TABLE effects (event_id uuid NOT NULL, what text NOT NULL)")
            connection.execute("CREATE TABLE ticks (number int NOT NULL)")

    def start(self, *, wait: bool = True, **settings: str) -> subprocess.Popen[bytes]:
        """Start a process; with `wait` until it answers calls."""
        log = self.folder / f"toy-{len(self.processes)}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.support.toy_main"],
                cwd=ROOT,
                env=self._environment(settings),
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self.processes.append(process)
        if wait:
            self.wait_until(lambda: "listening for calls" in log.read_text(), "the toy service does not answer calls")
        return process

    def _environment(self, settings: dict[str, str]) -> dict[str, str]:
        return {
            **os.environ,
            "CHENGBAO_DATABASE_URL": self.database_url,
            "CHENGBAO_BROKER_URL": self.broker_url,
            "CHENGBAO_KEYS_DIR": str(self.folder / "keys"),
            "CHENGBAO_FILES_DIR": str(self.folder),
            "CHENGBAO_METRICS_PORT": str(self.metrics_port if not self.processes else 0),
            "CHENGBAO_RETRY_PAUSES": "0.2,0.2",
            **settings,
        }

    def kill(self, process: subprocess.Popen[bytes], number: int = signal.SIGKILL) -> float:
        """Send a signal and wait for the end. Returns the seconds it took."""
        began = time.monotonic()
        process.send_signal(number)
        process.wait(10)
        return time.monotonic() - began

    def stop(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.kill()
                process.wait(10)

    def log(self, number: int = 0) -> str:
        return (self.folder / f"toy-{number}.log").read_text()

    def metrics(self) -> str:
        try:
            with urlopen(f"http://127.0.0.1:{self.metrics_port}/metrics", timeout=5) as answer:
                return str(answer.read().decode())
        except OSError:
            return ""

    def publish(self, *events: BaseModel, subject: UUID | None = None, version: int = 1) -> list[str]:
        """Publish events as another service's relay would. Returns their ids."""
        evidence = self.evidence
        bodies = [event_body(event, subject or new_id(), version, principal=evidence) for event in events]
        publisher = open_publisher(self.broker_url)
        ids = [json.loads(body)["id"] for body in bodies]
        named = [(json.loads(body)["type"], one, body) for one, body in zip(ids, bodies, strict=True)]
        assert publisher.publish(named, 10.0) == set(ids)
        publisher.close()
        return ids

    def publish_bodies(self, *bodies: tuple[str, bytes]) -> None:
        """Publish raw bodies under a routing key."""
        publisher = open_publisher(self.broker_url)
        assert len(publisher.publish([(key, str(new_id()), body) for key, body in bodies], 10.0)) == len(bodies)
        publisher.close()

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.database_url) as connection:
            return connection.execute(statement).fetchall()

    def effects(self) -> list[str]:
        return sorted(row[0] for row in self.query("SELECT what FROM effects"))

    def held(self) -> dict[str, int]:
        return dict(self.query("SELECT state, count(*) FROM held GROUP BY state"))

    def token(self, principal: Principal = toy.CLERK) -> str:
        return self.gateway_keys.sign(principal, datetime.now(UTC))

    @property
    def evidence(self) -> str:
        """The clerk's principal as events carry it."""
        return self.gateway_keys.sign(toy.CLERK, datetime.now(UTC), lifetime=None)

    def call(self, caller: Caller, method: str, request: BaseModel, **options: Any) -> Any:
        """Call the toy service as its clerk."""
        contract = toy.ToyService.methods[method]
        given = {
            "token": self.token(),
            "command_id": new_id() if contract.command else None,
            "correlation_id": new_id(),
            "reply": contract.reply,
        }
        return caller.call("toy", method, request, **(given | options))

    def wait_until(self, condition: Callable[[], object], trouble: str = "it did not happen") -> None:
        """Wait for a condition. Raises `AssertionError` with the end of the logs."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            if time.monotonic() > deadline:  # generous, for machines that do other things too
                logs = "\n".join(self.log(number)[-3000:] for number in range(len(self.processes)))
                raise AssertionError(f"{trouble}; held {self.held()}\n{logs}")
            time.sleep(0.02)


def event_body(
    data: BaseModel, subject: UUID, version: int, event_id: UUID | None = None, **changes: Any
) -> bytes:
    """An event as it travels; its principal is known to harnesses."""
    return json.dumps(
        {
            "specversion": "1.0",
            "id": str(event_id or new_id()),
            "source": "/chengbao/elsewhere",
            "type": data.TYPE,  # type: ignore[attr-defined]
            "subject": str(subject),
            "time": datetime.now(UTC).isoformat(),
            "datacontenttype": "application/json",
            "subjectversion": version,
            "correlationid": str(new_id()),
            "causationid": None,
            "principal": keyring_for("gateway").sign(toy.CLERK, datetime.now(UTC), lifetime=None),
            "data": data.model_dump(mode="json"),
        }
        | changes
    ).encode()


@pytest.fixture
def toy_city(new_database: Callable[[str], str], broker_url: str, tmp_path: Path) -> Iterator[ToyCity]:
    """A toy city on an empty database and bus, no process started."""
    city = ToyCity(new_database("toy"), broker_url, tmp_path)
    city.prepare()
    yield city
    city.stop()


@dataclass
class InThreads:
    """Parts of the toy service running in threads of the test's own process: quicker than a process."""

    service: toy.ToyService
    stopping: threading.Event = field(default_factory=threading.Event)
    threads: list[threading.Thread] = field(default_factory=list)

    @classmethod
    def of(cls, city: ToyCity) -> InThreads:
        keyring = Keyring.load("toy", city.folder / "keys")
        database = Database(city.database_url, service="toy", clock=SystemClock(), keyring=keyring, pool_size=8)
        settings = test_settings(city.database_url, retry_pauses="0.2,0.2")
        return cls(toy.ToyService(settings, database))

    def start(self, *loops: Callable[[threading.Event], None]) -> None:
        for run in loops:
            self.threads.append(threading.Thread(target=run, args=(self.stopping,)))
            self.threads[-1].start()

    def stop(self) -> None:
        self.stopping.set()
        for thread in self.threads:
            thread.join(15)
        self.service.database.close()


@pytest.fixture
def consuming(toy_city: ToyCity) -> Iterator[InThreads]:
    """The toy service's consumer and retries, running."""
    made = InThreads.of(toy_city)
    inbox = Inbox(made.service, toy.PUBLISHES)
    retries = Retries(inbox)
    made.start(BatchConsumer(toy_city.broker_url, inbox).run, retries.run)
    yield made
    made.stop()


@pytest.fixture
def responder(toy_city: ToyCity) -> Iterator[Responder]:
    """The toy service answering calls from four threads."""
    made = InThreads.of(toy_city)
    with ThreadPoolExecutor(4) as pool:
        answering = Responder(toy_city.broker_url, made.service, pool.submit)
        made.start(answering.run, answering.replies.run)
        yield answering
        made.stop()


@pytest.fixture
def caller(toy_city: ToyCity) -> Iterator[Caller]:
    """A caller on the toy city's bus."""
    made = Caller(toy_city.broker_url)
    yield made
    made.close()


@pytest.fixture
def harness(new_database: Callable[[str], str]) -> Iterator[ServiceHarness]:
    """The toy service on a database of its own, without broker."""
    made = ServiceHarness(toy.ToyService, new_database("toy"), metadata=toy.metadata, retry_pauses="1,5")
    yield made
    made.close()
