"""Who is killed when: in turn, at moments drawn by a seed, while a table is played."""

from __future__ import annotations

import os
import random
import signal
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import cycle

from deploy.city import City
from deploy.processes import wait_until

COUNTED = frozenset({"reports received", "reports adopted", "outcomes recorded"})
"""Steps of a replay that go forward by one; the others are asked again and again."""
WELL_SECONDS = 90.0
"""Generous: machines do other things too."""
EVERYTHING = "everything"
"""A victim too: all processes and servers at the same moment, as when the machine's memory runs out."""
LATEST = 0.4
"""A kill comes so many seconds after its step at the most, so that it meets the next request in the middle."""


@dataclass
class Killer:
    """SIGKILLs `victims` in turn, `kills` times, at steps drawn by `seed`; a replay's `tell` drives it.

    Before the next one is killed the last one must do its work again: a failure is then one fault's, not five's.
    """

    city: City
    victims: Sequence[str]
    kills: int
    steps: int
    seed: int
    log: list[str] = field(default_factory=list)
    _passed: int = 0
    _kill: threading.Thread | None = None

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)
        self._moments = sorted(self._chance.choices(range(1, self.steps), k=self.kills))
        self._victims = cycle(self._chance.sample(list(self.victims), len(self.victims)))
        self.failed: list[str] = []

    def tell(self, step: str, done: int, total: int) -> None:
        """A step of the replay is done."""
        if step not in COUNTED:
            return
        self._passed += 1
        while self._moments and self._passed >= self._moments[0]:
            self._moments.pop(0)
            self.finish()
            self._kill = threading.Thread(target=self._strike, args=(next(self._victims),), daemon=True)
            self._kill.start()

    def finish(self) -> None:
        """Wait until the last victim does its work again."""
        if self._kill is not None:
            self._kill.join()

    def _strike(self, victim: str) -> None:
        threading.Event().wait(self._chance.uniform(0, LATEST))
        self.log.append(f"{victim} at step {self._passed}")
        kill(self.city, victim)
        if not wait_until(lambda: is_well(self.city, victim), WELL_SECONDS):
            self.failed.append(f"{victim} did not come back in {WELL_SECONDS:.0f} s (step {self._passed})")


def kill(city: City, victim: str) -> None:
    """SIGKILL, and wait until the process with this id is gone."""
    if victim == EVERYTHING:
        _kill_everything(city)
        return
    pid = city.pid(victim)
    with suppress(ProcessLookupError):
        # PostgreSQL's own `kill` is an immediate shutdown; here its postmaster dies without a word.
        os.kill(pid, signal.SIGKILL) if victim == "postgres" else city.kill(victim)
    wait_until(lambda: city.pid(victim) != pid, WELL_SECONDS)


def _kill_everything(city: City) -> None:
    pids = {name: city.pid(name) for name in everything(city)}
    for pid in pids.values():
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    wait_until(lambda: all(city.pid(name) != pid for name, pid in pids.items()), WELL_SECONDS)


def everything(city: City) -> list[str]:
    """All that runs in a city, servers first."""
    return ["postgres", *(["rabbitmq"] if city.rabbitmq is not None else []), *city.names]


def is_well(city: City, victim: str) -> bool:
    """Whether it answers."""
    if victim == EVERYTHING:
        return all(is_well(city, name) for name in everything(city))
    if victim == "postgres":
        return city.postgres.answers()
    if victim == "rabbitmq":
        return city.rabbitmq is not None and city.rabbitmq.answers()
    return city.is_well(victim)
