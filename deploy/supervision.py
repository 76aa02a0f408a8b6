"""Keeps processes running: restarts what dies with growing pauses, stops all within a bounded time."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from deploy.processes import StartFailed, finish, kill, last_lines, spawn

FIRST_PAUSE, LONGEST_PAUSE = 0.25, 5.0
"""Seconds between restarts of a process that keeps dying; doubled each time."""
SUCCESS_SECONDS = 10.0
"""Having run so long counts as success: the next pause is the first one again."""
LOOK_SECONDS = 0.05
STOP_SECONDS = 2.8
"""All is down after this; what is not is killed."""
PROCESS_SHARE = 1.6
"""Seconds of it for our processes, before the servers they use are asked to stop."""


class Supervised(Protocol):
    """Something that runs and can be started again."""

    log: Path

    @property
    def running(self) -> bool: ...
    def start(self) -> None: ...
    def launch(self) -> None: ...
    def ask_to_stop(self) -> None: ...
    def stop(self, patience: float = ...) -> None: ...
    def kill(self) -> None: ...


@dataclass
class Child:
    """One of our own processes."""

    command: Sequence[str]
    environment: Mapping[str, str]
    directory: Path
    log: Path
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """Raises `RuntimeError` when it was not started."""
        if self._process is None:
            raise RuntimeError(f"{self.command} was not started")
        return self._process.pid

    def start(self) -> None:
        self.launch()

    def launch(self) -> None:
        # Killed outright when the launcher is: a process of ours must survive that at any instant anyway.
        self._process = spawn(
            self.command, log=self.log, environment=self.environment, directory=self.directory, on_parent_death=9
        )

    def ask_to_stop(self) -> None:
        if self._process is not None and self.running:
            self._process.terminate()

    def stop(self, patience: float = 2.0) -> None:
        self.ask_to_stop()
        if self._process is not None:
            finish(self._process, patience)

    def kill(self) -> None:
        """SIGKILL to the process and all it started."""
        if self._process is not None:
            kill(self._process)


@dataclass
class _Watch:
    name: str
    subject: Supervised
    restarts: int = 0
    pause: float = FIRST_PAUSE
    started_at: float = 0.0
    next_try: float = 0.0
    """Monotonic; 0 while it runs."""


class Supervisor:
    """Runs `servers` (in order), then `prepare`, then the processes that `processes()` names, until told to stop.

    Everything is started from one thread that lives until all is stopped: the kernel ends children with the *thread*
    that made them (`deploy.processes.end_with_parent`).
    """

    def __init__(
        self,
        servers: Mapping[str, Supervised],
        prepare: Callable[[], None],
        processes: Callable[[], Mapping[str, Supervised]],
    ) -> None:
        self._servers = servers
        self._prepare = prepare
        self._processes = processes
        self._watches: dict[str, _Watch] = {}
        self._stopping = threading.Event()
        self._started = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="supervisor", daemon=True)

    def start(self) -> None:
        """Start all; returns once every process was begun. Raises what went wrong, with everything stopped again."""
        self._thread.start()
        self._started.wait()
        if self._failure is not None:
            self._thread.join()
            raise self._failure

    def stop(self) -> None:
        """Stop all within `STOP_SECONDS`, our processes before the servers they use. May be called twice."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join()

    def subject(self, name: str) -> Supervised:
        """What runs under `name`. Raises `KeyError`."""
        return self._watches[name].subject

    def restarts(self, name: str) -> int:
        """How often `name` had to be started again."""
        return self._watches[name].restarts

    def _run(self) -> None:
        try:
            for name, server in self._servers.items():
                self._begin(name, server)
            self._prepare()
            for name, process in self._processes().items():
                self._begin(name, process)
        except BaseException as error:  # noqa: BLE001  # handed to the caller of start()
            self._failure = error
            self._stopping.set()
        self._started.set()
        while not self._stopping.wait(LOOK_SECONDS):
            for watch in self._watches.values():
                self._look_after(watch)
        self._stop_all()

    def _begin(self, name: str, subject: Supervised) -> None:
        turn_over(subject.log)
        watch = self._watches[name] = _Watch(name, subject)
        watch.started_at = time.monotonic()
        subject.start()

    def _look_after(self, watch: _Watch) -> None:
        now = time.monotonic()
        if watch.subject.running:
            if now - watch.started_at > SUCCESS_SECONDS:
                watch.pause = FIRST_PAUSE
        elif not watch.next_try:
            watch.next_try = now + watch.pause
            watch.pause = min(watch.pause * 2, LONGEST_PAUSE)
        elif now >= watch.next_try:
            self._restart(watch)

    def _restart(self, watch: _Watch) -> None:
        watch.restarts += 1
        watch.next_try, watch.started_at = 0.0, time.monotonic()
        try:
            watch.subject.launch()  # without waiting: meanwhile others may die, or all be stopped
        except (StartFailed, OSError) as error:  # tried again after the next pause
            with watch.subject.log.open("a") as log:
                log.write(f"not started: {error}\n")

    def _stop_all(self) -> None:
        begun = time.monotonic()
        ours = [watch.subject for name, watch in self._watches.items() if name not in self._servers]
        servers = [watch.subject for name, watch in self._watches.items() if name in self._servers]
        for group, seconds in ((ours, PROCESS_SHARE), (servers, STOP_SECONDS)):
            for subject in group:
                subject.ask_to_stop()
            for subject in group:
                subject.stop(max(0.0, begun + seconds - time.monotonic()))


def turn_over(log: Path, limit: int = 20_000_000) -> None:
    """Begin a new log when the old one is longer than `limit` bytes; one old one is kept."""
    if log.exists() and log.stat().st_size > limit:
        log.replace(log.with_suffix(".1"))


def trouble(name: str, log: Path) -> str:
    """A sentence for a person about a process that does not come up."""
    return f"{name} does not come up; the end of {log}:\n{last_lines(log)}"
