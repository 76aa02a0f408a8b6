"""A whole city on one machine: PostgreSQL, the bus, four services, courier and gateway, in either mode."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from deploy.keys import issue_keys
from deploy.layout import BUS_DATABASE, KEY_NAMES, PROCESSES, ROOT, Layout, database_name, process
from deploy.logins import TOPOLOGY
from deploy.postgres import EmbeddedPostgres
from deploy.preparation import apply_topology
from deploy.processes import StartFailed, answers, free_port, wait_until
from deploy.rabbitmq import OwnRabbitMQ
from deploy.supervision import Child, Supervised, Supervisor, trouble

READY_SECONDS = 60.0
DESCRIPTION = "city.json"
"""Under the city's folder while it runs: addresses and environments, for operator commands; readable by us alone."""


class AlreadyRunning(Exception):
    """Another launcher runs this city; the message says where."""


class City:
    """A city with everything it keeps under `root`.

    `mode` "embedded" has the bus in PostgreSQL, "full" a RabbitMQ of its own. `port` is the gateway's; None takes a
    free one. `clock_file` moves the clock of all processes (demo, replay, tests). `settings` are further variables
    for every process. `replicas` names how many of a process run (the gateway has its web workers instead).
    """

    def __init__(
        self,
        root: Path,
        mode: str = "embedded",
        clock_file: Path | None = None,
        *,
        port: int | None = None,
        host: str = "127.0.0.1",
        settings: Mapping[str, str] | None = None,
        replicas: Mapping[str, int] | None = None,
    ) -> None:
        self.root = root.absolute()
        self.mode = mode
        self.clock_file = clock_file
        self.host = host
        self.port = port or free_port()
        self.settings = dict(settings or {})
        self._names = [name for entry in PROCESSES for name in _replica_names(entry, replicas or {})]
        self._metrics_ports = {name: free_port() for name in self._names}
        self.postgres = EmbeddedPostgres(self.root / "postgres")
        self.rabbitmq = OwnRabbitMQ(self.root / "rabbitmq") if mode == "full" else None
        servers: dict[str, Supervised] = {"postgres": self.postgres}
        if self.rabbitmq is not None:
            servers["rabbitmq"] = self.rabbitmq
        self._supervisor = Supervisor(servers, self._prepare, self._processes)
        self._lock: int | None = None

    @property
    def base_url(self) -> str:
        """Address of the gateway."""
        return f"http://{'127.0.0.1' if self.host == '0.0.0.0' else self.host}:{self.port}"  # noqa: S104  # a comparison

    @property
    def names(self) -> list[str]:
        """Our processes; a second replica of `review` is `review-2`."""
        return list(self._names)

    def broker_url(self, owner: str) -> str:
        """Address of the bus for the login of an owner, or of `TOPOLOGY`; the embedded bus has one for all."""
        if self.rabbitmq is not None:
            return self.rabbitmq.login_url(owner)
        return self.database_url(BUS_DATABASE).replace("postgresql://", "pgbus://", 1)

    def database_url(self, owner: str) -> str:
        """Address of the database of a service, of the gateway, or of the bus."""
        return self.postgres.database_url(database_name(owner), database_name(owner))

    def start(self) -> None:
        """Begin everything; `wait_ready` waits until it works. Raises `AlreadyRunning`, `StartFailed`."""
        self.claim()
        try:
            self._supervisor.start()
        except BaseException:
            self.stop()
            raise

    def wait_ready(self, seconds: float = READY_SECONDS) -> None:
        """Wait until every process tells that it is well. Raises `StartFailed` naming those that do not."""
        waiting = set(self._names)

        def all_well() -> bool:
            for name in sorted(waiting):
                if self.is_well(name):
                    waiting.discard(name)
            return not waiting or bool(self._hopeless(waiting))

        wait_until(all_well, seconds)
        if waiting:
            guilty = self._hopeless(waiting) or waiting
            raise StartFailed("\n".join(trouble(name, self.log(name)) for name in sorted(guilty)))

    def _hopeless(self, names: set[str]) -> set[str]:
        return {name for name in names if self._supervisor.restarts(name) > 2}

    def is_well(self, name: str) -> bool:
        """Whether a process answers its health address with 200."""
        return answers(self.health_url(name))

    def health_url(self, name: str) -> str:
        layout = _layout(name)
        port = self.port if layout.web else self._metrics_ports[name]
        return f"http://127.0.0.1:{port}{layout.health}"

    def stop(self) -> None:
        """Stop everything within 3 s, the servers last."""
        self._supervisor.stop()
        self._release_lock()

    def kill(self, name: str) -> None:
        """SIGKILL to a process of ours, `postgres` or `rabbitmq`; the supervisor starts it again."""
        self._supervisor.subject(name).kill()

    def pid(self, name: str) -> int:
        """Process id, for signals of fault tests."""
        subject: Any = self._supervisor.subject(name)
        return int(subject.pid)

    def restarts(self, name: str) -> int:
        """How often a process was started again."""
        return self._supervisor.restarts(name)

    def log(self, name: str) -> Path:
        return self.root / "log" / f"{name}.log"

    def environment(self, name: str) -> dict[str, str]:
        """The variables of one process, as a person could type them to run it by hand."""
        layout = _layout(name)
        variables = {
            **self.settings,
            "CHENGBAO_DATABASE_URL": self.database_url(layout.database),
            "CHENGBAO_BROKER_URL": self.broker_url(layout.database),
            "CHENGBAO_KEYS_DIR": str(self.root / "keys" / layout.database),
            "CHENGBAO_FILES_DIR": str(self.root / "files" / layout.database),
        }
        if not layout.web:
            variables["CHENGBAO_METRICS_PORT"] = str(self._metrics_ports[name])
        if layout.web:
            variables["PROMETHEUS_MULTIPROC_DIR"] = str(self._web_figures)
        if self.clock_file is not None:
            variables["CHENGBAO_CLOCK_FILE"] = str(self.clock_file)
        return variables

    @property
    def _web_figures(self) -> Path:
        return self.root / "run" / "web-figures"

    def _prepare(self) -> None:
        """Everything the processes find ready: keys, databases, files, the bus with the topology of the contracts."""
        issue_keys(self.root / "keys")
        for owner in (*KEY_NAMES, BUS_DATABASE):
            self.postgres.create_database(database_name(owner), database_name(owner))
            (self.root / "files" / owner).mkdir(parents=True, exist_ok=True)
        shutil.rmtree(self._web_figures, ignore_errors=True)
        self._web_figures.mkdir(parents=True)
        if self.clock_file is not None and not self.clock_file.exists():
            self.clock_file.write_text("0")
        if self.rabbitmq is not None:
            self.rabbitmq.set_logins()
        apply_topology(self.broker_url(TOPOLOGY))
        self._describe()

    def _processes(self) -> dict[str, Supervised]:
        return {name: self._child(name) for name in self._names}

    def _child(self, name: str) -> Child:
        layout = _layout(name)
        arguments = [part.format(host=self.host, port=self.port) for part in layout.command]
        inherited = {key: value for key, value in os.environ.items() if key != "PROMETHEUS_MULTIPROC_DIR"}
        environment = {**inherited, "PYTHONUNBUFFERED": "1", **self.environment(name)}
        return Child([sys.executable, *arguments], environment, ROOT, self.log(name))

    def _describe(self) -> None:
        description = {
            "base_url": self.base_url,
            "mode": self.mode,
            "pid": os.getpid(),
            "topology_broker_url": self.broker_url(TOPOLOGY),
            "processes": {
                name: {"health": self.health_url(name), "environment": self.environment(name)} for name in self._names
            },
        }
        path = self.root / DESCRIPTION
        path.unlink(missing_ok=True)
        path.touch(mode=0o600)
        path.write_text(json.dumps(description, indent=1))

    def claim(self) -> None:
        """Take the lock of the folder; `stop` gives it back. Raises `AlreadyRunning`. May be called twice."""
        if self._lock is not None:
            return
        self.root.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.root / "city.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise AlreadyRunning(_running_words(self.root)) from None
        self._lock = descriptor

    def _release_lock(self) -> None:
        if self._lock is not None:
            (self.root / DESCRIPTION).unlink(missing_ok=True)
            os.close(self._lock)
            self._lock = None


def read_description(root: Path) -> dict[str, Any] | None:
    """What a running city says of itself (`DESCRIPTION`); None when none runs under `root`."""
    try:
        description: dict[str, Any] = json.loads((root / DESCRIPTION).read_text())
    except (FileNotFoundError, ValueError):
        return None
    return description


@contextmanager
def running(city: City) -> Iterator[City]:
    """The city, ready, and stopped afterwards whatever happens."""
    city.start()
    try:
        city.wait_ready()
        yield city
    finally:
        city.stop()


def _replica_names(entry: Layout, replicas: Mapping[str, int]) -> list[str]:
    return [entry.name, *(f"{entry.name}-{number}" for number in range(2, replicas.get(entry.name, 1) + 1))]


def _layout(name: str) -> Layout:
    return process(name.partition("-")[0])


def _running_words(root: Path) -> str:
    description = read_description(root)
    if description is None:
        return f"Another launcher is starting or stopping this city ({root}); wait a moment and try again."
    return (
        f"This city is already running at {description['base_url']} (process {description['pid']}); "
        "use it there, or stop it with Ctrl-C in its window."
    )
