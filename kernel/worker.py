"""Work that goes on all the time beside requests and events, such as handing over messages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


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
