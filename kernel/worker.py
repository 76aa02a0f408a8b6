"""Work that goes on all the time beside requests and events, such as handing over messages."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from prometheus_client import Counter

from kernel.pauses import Pauses

log = structlog.get_logger(__name__)

FAILED_STEPS = Counter("chengbao_worker_failures", "Steps of continuous work that failed.", ("worker",))


@dataclass(frozen=True)
class Worker:
    """A step done again and again in every replica: at once while it finds work, else after `idle_seconds`.

    `step` returns how many things it did. It opens its own transactions, may block on the network between them, and
    must be safe to run in several replicas at once. If it raises, the error is logged and counted and the step is
    done again after a pause.
    """

    name: str
    step: Callable[[], int]
    idle_seconds: float = 0.5

    def run(self, stopping: threading.Event) -> None:
        """Work until `stopping`; never raises."""
        pauses = Pauses()
        while not stopping.is_set():
            try:
                if not self.step():
                    stopping.wait(self.idle_seconds)
                pauses.reset()
            except Exception:
                FAILED_STEPS.labels(self.name).inc()
                log.exception("continuous work failed", worker=self.name)
                stopping.wait(pauses.next())
