"""accept: `POST /v1/reports` to 202 over 32 connections, requests a second."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg

from benchmarks.comparison import Aim, Result, interleave, throughput
from benchmarks.events import BODY
from benchmarks.ground import Ground, analyse
from benchmarks.load import Answer, post_all
from contracts.events.intake import PersonRecorded, PostHeld, UnitRecorded
from contracts.vocabulary import Kind, Role, UnitClass
from deploy.keys import issue_keys
from deploy.layout import process
from deploy.processes import answers, free_port, last_lines, spawn, stop, wait_until
from gateway.app import FOLDER
from gateway.directory import keep_person, keep_unit
from gateway.identity.builds_on import BuildsOn
from gateway.identity.clients import CreateClient, allow_attesting, create_client
from kernel.audit.evidence import Evidence
from kernel.clock import SystemClock
from kernel.database import Database
from kernel.ids import new_id
from kernel.migrate import upgrade
from kernel.principal import Keyring, system_principal
from kernel.service import Event

CONNECTIONS = 32
REQUESTS = 600
WARM_UP = 200
ROUNDS = 7
PRODUCT, BY_HAND = "gateway.app:app", "benchmarks.accept_yardstick:app"


class WrongCount(Exception):
    """What was answered 202 and what the table holds differ; the row's figures mean nothing."""


class Web:
    """One side: the product's web server, workers and threads as the city starts them, on a database of its own."""

    def __init__(self, ground: Ground, application: str) -> None:
        self.database_url = ground.empty_database()
        keys = ground.root / "keys"
        issue_keys(keys)
        upgrade(self.database_url, FOLDER)
        self.keyring = Keyring.load("gateway", keys / "gateway")
        self.signer_id = uuid4()
        self.token = self._people()
        self.port = free_port()
        self.accepted: list[str] = []
        self._log = ground.root / f"{application.partition(':')[0]}.log"
        self._process = spawn(self._command(application), log=self._log, environment=self._environment(ground.root))
        if not wait_until(lambda: answers(f"http://127.0.0.1:{self.port}/readyz"), 30):
            self.stop()
            raise RuntimeError(f"{application} did not start:\n{last_lines(self._log, 40)}")

    def _command(self, application: str) -> list[str]:
        arguments = [part.format(host="127.0.0.1", port=self.port) for part in process("gateway").command]
        return [sys.executable, *(application if part == PRODUCT else part for part in arguments)]

    def _environment(self, root: Path) -> dict[str, str]:
        figures = root / f"figures-{self.port}"
        figures.mkdir()
        return os.environ | {
            "CHENGBAO_DATABASE_URL": self.database_url, "CHENGBAO_BROKER_URL": "amqp://nobody@127.0.0.1:1/none",
            "CHENGBAO_KEYS_DIR": str(root / "keys" / "gateway"), "CHENGBAO_FILES_DIR": str(root),
            "CHENGBAO_REQUESTS_PER_MINUTE": "10000000", "PROMETHEUS_MULTIPROC_DIR": str(figures),
            "PYTHONUNBUFFERED": "1",
        }

    def _people(self) -> str:
        """A unit, its leader, and a client that may attest his sign-off; returns the client's token."""
        clock, unit_id = SystemClock(), uuid4()
        database = Database(
            self.database_url, service="gateway", clock=clock, keyring=self.keyring, evidence=Evidence(self.keyring)
        )
        since = clock.now().date().replace(year=2020, day=1)
        post = PostHeld(unit_id=unit_id, role=Role.RESPONSIBLE_LEADER, title="分管负责人", valid_from=since)
        unit = UnitRecorded(unit_id=unit_id, name="河西区", unit_class=UnitClass.DISTRICT, valid_from=since)
        person = PersonRecorded(person_id=self.signer_id, name="李建国", unit_id=unit_id, posts=[post])
        with database.work(system_principal("gateway")) as work:
            for keep, data, subject in ((keep_unit, unit, unit_id), (keep_person, person, self.signer_id)):
                keep(work, Event(new_id(), data.TYPE, str(subject), 1, work.now, data, "", new_id(), None))
            client = create_client(work, CreateClient(name="区政务系统", unit_id=unit_id))
            allow_attesting(work, client.client_id, BuildsOn())
        database.close()
        return client.token

    def round(self, amount: int = REQUESTS) -> dict[str, float]:
        """Post so many fresh reports; returns seconds and the workers' CPU seconds."""
        analyse(self.database_url)
        cpu = self.cpu()
        seconds, got = post_all(self.port, CONNECTIONS, self._requests(amount))
        wrong = next((answer for answer in got if answer.status != 202), None)
        if wrong is not None:
            raise WrongCount(f"a report was answered {wrong.status}: {wrong.body[:300]!r}")
        self.accepted += [number(answer) for answer in got]
        return {"seconds": seconds, "cpu": self.cpu() - cpu}

    def _requests(self, amount: int) -> list[tuple[dict[str, str], dict[str, Any]]]:
        title = "我区召开优化营商环境工作推进会"
        content = {"kind": Kind.DEVELOPMENT, "title": title, "body": BODY, "topic": "营商环境"}
        body = {"content": content, "author_name": "王晓", "signer_id": str(self.signer_id)}
        headers = {"Authorization": f"Bearer {self.token}"}
        return [(headers | {"Idempotency-Key": str(uuid4())}, body) for _ in range(amount)]

    def cpu(self) -> float:
        """CPU seconds of the workers so far."""
        return sum(cpu_seconds(pid) for pid in children(self._process.pid))

    def check(self) -> None:
        """Every 202 stands in each table exactly once, and nothing else does. Raises `WrongCount`."""
        with psycopg.connect(self.database_url) as connection:
            for table, column in (
                ("receipts", "number"), ("idempotency_keys", "number"),
                ("outbox", "envelope #>> '{data,receipt_number}'"),
            ):
                kept = [row[0] for row in connection.execute(f"SELECT {column} FROM {table}")]
                if sorted(kept) != sorted(self.accepted):
                    raise WrongCount(f"{len(self.accepted)} answered 202, {len(kept)} in {table}")

    def stop(self) -> None:
        stop(self._process)


def number(answer: Answer) -> str:
    """The receipt's number, from the address given for it."""
    return answer.header("location").rpartition("/")[2]


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def cpu_seconds(pid: int) -> float:
    """User and system time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def running(ground: Ground, application: str) -> Iterator[Web]:
    """A side that is stopped afterwards."""
    web = Web(ground, application)
    try:
        yield web
    finally:
        web.stop()


def run(ground: Ground) -> list[Result]:
    """Both sides under the same server, workers and threads; afterwards every 202 is looked for in the tables."""
    with running(ground, PRODUCT) as product, running(ground, BY_HAND) as by_hand:
        for web in (product, by_hand):
            web.round(WARM_UP)
        ours, theirs = interleave(product.round, by_hand.round, ROUNDS)
        for web in (product, by_hand):
            web.check()
    return [throughput("accept", "requests/s", Aim(0.8), REQUESTS, (ours, theirs), "the web workers")]
